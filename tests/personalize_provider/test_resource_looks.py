"""The calls of a look at a solution, and their order."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.simulator import Durations
from personalize_provider.engine.steps import Done, Effect, Wait
from personalize_provider.kinds.owned.effects import Adopt, Configure, Create, Delete, Retag
from personalize_provider.kinds.solution.effects import StopTraining
from support.handler.observed_solution import absent, called, look, present, solution, throttled
from support.virtual_time.provider_world import GROUP, SIMS, V2, World, goal_of, request, tag_list, world

MADE_UP = "films-Movies-1B2C3D4E5F"


# The first try


def test_look__create_that_has_just_begun__creates_without_a_call() -> None:
    at = world()
    assert look(present(at)) == Create()
    assert called(at) == []


def test_look__create_of_eight_seconds_ago__asks_for_the_tags_first_and_for_no_more() -> None:
    at = world()
    goal = goal_of(request("Create", {}), at.time.now() - 8)
    assert look(solution(at, goal)) == Create()
    assert called(at) == ["ListTagsForResource"]


def test_look__replacement_in_a_rollback__looks_first() -> None:
    at = world()
    asked = request("Update", {}, "", {"recipeArn": SIMS})
    assert look(solution(at, goal_of(asked, at.time.now(), is_rolling_back=True))) == Create()
    assert called(at) == ["ListTagsForResource"]
    assert look(solution(at, goal_of(asked, at.time.now()))) == Create()
    assert called(at) == []


def test_act__create_refused_for_its_name__is_looked_at_with_its_tags() -> None:
    at = world()
    arn = at.created()
    movies = present(at)
    step = movies.act(Create())
    assert isinstance(step, Wait)
    assert step.reason.startswith("CreateSolution: ")
    assert called(at) == ["CreateSolution"]
    done = look(movies)
    assert isinstance(done, Done)
    assert done.attributes["solutionArn"] == arn
    assert called(at) == ["ListTagsForResource", "DescribeSolution"]


def test_act__create_taken__its_tags_are_not_asked_for() -> None:
    at = world(durations=Durations(solution_create=1))
    movies = present(at)
    assert movies.act(Create()) is None
    assert look(movies) == Wait("status CREATE PENDING")
    assert called(at) == ["CreateSolution", "DescribeSolution"]


@pytest.mark.parametrize("automatic", ["true", "false"])
def test_look__delete_of_a_generated_name__deletes_without_a_call(automatic: str) -> None:
    at = world()
    arn = at.created(performAutoTraining=automatic)
    movies = absent(at, arn)
    assert look(movies) == Delete()
    assert called(at) == []
    assert movies.act(Delete()) is None
    assert look(movies) == Wait("status DELETE PENDING")
    at.simulator.advance(2)
    assert look(movies) == Done({})  # its delete was accepted: what isn't seen any more is gone
    assert called(at) == ["DeleteSolution", "DescribeSolution", "DescribeSolution"]


def test_look__delete_of_a_generated_name__begins_so_in_each_invocation() -> None:
    at = world(durations=Durations(delete=100))
    arn = at.created()
    assert absent(at, arn).act(Delete()) is None
    again = absent(at, arn)
    assert look(again) == Delete()
    refused = again.act(Delete())
    assert isinstance(refused, Wait)
    assert refused.reason.startswith("DeleteSolution: ")
    assert look(again) == Wait("status DELETE PENDING")


def test_look__delete_refused_while_training__switches_automatic_training_off_then_stops() -> None:
    at = world()
    arn = at.created(performAutoTraining="true")
    version = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    at.calls()
    movies = absent(at, arn)
    assert isinstance(movies.act(Delete()), Wait)
    assert look(movies) == Configure({"performAutoTraining": False})
    assert movies.act(Configure({"performAutoTraining": False})) is None
    at.simulator.advance(5)
    assert look(movies) == StopTraining((version,))


# What a look reads, and in which order


def test_look__present_and_not_there__the_tags_are_enough() -> None:
    at = world()
    assert look(present(at, anew=False)) == Create()
    assert called(at) == ["ListTagsForResource"]


def test_look__present_and_there__reads_the_tags_once() -> None:
    at = world(durations=Durations(solution_create=50))
    present(at).act(Create())
    called(at)
    movies = present(at, anew=False)
    for _ in range(2):
        assert look(movies) == Wait("status CREATE PENDING")
    assert called(at) == ["ListTagsForResource", "DescribeSolution", "DescribeSolution"]


def test_look__present_and_its_tags_seen_before_itself__is_created_and_not_taken_for_foreign() -> None:
    at = world()
    at.created(name="movies")
    at.fault("DescribeSolution", "ResourceNotFoundException")
    movies = present(at, anew=False, name="movies")
    assert look(movies) == Create()
    assert isinstance(movies.act(Create()), Wait)  # refused: the name is taken, by its own solution
    assert isinstance(look(movies), Done)


@pytest.mark.parametrize("operation", ["ListTagsForResource", "DescribeSolution"])
def test_look__any_other_refusal__is_raised(operation: str) -> None:
    at = world()
    arn = at.created(name="movies")
    for movies in (present(at, anew=False, name="movies"), absent(at, arn, name="movies")):
        at.fault(operation, "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            look(movies)


# A delete where the name proves nothing


def test_look__delete_of_an_explicit_name__reads_tags_then_solution_before_any_effect() -> None:
    at = world()
    arn = at.created(name="movies")
    assert look(absent(at, arn, name="movies")) == Delete()
    assert called(at) == ["ListTagsForResource", "DescribeSolution"]


def test_look__delete_and_tags_not_found__is_not_believed_without_the_solution() -> None:
    at = world()
    arn = at.created(name="movies")
    at.fault("ListTagsForResource", "ResourceNotFoundException")
    assert look(absent(at, arn, name="movies")) == Delete()
    assert called(at) == ["ListTagsForResource", "DescribeSolution", "ListTagsForResource"]


def test_look__described_and_tags_never_found__waits_with_the_services_words() -> None:
    at = world()
    arn = at.created(name="movies")
    at.fault("ListTagsForResource", "ResourceNotFoundException", times=2)
    waiting = look(absent(at, arn, name="movies"))
    assert waiting == Wait("ListTagsForResource: the last answer (ResourceNotFoundException)")


def test_look__delete_and_neither_found__waits_then_is_done() -> None:
    at = world()
    arn = at.created(name="movies")
    at.call("DeleteSolution", solutionArn=arn)
    at.simulator.advance(60)
    at.calls()
    movies = absent(at, arn, name="movies")
    assert look(movies) == Wait("nothing found yet; a create may still be in progress")
    at.simulator.advance(5)
    assert look(movies) == Done({})
    assert called(at) == ["ListTagsForResource", "DescribeSolution"] * 2


@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize("later", [0, 60])
def test_look__ours_but_not_described__is_deleted_until_the_service_has_answered(
    name: str | None, later: float
) -> None:
    at = world()
    arn = at.created(name=name)
    movies = absent(at, arn, name=name)
    at.fault("DeleteSolution", "ServiceUnavailable", times=2)
    at.fault("DescribeSolution", "ResourceNotFoundException", times=3)
    at.simulator.advance(later)
    for _ in range(2):
        assert look(movies) == Delete()
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            movies.act(Delete())
    assert look(movies) == Delete()
    assert movies.act(Delete()) is None
    at.simulator.advance(2)
    assert look(movies) == Done({})


@pytest.mark.parametrize("name", [None, "movies"])
def test_look__not_described_and_the_delete_found_nothing__is_gone_after_a_while(name: str | None) -> None:
    at = world()
    arn = at.created(name=name)
    movies = absent(at, arn, name=name)
    at.fault("DeleteSolution", "ResourceNotFoundException")
    at.fault("DescribeSolution", "ResourceNotFoundException", times=3)
    assert look(movies) == Delete()
    refused = movies.act(Delete())
    assert refused == Wait("DeleteSolution: the last answer")
    assert look(movies) == Wait("nothing found yet; a create may still be in progress")
    at.simulator.advance(5)
    assert look(movies) == Done({})


@pytest.mark.parametrize("later", [0, 5])
def test_look__foreign_and_not_described__is_never_deleted(later: float) -> None:
    at = world()
    theirs = at.call("CreateSolution", name="movies", datasetGroupArn=GROUP, recipeArn=V2)["solutionArn"]
    movies = absent(at, theirs, name="movies")
    at.fault("DescribeSolution", "ResourceNotFoundException")
    at.simulator.advance(later)
    expected = Done({}) if later else Wait("nothing found yet; a create may still be in progress")
    assert look(movies) == expected


# How long nothing is not believed


@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize("known", [True, False])
def test_look__delete_and_nothing_there__is_believed_later_where_the_id_is_made_up(
    known: bool, name: str | None
) -> None:
    at = world()
    seconds = 5 if known else 30
    movies = absent(at, at.create(name=name).arn if known else MADE_UP, name=name)
    if name is None:
        assert isinstance(movies.act(Delete()), Wait)  # NotFound
    at.simulator.advance(seconds - 0.1)
    assert isinstance(look(movies), Wait)
    at.simulator.advance(0.1)
    assert look(movies) == Done({})


@pytest.mark.parametrize("name", [None, "movies"])
def test_look__made_up_id_and_an_accepted_delete__is_looked_for_all_the_same(name: str | None) -> None:
    at = world()
    at.created(name=name)
    movies = absent(at, MADE_UP, name=name)
    assert look(movies) == Delete()
    assert movies.act(Delete()) is None
    at.simulator.advance(1)
    assert isinstance(look(movies), Wait)  # what was given up may still make it
    at.simulator.advance(29)
    assert look(movies) == Done({})


# Adoption


ADOPTING = {"name": "movies", "adoptExisting": "true"}


def by_hand(at: World, **more: Any) -> str:
    """A solution that somebody else made."""
    members = {"name": "movies", "datasetGroupArn": GROUP, "recipeArn": V2, "performAutoTraining": False}
    arn: str = at.call("CreateSolution", **{**members, **more})["solutionArn"]
    at.simulator.advance(60)
    at.simulator.clear_calls()
    return arn


def test_adopt__as_declared__takes_one_call_and_is_done() -> None:
    at = world()
    arn = by_hand(at, tags=tag_list(team="recs"))
    movies = present(at, **ADOPTING)
    adopt = look(movies)
    assert isinstance(adopt, Adopt)
    assert movies.act(adopt) is None
    assert isinstance(look(movies), Done)
    assert called(at) == [
        "ListTagsForResource",
        "DescribeSolution",
        "TagResource",
        "ListTagsForResource",
        "DescribeSolution",
    ]
    assert at.tags(arn)["team"] == "recs"


def test_adopt__throttled__is_looked_at_again_for_somebody_may_have_been_faster() -> None:
    at = world()
    arn = by_hand(at)
    movies = present(at, **ADOPTING)
    adopt = look(movies)
    at.fault("TagResource", "LimitExceededException")
    throttled(movies, adopt)  # type: ignore[arg-type]
    theirs = {"cdk-personalize:stack-id": "theirs", "cdk-personalize:logical-id": "Shows"}
    at.call("TagResource", resourceArn=arn, tags=tag_list(**theirs))
    step = look(movies)
    assert not isinstance(step, Effect), step


def test_adopt__nothing_of_that_name__creates_it() -> None:
    at = world()
    movies = present(at, **ADOPTING)
    assert look(movies) == Create()
    assert called(at) == ["ListTagsForResource"]


def test_delete__of_what_was_adopted__is_over_with_the_marks() -> None:
    at = world()
    arn = by_hand(at)
    at.create(**ADOPTING).finish()
    movies = absent(at, arn, **ADOPTING)
    release = look(movies)
    assert isinstance(release, Retag)
    assert movies.act(release) is None
    assert look(movies) == Done({})
    assert at.tags(arn) == {}
    assert arn in at.solutions()


def test_delete__of_what_was_adopted_and_is_not_described__takes_only_the_marks_off() -> None:
    at = world()
    arn = by_hand(at)
    at.create(**ADOPTING).finish()
    at.fault("DescribeSolution", "ResourceNotFoundException", times=9)
    step = look(absent(at, arn, **ADOPTING))
    assert isinstance(step, Retag)
    assert not step.add
