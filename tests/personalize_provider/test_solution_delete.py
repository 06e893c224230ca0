"""A Delete of a solution, from its first event to its last, against the simulator."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pytest

from personalize_local.simulator import Durations, Failure, ServiceError
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.goal import Present
from support.handler.solution_requests_in_time import foreign, writes
from support.virtual_time.provider_world import Deploy, World, goal_of, world


def train(at: World, arn: str) -> str:
    version: str = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    return version


def campaign(at: World, arn: str, name: str = "front-page") -> str:
    version = train(at, arn)
    at.simulator.advance(1300)
    made: str = at.call("CreateCampaign", name=name, solutionVersionArn=version)["campaignArn"]
    at.simulator.advance(60)
    at.simulator.clear_calls()
    return made


def test_delete__quiet_solution__is_gone_when_it_says_so() -> None:
    at = world()
    arn = at.created()
    assert at.delete(arn).finish() == {}
    assert at.calls() == {"DeleteSolution": 1, "DescribeSolution": 1}
    with pytest.raises(ServiceError, match="ResourceNotFoundException"):
        at.solution(arn)


def test_delete__twice__is_quiet() -> None:
    at = world()
    arn = at.created()
    at.delete(arn).finish()
    assert writes(at) == {"DeleteSolution": 1}
    deploy = at.delete(arn)
    deploy.finish()
    assert deploy.invocations == 1
    assert writes(at) == {"DeleteSolution": 1}  # nothing is there
    assert 5 <= at.time.now() - deploy.attempt.started_at < 15


def test_delete__answer_lost__ends() -> None:
    at = world()
    arn = at.created()
    at.fault("DeleteSolution", "InternalFailure", after=True)
    at.delete(arn).finish()
    # The lost one, and the one that is answered with what became of it.
    assert writes(at) == {"DeleteSolution": 2}
    assert at.solutions() == []


def test_delete__answer_lost_and_the_name_is_explicit__ends() -> None:
    at = world(durations=Durations(delete=2))
    arn = at.created(name="movies")
    at.fault("DeleteSolution", "InternalFailure", after=True)
    at.delete(arn, name="movies").finish()
    assert writes(at) == {"DeleteSolution": 1}
    assert at.solutions() == []


@pytest.mark.parametrize("name", [None, "movies"])
def test_delete__out_of_sight_for_a_moment__is_not_left_behind(name: str | None) -> None:
    at = world(durations=Durations(solution_visible=4))
    create = at.create(name=name)
    at.client.create_solution(**_request_of(create))
    at.delete(create.arn, name=name).finish()
    at.simulator.advance(60)
    assert at.solutions() == []


def test_delete__automatic_training_on_and_none_running__is_deleted_at_once() -> None:
    at = world()
    arn = at.created(performAutoTraining="true")
    at.delete(arn, performAutoTraining="true").finish()
    assert at.calls() == {"DeleteSolution": 1, "DescribeSolution": 1}


def test_delete__automatic_training_on_and_the_name_is_explicit__is_switched_off_first() -> None:
    at = world()
    arn = at.created(name="movies", performAutoTraining="true")
    at.delete(arn, name="movies", performAutoTraining="true").finish()
    assert writes(at) == {"UpdateSolution": 1, "DeleteSolution": 1}


def operations(at: World) -> list[str]:
    """The provider's calls that change something, in their order."""
    made = [call.operation for call in at.simulator.calls()]
    return [name for name in made if not name.startswith(("Describe", "List"))]


@pytest.mark.parametrize("fails", [False, True])
def test_delete__refused_while_an_automatic_training_runs__switches_it_off_then_stops_it(fails: bool) -> None:
    at = world()
    arn = at.created(performAutoTraining="true")
    train(at, arn)
    if fails:  # that it can't be switched off is no reason to keep the solution
        at.simulator.fail_next(Failure("solution_update", "films-*", "no"))
    at.simulator.clear_calls()
    at.delete(arn, performAutoTraining="true").finish()
    assert operations(at) == [
        "DeleteSolution",  # refused
        "UpdateSolution",
        "StopSolutionVersionCreation",
        "DeleteSolution",
    ]
    assert at.solutions() == []


def test_delete__create_failed_with_automatic_training__is_deleted() -> None:
    at = world()
    properties = {"performAutoTraining": "true"}
    at.simulator.fail_next(Failure("solution", "films-*", "no data"))
    at.fault("DeleteSolution", "AccessDeniedException")
    deploy = at.create(**properties)
    with pytest.raises(LifecycleError):
        deploy.finish()
    at.calls()
    at.delete(deploy.arn, **properties).finish()
    assert writes(at) == {"DeleteSolution": 1}


def test_delete__training__is_stopped() -> None:
    at = world()
    arn = at.created()
    train(at, arn)
    at.simulator.advance(200)
    train(at, arn)
    at.calls()
    deploy = at.delete(arn)
    deploy.finish()
    assert at.calls()["StopSolutionVersionCreation"] == 2
    assert at.time.now() < deploy.attempt.started_at + 30


def test_delete__training_and_told_to_wait__waits_for_it() -> None:
    at = world(durations=Durations(solution_version=600))
    arn = at.created()
    train(at, arn)
    at.calls()
    deploy = at.delete(arn, waitForTrainingOnDelete="true")
    deploy.finish()
    calls = at.calls()
    assert "StopSolutionVersionCreation" not in calls
    # Each invocation begins with one, and the last sees the training end and sends another.
    assert calls["DeleteSolution"] == deploy.invocations + 1
    assert at.time.now() > deploy.attempt.started_at + 590


def test_delete__training_ends_as_it_is_stopped__goes_on() -> None:
    at = world()
    arn = at.created()
    train(at, arn)
    at.fault("StopSolutionVersionCreation", "InvalidInputException")
    at.delete(arn).finish()
    assert at.calls()["StopSolutionVersionCreation"] == 2
    assert at.solutions() == []


def test_delete__many_in_training__three_are_stopped_at_a_time() -> None:
    at = world()
    arn = at.created()
    for _ in range(6):
        train(at, arn)
    at.simulator.clear_calls()
    at.delete(arn).finish()
    made = [call.operation for call in at.simulator.calls()]
    stops = [name == "StopSolutionVersionCreation" for name in made]
    runs = [len(list(run)) for stopped, run in groupby(stops) if stopped]
    assert runs == [3, 3]
    assert at.solutions() == []


def test_delete__many_versions__all_pages_are_read() -> None:
    at = world(durations=Durations(solution_version=1))
    arn = at.created()
    for _ in range(101):
        train(at, arn)
        at.simulator.advance(2)
    at.simulator.set_durations(solution_version=1200)
    train(at, arn)
    at.calls()
    at.delete(arn).finish()
    assert at.calls()["StopSolutionVersionCreation"] == 1


def test_delete__campaign_uses_it__fails_at_the_deadline_and_names_it() -> None:
    at = world(total_timeout=60)
    arn = at.created()
    campaign(at, arn, "front-page")
    with pytest.raises(LifecycleError, match=r"not finished by the deadline.*used by campaign front-page"):
        at.delete(arn).finish()
    assert at.solutions() == [arn]


def test_delete__campaign_goes_away__ends() -> None:
    at = world(durations=Durations(delete=40))
    arn = at.created()
    used_by = campaign(at, arn)
    at.call("DeleteCampaign", campaignArn=used_by)
    at.delete(arn).finish()
    assert at.solutions() == []


def test_delete__foreign__is_left_alone() -> None:
    at = world()
    theirs = foreign(at)
    train(at, theirs)
    at.calls()
    at.delete(theirs).finish()
    assert writes(at) == {}


INVENTED = ("films-Movies-1B2C3D4E5F", "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED", "")


@pytest.mark.parametrize("physical", INVENTED)
def test_delete__id_made_up_and_nothing_there__ends_after_the_grace(physical: str) -> None:
    at = world()
    deploy = at.delete(physical)
    deploy.finish()
    assert 30 <= at.time.now() - deploy.attempt.started_at < 45
    assert deploy.invocations == 1
    assert writes(at) == {"DeleteSolution": 1}  # nothing is there


@pytest.mark.parametrize("physical", INVENTED)
def test_delete__id_made_up_and_an_explicit_name_with_nothing_there__only_looks(physical: str) -> None:
    at = world()
    deploy = at.delete(physical, name="movies")
    deploy.finish()
    assert 30 <= at.time.now() - deploy.attempt.started_at < 45
    assert at.calls().keys() == {"ListTagsForResource", "DescribeSolution"}


@pytest.mark.parametrize("name", [None, "movies"])
def test_delete__id_made_up_and_the_create_still_runs__removes_what_appears(name: str | None) -> None:
    at = world()
    create = at.create(name=name)
    delete = at.delete("films-Movies-1B2C3D4E5F", name=name)
    # The call was already on its way.
    at.time.meanwhile(8, lambda: at.client.create_solution(**_request_of(create)))
    delete.finish()
    assert at.calls()["CreateSolution"] == 1
    assert at.solutions() == []


def _request_of(deploy: Deploy) -> Mapping[str, Any]:
    goal = goal_of(deploy.request, 0)
    assert isinstance(goal, Present)
    return goal.request


@pytest.mark.parametrize("physical", INVENTED)
def test_delete__id_made_up_and_the_name_is_foreign__leaves_it_alone(physical: str) -> None:
    at = world()
    theirs = foreign(at)
    deploy = at.delete(physical, name="movies")
    deploy.finish()
    assert deploy.invocations == 1
    assert writes(at) == {}
    assert at.solutions() == [theirs]


def test_delete__create_still_in_progress__waits_then_deletes() -> None:
    at = world(durations=Durations(solution_create=50))
    create = at.create()
    create.invoke()
    at.calls()
    deploy = at.delete(create.arn)
    deploy.finish()
    # The first is refused, and is sent again as soon as it is ACTIVE.
    assert writes(at) == {"DeleteSolution": 2}
    assert at.solutions() == []
