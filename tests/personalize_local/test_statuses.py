"""Statuses that are told in place of the true ones."""

from __future__ import annotations

import pytest

from personalize_local.simulator import StatusOverride
from support.virtual_time.simulated import Simulated


def listed(sim: Simulated) -> list[str]:
    return [str(solution["status"]) for solution in sim.call("ListSolutions")["solutions"]]


@pytest.mark.parametrize(
    "word", ["CREATE PENDING", "CREATE FAILED", "ACTIVE_MAYBE", "MIGRATING", "CREATE_IN_PROGRESS", ""]
)
def test_override__of_a_solution__is_described_and_listed(sim: Simulated, word: str) -> None:
    arn = sim.active()
    sim.service.override_status(StatusOverride("solution", "watch-*", word))
    assert (sim.status(arn), listed(sim)) == (word, [word])


def test_override__of_a_name__is_of_that_solution_only_and_of_later_ones_too(sim: Simulated) -> None:
    sim.service.override_status(StatusOverride("solution", "mine", "MIGRATING"))
    mine, other = sim.active(name="mine"), sim.active(name="mine-2")
    assert (sim.status(mine), sim.status(other)) == ("MIGRATING", "ACTIVE")


def test_override__of_the_latest_update__leaves_the_solution_alone(sim: Simulated) -> None:
    arn = sim.active()
    sim.service.override_status(StatusOverride("solution_update", "watch-next", "CREATE PENDING"))
    assert "latestSolutionUpdate" not in sim.solution(arn)
    sim.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    sim.advance(2)
    solution = sim.solution(arn)
    assert (solution["status"], solution["latestSolutionUpdate"]["status"]) == ("ACTIVE", "CREATE PENDING")
    assert solution["performAutoTraining"] is True


def test_override__of_versions__is_told_wherever_a_version_is(sim: Simulated) -> None:
    arn, other = sim.active(), sim.active(name="other")
    version, others = sim.trained(arn), sim.trained(other)
    sim.service.override_status(StatusOverride("solution_version", "watch-next", "CREATE IN_PROGRESS"))
    assert sim.version(version)["status"] == "CREATE IN_PROGRESS"
    assert [v["status"] for v in sim.versions(arn)] == ["CREATE IN_PROGRESS"]
    solution = sim.solution(arn)
    assert (solution["status"], solution["latestSolutionVersion"]["status"]) == (
        "ACTIVE",
        "CREATE IN_PROGRESS",
    )
    assert sim.version(others)["status"] == "ACTIVE"
    campaign = sim.campaign(version)
    assert sim.call("DescribeCampaign", campaignArn=campaign)["campaign"]["status"] == "CREATE PENDING"


@pytest.mark.usefixtures("a_second_to_create")
def test_override__in_place_of_some_statuses__leaves_the_others_true(sim: Simulated) -> None:
    sim.service.override_status(StatusOverride("solution", "*", "CREATE FAILED", instead_of="ACTIVE"))
    arn = sim.create()
    assert sim.status(arn) == "CREATE PENDING"
    sim.advance(1)
    assert sim.status(arn) == "CREATE FAILED"
    sim.call("DeleteSolution", solutionArn=arn)
    assert sim.status(arn) == "DELETE PENDING"
    sim.advance(1)
    assert sim.refusal("DescribeSolution", solutionArn=arn)[0] == "ResourceNotFoundException"


@pytest.mark.usefixtures("a_second_to_create")
def test_overrides__of_every_status__spell_them_with_underscores(sim: Simulated) -> None:
    for true in ("CREATE PENDING", "CREATE IN_PROGRESS", "DELETE PENDING"):
        told = true.replace(" ", "_")
        sim.service.override_status(StatusOverride("solution", "*", told, instead_of=true))
    arn = sim.create()
    assert sim.status(arn) == "CREATE_PENDING"
    sim.advance(0.5)
    assert sim.status(arn) == "CREATE_IN_PROGRESS"
    sim.advance(0.5)
    assert sim.status(arn) == "ACTIVE"
    sim.call("DeleteSolution", solutionArn=arn)
    assert sim.status(arn) == "DELETE_PENDING"


def test_override__in_force__changes_nothing_but_the_word(sim: Simulated) -> None:
    arn = sim.active()
    true = sim.solution(arn)
    sim.service.override_status(StatusOverride("solution", "*", "CREATE PENDING"))
    assert sim.solution(arn) == true | {"status": "CREATE PENDING"}
    sim.train(arn)
    code, message = sim.refusal("DeleteSolution", solutionArn=arn)
    assert (code, "stop it, or wait until it ends" in message) == ("ResourceInUseException", True)


def test_override__given_later__counts(sim: Simulated) -> None:
    arn = sim.active()
    for word in ("FIRST", "SECOND"):
        sim.service.override_status(StatusOverride("solution", "*", word))
    sim.service.override_status(StatusOverride("solution", "elsewhere", "THIRD"))
    assert sim.status(arn) == "SECOND"


@pytest.mark.parametrize("end", ["clear_status_overrides", "reset"])
def test_overrides__cleared_or_forgotten__leave_the_truth(sim: Simulated, end: str) -> None:
    sim.service.override_status(StatusOverride("solution", "*", "MIGRATING"))
    getattr(sim.service, end)()
    sim.create_group("books")
    arn = sim.active(datasetGroupArn=sim.scope.arn("dataset-group", "books"))
    assert sim.status(arn) == "ACTIVE"
    assert sim.service.state()["statuses"] == []


def test_state__under_an_override__has_the_true_status_and_the_override(sim: Simulated) -> None:
    sim.active()
    sim.service.override_status(StatusOverride("solution", "*", "MIGRATING"))
    state = sim.service.state()
    assert state["accounts"][0]["solutions"][0]["status"] == "ACTIVE"
    assert state["statuses"] == [
        {"resource": "solution", "name": "*", "status": "MIGRATING", "instead_of": "*"}
    ]


def test_override__of_an_unknown_resource__names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown resource 'campaign': expected one of solution, solution_u"):
        StatusOverride("campaign", "*", "ACTIVE")
