"""A solution that calls don't find yet, as with a service that is eventually consistent."""

from __future__ import annotations

import pytest

from personalize_local.simulator import Failure
from support.virtual_time.simulated import START, Simulated

TAG = {"tagKey": "team", "tagValue": "a"}


@pytest.fixture
def slow(sim: Simulated) -> Simulated:
    """Solutions are ACTIVE after a second, and found after five."""
    sim.service.set_durations(solution_create=1, solution_visible=5)
    return sim


@pytest.mark.parametrize(
    ("operation", "member", "more"),
    [
        ("DescribeSolution", "solutionArn", {}),
        ("UpdateSolution", "solutionArn", {"performAutoTraining": True}),
        ("DeleteSolution", "solutionArn", {}),
        ("CreateSolutionVersion", "solutionArn", {}),
        ("ListSolutionVersions", "solutionArn", {}),
        ("ListTagsForResource", "resourceArn", {}),
        ("TagResource", "resourceArn", {"tags": [TAG]}),
        ("UntagResource", "resourceArn", {"tagKeys": ["team"]}),
    ],
)
def test_call__before_the_solution_is_visible__does_not_find_it(
    slow: Simulated, operation: str, member: str, more: dict[str, object]
) -> None:
    arn = slow.create(tags=[TAG])
    for _ in range(2):
        assert slow.refusal(operation, **{member: arn}, **more) == (
            "ResourceNotFoundException",
            f"Resource Arn {arn} does not exist.",
        )
        slow.advance(2.4)
    slow.advance(0.2)
    slow.call(operation, **{member: arn}, **more)


def test_lists__before_the_solution_is_visible__leave_it_out(slow: Simulated) -> None:
    slow.service.set_durations(automatic_training_delay=1)
    arn = slow.create(performAutoTraining=True)
    slow.advance(4.9)
    assert slow.call("ListSolutions") == {"solutions": []}
    assert slow.call("ListSolutionVersions") == {"solutionVersions": []}
    slow.advance(0.1)
    assert [solution["solutionArn"] for solution in slow.call("ListSolutions")["solutions"]] == [arn]
    [version] = slow.call("ListSolutionVersions")["solutionVersions"]
    assert slow.version(version["solutionVersionArn"])["solutionArn"] == arn


def test_version__of_a_solution_that_is_not_visible__is_not_found(slow: Simulated) -> None:
    slow.service.set_durations(automatic_training_delay=1)
    slow.create(performAutoTraining=True)
    slow.advance(4)
    [account] = slow.service.state()["accounts"]
    version = account["solutions"][0]["versions"][0]["solutionVersionArn"]
    for operation in ("DescribeSolutionVersion", "StopSolutionVersionCreation"):
        assert slow.refusal(operation, solutionVersionArn=version) == (
            "ResourceNotFoundException",
            f"Resource Arn {version} does not exist.",
        )


def test_create__again_before_the_solution_is_visible__already_exists(slow: Simulated) -> None:
    arn = slow.create()
    assert slow.refusal("CreateSolution", **slow.request()) == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {arn} already exists.",
    )


def test_solution__once_visible__has_had_its_status_all_along(slow: Simulated) -> None:
    slow.service.set_durations(solution_visible=0.5)
    arn = slow.create()
    slow.advance(0.5)
    assert slow.status(arn) == "CREATE IN_PROGRESS"
    slow.service.set_durations(solution_visible=5)
    slow.service.fail_next(Failure("solution", "*", "no data"))
    failed = slow.create(name="failed")
    slow.advance(5)
    assert (slow.status(arn), slow.status(failed)) == ("ACTIVE", "CREATE FAILED")


def test_solution__made_again_after_a_delete__is_out_of_sight_again(slow: Simulated) -> None:
    arn = slow.create()
    slow.advance(5)
    slow.call("DeleteSolution", solutionArn=arn)
    slow.advance(1)
    slow.create()
    assert slow.refusal("DescribeSolution", solutionArn=arn)[0] == "ResourceNotFoundException"


def test_solution__that_is_not_visible__counts_and_keeps_its_dataset_group(slow: Simulated) -> None:
    slow.service.set_limits(solutions_per_dataset_group=1)
    arn = slow.create()
    code, message = slow.refusal("CreateSolution", **slow.request(name="other"))
    assert (code, "More than 1 solutions" in message) == ("LimitExceededException", True)
    code, message = slow.refusal("DeleteDatasetGroup", datasetGroupArn=slow.group)
    assert (code, arn in message) == ("ResourceInUseException", True)


def test_state__of_a_solution_that_is_not_visible__shows_it_and_from_when_it_is(slow: Simulated) -> None:
    arn = slow.create()
    [account] = slow.service.state()["accounts"]
    [solution] = account["solutions"]
    assert (solution["solutionArn"], solution["status"]) == (arn, "CREATE PENDING")
    assert solution["visibleFrom"] == START.replace(second=6).isoformat()
