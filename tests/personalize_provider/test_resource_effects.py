"""The effects on a solution: throttles, deadlines, and deletes that are refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from personalize_provider.engine.steps import Done, Effect, Wait
from personalize_provider.kinds.owned.effects import Configure, Create, Delete, Retag
from personalize_provider.kinds.solution.effects import StopTraining
from personalize_provider.kinds.solution.resource import Solution
from support.handler.observed_solution import absent, called, look, present, solution, throttled
from support.virtual_time.provider_world import World, goal_of, request, tag_list, world

ON = {
    "performAutoTraining": True,
    "solutionUpdateConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
}


# A deadline leaves no time for a try without a look


def test_look__deadline_passed__looks_in_place_of_a_first_try() -> None:
    at = world()
    arn = at.created()
    assert isinstance(present(at).look(expired=True), Done)
    assert called(at) == ["ListTagsForResource", "DescribeSolution"]
    assert absent(at, arn).look(expired=True) == Delete()
    assert called(at) == ["DescribeSolution"]


def test_look__deadline_passed_after_a_throttle__looks() -> None:
    at = world()
    at.created()
    movies = present(at)
    at.fault("CreateSolution", "LimitExceededException")
    throttled(movies, Create())
    called(at)
    assert isinstance(movies.look(expired=True), Done)
    assert called(at) == ["ListTagsForResource", "DescribeSolution"]


# What is throttled is tried again without a look


def create(at: World) -> tuple[Solution, Effect]:
    return present(at), Create()


def configure(at: World) -> tuple[Solution, Effect]:
    at.created()
    return present(at, anew=False, performAutoTraining="true"), Configure(ON)


def retag(at: World) -> tuple[Solution, Effect]:
    at.created()
    return present(at, anew=False, tags=tag_list(a="1")), Retag({"a": "1"}, frozenset())


def untag(at: World) -> tuple[Solution, Effect]:
    arn = at.created(tags=tag_list(a="1"))
    goal = goal_of(request("Update", {}, arn, {"tags": tag_list(a="1")}), at.time.now())
    return solution(at, goal), Retag({"a": "1"}, frozenset({"a"}))


def stop(at: World) -> tuple[Solution, Effect]:
    arn = at.created(name="movies")
    version = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    return absent(at, arn, name="movies"), StopTraining((version,))


def delete(at: World) -> tuple[Solution, Effect]:
    arn = at.created(name="movies")
    return absent(at, arn, name="movies"), Delete()


Case = Callable[[World], tuple[Solution, Effect]]
EFFECTS: dict[str, Case] = {
    "CreateSolution": create,
    "UpdateSolution": configure,
    "TagResource": retag,
    "UntagResource": untag,
    "StopSolutionVersionCreation": stop,
    "DeleteSolution": delete,
}


@pytest.mark.parametrize(("operation", "case"), EFFECTS.items())
def test_act__throttled__is_tried_again_without_a_look(operation: str, case: Case) -> None:
    at = world()
    movies, effect = case(at)
    assert look(movies) == effect
    called(at)
    at.fault(operation, "LimitExceededException", times=2)
    for _ in range(2):
        throttled(movies, effect)
        assert look(movies) == effect
    assert movies.act(effect) is None
    first = ["TagResource"] if operation == "UntagResource" else []  # see test_decide_present.py
    assert called(at) == [*first, operation] * 3
    assert look(movies) != effect  # it is looked at again: it has taken effect
    assert "DescribeSolution" in called(at)


@pytest.mark.parametrize("code", ["InternalFailure", "ServiceUnavailable"])
@pytest.mark.parametrize(("operation", "case"), EFFECTS.items())
def test_act__answer_that_tells_nothing__is_looked_at(operation: str, case: Case, code: str) -> None:
    at = world()
    movies, effect = case(at)
    assert look(movies) == effect
    at.fault(operation, code, after=True)
    with pytest.raises(ClientError, match=code):
        movies.act(effect)
    called(at)
    assert look(movies) != effect
    assert "DescribeSolution" in called(at)


# Why a delete is refused


def test_act__delete_refused_for_a_campaign__names_it() -> None:
    at = world()
    arn = at.created()
    version = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    at.simulator.advance(1300)
    at.call("CreateCampaign", name="front-page", solutionVersionArn=version)
    at.simulator.advance(60)
    refused = absent(at, arn).act(Delete())
    assert isinstance(refused, Wait)
    assert refused.reason.endswith(" (used by campaign front-page)")


@pytest.mark.parametrize("code", ["LimitExceededException", "AccessDeniedException", "InternalFailure"])
def test_act__delete_refused_and_campaigns_not_told__says_what_is_known(code: str) -> None:
    at = world()
    arn = at.created()
    at.fault("DeleteSolution", "ResourceInUseException")
    at.fault("ListCampaigns", code)
    assert absent(at, arn).act(Delete()) == Wait("DeleteSolution: the last answer")
