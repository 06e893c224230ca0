"""A Create of a solution, from its first event to its last, against the simulator."""

from __future__ import annotations

import pytest

from personalize_local.simulator import Durations, Failure, Limits
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from personalize_provider.engine.steps import Done
from support.handler.solution_requests_in_time import foreign, writes
from support.virtual_time.provider_world import GROUP, STACK_ID, V2, world

# Create


def test_create__ready_after_a_second__is_done_in_one_invocation_and_two_calls() -> None:
    at = world()
    deploy = at.create()
    step = deploy.invoke()
    assert isinstance(step, Done)
    assert at.calls() == {"CreateSolution": 1, "DescribeSolution": 1}
    assert at.stacks.asked == [STACK_ID, STACK_ID]  # one for the first event, one for the one effect
    assert step.attributes["solutionArn"] == deploy.arn
    assert step.attributes["status"] == "ACTIVE"
    assert step.attributes["recipeArn"] == V2
    assert step.attributes["creationDateTime"].startswith("2026-03-01T12:01:00")


def test_create__defaults__neither_trains_nor_lacks_ownership_tags() -> None:
    at = world()
    arn = at.created(performAutoTraining=None)
    assert at.solution(arn)["performAutoTraining"] is False
    assert set(at.tags(arn)) == {STACK_ID_TAG, LOGICAL_ID_TAG, CONFIG_HASH_TAG}


def test_create__slow_service__goes_on_over_several_invocations() -> None:
    at = world(durations=Durations(solution_create=200))
    deploy = at.create()
    assert deploy.finish()["status"] == "ACTIVE"
    assert deploy.invocations > 5
    assert writes(at) == {"CreateSolution": 1}


@pytest.mark.parametrize("fault", ["InternalFailure", "ServiceUnavailable"])
def test_create__answer_lost__is_found_not_made_twice(fault: str) -> None:
    at = world()
    at.fault("CreateSolution", fault, after=True)
    assert at.create(name="movies").finish()["name"] == "movies"
    assert writes(at) == {"CreateSolution": 1}


@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize(
    ("later", "tries"),
    [(0, {"CreateSolution": 1}), (8, {})],  # refused: the name is taken, by its own solution
)
def test_create__delivered_twice__is_one_solution(
    name: str | None, later: float, tries: dict[str, int]
) -> None:
    at = world()
    first, second = at.create(name=name), at.create(name=name)
    done = first.finish()
    assert at.calls() == {"CreateSolution": 1, "DescribeSolution": 1}
    at.simulator.advance(later)
    assert second.finish() == done
    assert at.calls() == {**tries, "ListTagsForResource": 1, "DescribeSolution": 1}
    assert at.solutions() == [first.arn]


@pytest.mark.parametrize("operation", ["CreateSolution", "DescribeSolution"])
def test_create__throttled_at_first__succeeds(operation: str) -> None:
    at = world()
    at.fault(operation, "LimitExceededException", times=5)
    assert at.create().finish()["status"] == "ACTIVE"
    assert at.calls()[operation] == 6


def test_create__one_request_a_second__succeeds() -> None:
    at = world(limits=Limits(requests_per_second=1))
    assert at.create().finish()["status"] == "ACTIVE"


@pytest.mark.parametrize("operation", ["CreateSolution", "DescribeSolution"])
def test_create__throttled_for_ever__fails_by_its_own_deadline_with_the_last_answer(operation: str) -> None:
    at = world(total_timeout=120)
    at.fault(operation, "LimitExceededException", times=10_000)
    with pytest.raises(LifecycleError, match=rf"not finished by the deadline.*{operation}: the last answer"):
        at.create().finish()


def test_create__not_seen_at_once__is_not_an_error() -> None:
    at = world()
    at.fault("DescribeSolution", "ResourceNotFoundException", times=2)
    assert at.create().finish()["status"] == "ACTIVE"
    # The second and the third find the name taken, by its own solution.
    assert at.calls() == {"CreateSolution": 3, "DescribeSolution": 3, "ListTagsForResource": 2}


@pytest.mark.parametrize("name", [None, "movies"])
def test_create__out_of_sight_for_a_while__is_made_once(name: str | None) -> None:
    at = world(durations=Durations(solution_visible=20))
    deploy = at.create(name=name)
    assert deploy.finish()["status"] == "ACTIVE"
    assert at.solutions() == [deploy.arn]


def test_create__never_active__fails_with_the_status() -> None:
    at = world(durations=Durations(solution_create=100_000), total_timeout=60)
    with pytest.raises(LifecycleError, match="by the deadline, last seen: status CREATE PENDING"):
        at.create().finish()


def test_create__foreign_name__fails_and_leaves_it_alone() -> None:
    at = world()
    theirs = foreign(at)
    before = at.simulator.state()
    with pytest.raises(LifecycleError, match=r"solution movies: CreateSolution failed: .*\(AlreadyExists\)"):
        at.create(name="movies").finish()
    assert writes(at) == {"CreateSolution": 1}  # refused, for the name is taken
    assert at.delete(theirs, name="movies").finish() == {}  # the rollback
    assert writes(at) == {}
    assert {**at.simulator.state(), "now": before["now"]} == before


def test_create__foreign_name_and_no_longer_the_first_moment__does_not_even_try() -> None:
    at = world()
    foreign(at)
    deploy = at.create(name="movies")
    at.simulator.advance(8)
    with pytest.raises(LifecycleError, match=r"solution movies: CreateSolution failed: .*\(AlreadyExists\)"):
        deploy.finish()
    assert at.calls() == {"ListTagsForResource": 1, "DescribeSolution": 1}


def test_create__refused__says_why() -> None:
    at = world()
    with pytest.raises(LifecycleError, match=r"CreateSolution .*nowhere.*\(ResourceNotFoundException\)"):
        at.create(datasetGroupArn=f"{GROUP}-nowhere").finish()
    assert at.solutions() == []


def test_create__ends_in_create_failed__fails_and_discards_it() -> None:
    at = world()
    at.simulator.fail_next(Failure("solution", "films-*", "no data"))
    deploy = at.create()
    with pytest.raises(LifecycleError, match=r"CreateSolution failed: .*\(CREATE FAILED\)"):
        deploy.finish()
    assert at.calls()["DeleteSolution"] == 1
    at.simulator.advance(60)
    assert at.solutions() == []
    assert at.delete(deploy.arn).finish() == {}


def test_create__discarding_fails__the_reason_stays() -> None:
    at = world()
    at.simulator.fail_next(Failure("solution", "films-*", "no data"))
    at.fault("DeleteSolution", "AccessDeniedException")
    with pytest.raises(LifecycleError, match="CREATE FAILED"):
        at.create().finish()


def test_create__failed_one_left_by_an_earlier_request__is_made_again() -> None:
    at = world()
    at.simulator.fail_next(Failure("solution", "films-*", "no data"))
    at.fault("DeleteSolution", "AccessDeniedException")
    with pytest.raises(LifecycleError):
        at.create().finish()
    at.simulator.advance(60)
    at.calls()
    assert at.create().finish()["status"] == "ACTIVE"
    assert writes(at) == {"DeleteSolution": 1, "CreateSolution": 2}  # the first finds the name taken


def test_create__name_is_still_being_deleted__waits_for_it() -> None:
    at = world(durations=Durations(delete=30))
    theirs = foreign(at)
    at.call("DeleteSolution", solutionArn=theirs)
    assert at.create(name="movies").finish()["status"] == "ACTIVE"
    assert STACK_ID_TAG in at.tags(theirs)
