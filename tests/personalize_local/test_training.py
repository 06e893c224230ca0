from __future__ import annotations

import pytest

from support.virtual_time.simulated import DAY, HOUR, Simulated

pytestmark = pytest.mark.usefixtures("a_second_to_create")


def starts(sim: Simulated, solution: str) -> list[tuple[str, float]]:
    """The versions' types and how long after the solution's activation they began."""
    active = sim.solution(solution)["creationDateTime"]
    return [
        (version["trainingType"], (version["creationDateTime"] - active).total_seconds() - 1)
        for version in sim.versions(solution)
    ]


def test_automatic_training__left_to_the_default__starts_within_the_hour_and_weekly(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=None)
    sim.advance(HOUR - 1)
    assert starts(sim, solution) == []
    sim.advance(1)
    assert starts(sim, solution) == [("AUTOMATIC", HOUR)]
    sim.advance(14 * DAY)
    assert starts(sim, solution) == [("AUTOMATIC", HOUR + n * 7 * DAY) for n in range(3)]
    assert [version["status"] for version in sim.versions(solution)] == ["ACTIVE", "ACTIVE", "CREATE PENDING"]


def test_automatic_training__turned_off__never_starts(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=False)
    sim.advance(365 * DAY)
    assert starts(sim, solution) == []


def test_automatic_training__own_schedule__is_kept(sim: Simulated) -> None:
    config = {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}
    solution = sim.active(performAutoTraining=True, solutionConfig=config)
    sim.advance(3 * DAY)
    assert starts(sim, solution) == [("AUTOMATIC", HOUR + n * DAY) for n in range(3)]


def test_automatic_training__manual_version_in_the_first_hour__skips_the_first(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.advance(600)
    sim.train(solution)
    sim.advance(7 * DAY)
    assert starts(sim, solution) == [("MANUAL", 600), ("AUTOMATIC", 600 + 7 * DAY)]


def test_automatic_training__manual_version_later__changes_nothing(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.advance(DAY)
    sim.train(solution)
    sim.advance(7 * DAY)
    automatic = [start for kind, start in starts(sim, solution) if kind == "AUTOMATIC"]
    assert automatic == [HOUR, HOUR + 7 * DAY]


def test_update__turning_training_on__starts_it_within_the_hour_of_the_update(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=False)
    sim.advance(DAY)
    sim.call("UpdateSolution", solutionArn=solution, performAutoTraining=True)
    sim.advance(2 + HOUR)
    assert starts(sim, solution) == [("AUTOMATIC", DAY + 2 + HOUR)]
    assert sim.solution(solution)["solutionConfig"] == {
        "autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}
    }


def test_update__turning_training_off__ends_it_and_forgets_the_schedule(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.call("UpdateSolution", solutionArn=solution, performAutoTraining=False)
    sim.advance(30 * DAY)
    assert starts(sim, solution) == []
    described = sim.solution(solution)
    assert (described["performAutoTraining"], described["solutionConfig"]) == (False, {})


def test_update__another_frequency__resets_the_schedule_and_trains_within_the_hour(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.advance(DAY)
    config = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
    sim.call("UpdateSolution", solutionArn=solution, solutionUpdateConfig=config)
    sim.advance(3 * DAY)
    again = DAY + 2 + HOUR
    assert starts(sim, solution) == [("AUTOMATIC", s) for s in (HOUR, again, again + 2 * DAY)]


def test_update__of_events_only__leaves_the_schedule_alone(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.advance(DAY)
    events = {"eventsConfig": {"eventParametersList": [{"eventType": "buy"}]}}
    sim.call("UpdateSolution", solutionArn=solution, solutionUpdateConfig=events)
    sim.advance(7 * DAY)
    assert starts(sim, solution) == [("AUTOMATIC", HOUR), ("AUTOMATIC", HOUR + 7 * DAY)]


def test_catching_up__past_an_update__trains_each_side_with_its_own_configuration(sim: Simulated) -> None:
    daily = {"autoTrainingConfig": {"schedulingExpression": "rate(1 day)"}}
    solution = sim.active(performAutoTraining=True, solutionConfig=daily)
    sim.service.set_durations(solution_update=DAY)
    sim.call("UpdateSolution", solutionArn=solution, performAutoTraining=False)
    sim.advance(30 * DAY)
    assert starts(sim, solution) == [("AUTOMATIC", HOUR)]


def test_deletion__begun__starts_no_more_trainings(sim: Simulated) -> None:
    sim.service.set_durations(delete=DAY)
    solution = sim.active(performAutoTraining=True)
    sim.call("DeleteSolution", solutionArn=solution)
    sim.advance(DAY - 1)
    assert starts(sim, solution) == []


def test_deletion__when_a_training_starts_just_before__is_refused_until_that_is_stopped(
    sim: Simulated,
) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.advance(HOUR)
    [version] = sim.versions(solution)
    assert version["trainingType"] == "AUTOMATIC"
    arn = version["solutionVersionArn"]
    assert sim.refusal("DeleteSolution", solutionArn=solution) == (
        "ResourceInUseException",
        f"{arn} is CREATE PENDING: stop it, or wait until it ends",
    )
    sim.call("StopSolutionVersionCreation", solutionVersionArn=arn)
    sim.call("DeleteSolution", solutionArn=solution)


def test_teardown__while_training_is_being_turned_off__may_meet_a_new_training(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.service.set_durations(solution_update=60)
    sim.advance(HOUR - 30)
    sim.call("UpdateSolution", solutionArn=solution, performAutoTraining=False)
    assert sim.versions(solution) == []
    sim.advance(60)  # the training is due halfway, and the old configuration still holds (rule 70)
    [version] = sim.versions(solution)
    assert (version["trainingType"], version["status"]) == ("AUTOMATIC", "CREATE PENDING")
    code, message = sim.refusal("DeleteSolution", solutionArn=solution)
    assert (code, version["solutionVersionArn"] in message) == ("ResourceInUseException", True)
    sim.call("StopSolutionVersionCreation", solutionVersionArn=version["solutionVersionArn"])
    sim.advance(30 * DAY)
    assert len(sim.versions(solution)) == 1
    sim.call("DeleteSolution", solutionArn=solution)


@pytest.mark.parametrize("steps", [1, 7, 100])
def test_catching_up__in_one_step_or_many__leaves_the_same(sim: Simulated, steps: int) -> None:
    solution = sim.active(performAutoTraining=True)
    for _ in range(steps):
        sim.advance(30 * DAY / steps)
        sim.call("ListSolutions")
    assert [round(start) for _, start in starts(sim, solution)] == [HOUR + n * 7 * DAY for n in range(5)]


def test_delay__set_otherwise__is_kept(sim: Simulated) -> None:
    sim.service.set_durations(automatic_training_delay=10)
    solution = sim.active(performAutoTraining=True)
    sim.advance(10)
    assert starts(sim, solution) == [("AUTOMATIC", 10)]
