"""An Update of a solution, from its first event to its last, against the simulator."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.simulator import Durations, Failure
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from support.handler.solution_requests_in_time import foreign, writes
from support.virtual_time.provider_world import SIMS, World, tag_list, world


def events(**weights: float) -> dict[str, Any]:
    """Events with string weights, as CloudFormation sends them."""
    listed = [{"eventType": name, "weight": str(weight)} for name, weight in weights.items()]
    return {"eventsConfig": {"eventParametersList": listed}}


def schedule(days: int) -> dict[str, Any]:
    return {"autoTrainingConfig": {"schedulingExpression": f"rate({days} days)"}}


# Update in place


def test_update__nothing_changed__no_effect() -> None:
    at = world()
    properties = {
        "performAutoTraining": "true",
        "solutionConfig": {**events(watch=1, click=0.2), **schedule(3)},
        "tags": tag_list(team="search"),
    }
    arn = at.created(**properties)
    deploy = at.update(arn, properties, **properties)
    assert deploy.arn == arn
    deploy.finish()
    assert at.calls() == {"DescribeSolution": 1, "ListTagsForResource": 1}


SEMANTIC = "arn:aws:personalize:::recipe/aws-semantic-similarity"


@pytest.mark.parametrize(
    ("before", "after", "seen"),
    [
        ({}, {"performAutoTraining": "true"}, {"performAutoTraining": True}),
        ({"performAutoTraining": "true"}, {}, {"performAutoTraining": False}),
        (
            {"performAutoTraining": "true", "solutionConfig": schedule(2)},
            {"performAutoTraining": "true", "solutionConfig": schedule(5)},
            {"solutionConfig": schedule(5)},
        ),
        (
            {"recipeArn": SEMANTIC, "performIncrementalUpdate": "false"},
            {"recipeArn": SEMANTIC, "performIncrementalUpdate": "true"},
            {"performIncrementalUpdate": True},
        ),
        (
            {},
            {"solutionConfig": events(watch=0.5)},
            {
                "solutionConfig": {
                    "eventsConfig": {"eventParametersList": [{"eventType": "watch", "weight": 0.5}]}
                }
            },
        ),
        (
            {"solutionConfig": events(watch=0.5, click=1)},
            {"solutionConfig": events(click=1)},
            {
                "solutionConfig": {
                    "eventsConfig": {"eventParametersList": [{"eventType": "click", "weight": 1.0}]}
                }
            },
        ),
        (
            {"solutionConfig": events(watch=0.5)},
            {},
            {"solutionConfig": {"eventsConfig": {"eventParametersList": []}}},
        ),
    ],
)
def test_update__updatable_member__in_place_and_back(
    before: dict[str, Any], after: dict[str, Any], seen: dict[str, Any]
) -> None:
    at = world()
    arn = at.created(**before)
    deploy = at.update(arn, before, **after)
    assert deploy.arn == arn
    deploy.finish()
    assert writes(at) == {"UpdateSolution": 1}
    described = at.solution(arn)
    assert {key: described[key] for key in seen} == seen
    at.update(arn, before, **after).finish()  # again: nothing to do
    assert writes(at) == {}
    at.update(arn, after, **before).finish()
    assert writes(at) == {"UpdateSolution": 1}


def test_update__tags__add_change_drop_and_keep_foreign_ones() -> None:
    at = world()
    old = {"tags": tag_list(keep="1", change="1", drop="1")}
    arn = at.created(**old)
    at.call("TagResource", resourceArn=arn, tags=tag_list(theirs="x"))
    at.calls()
    at.update(arn, old, tags=tag_list(keep="1", change="2", add="1")).finish()
    assert writes(at) == {"TagResource": 2, "UntagResource": 1}  # see test_refusals.py
    ours = {STACK_ID_TAG, LOGICAL_ID_TAG, CONFIG_HASH_TAG}
    tags = {key: value for key, value in at.tags(arn).items() if key not in ours}
    assert tags == {"keep": "1", "change": "2", "add": "1", "theirs": "x"}


def test_update__tags_and_configuration__both_change() -> None:
    at = world()
    arn = at.created()
    at.update(arn, {}, performAutoTraining="true", tags=tag_list(a="1")).finish()
    assert writes(at) == {"TagResource": 1, "UpdateSolution": 1}


def test_update__one_tag_for_another_on_a_full_solution__fits() -> None:
    at = world()
    most = {f"t{i}": "x" for i in range(47)}
    old = {"tags": tag_list(**most)}
    arn = at.created(**old)
    at.update(arn, old, tags=tag_list(**{**dict(list(most.items())[1:]), "new": "x"})).finish()
    assert len(at.tags(arn)) == 50
    assert "new" in at.tags(arn)


def test_update__update_of_somebody_else_runs__waits_then_sends_its_own() -> None:
    at = world(durations=Durations(solution_update=60))
    arn = at.created()
    at.call(
        "UpdateSolution", solutionArn=arn, solutionUpdateConfig={"eventsConfig": {"eventParametersList": []}}
    )
    at.calls()
    at.update(arn, {}, performAutoTraining="true").finish()
    assert writes(at) == {"UpdateSolution": 1}


def test_update__fails__says_why_and_the_reverse_update_finds_nothing_to_do() -> None:
    at = world()
    arn = at.created()
    at.simulator.fail_next(Failure("solution_update", "films-*", "not possible"))
    with pytest.raises(LifecycleError, match=r"UpdateSolution failed: not possible \(CREATE FAILED\)"):
        at.update(arn, {}, performAutoTraining="true").finish()
    assert writes(at) == {"UpdateSolution": 1}
    at.update(arn, {"performAutoTraining": "true"}).finish()
    assert writes(at) == {}


def test_update__failed_half_way__the_reverse_update_restores() -> None:
    at = world()
    old = {"tags": tag_list(a="1")}
    arn = at.created(**old)
    new = {"tags": tag_list(b="1"), "performAutoTraining": "true"}
    at.simulator.fail_next(Failure("solution_update", "films-*", "no"))
    with pytest.raises(LifecycleError):
        at.update(arn, old, **new).finish()
    at.update(arn, new, **old).finish()
    assert at.tags(arn).items() >= {"a": "1"}.items()
    assert "b" not in at.tags(arn)
    assert at.solution(arn)["performAutoTraining"] is False


def test_update__found_as_the_properties_before_say__is_done_at_once() -> None:
    at = world()
    new = {"performAutoTraining": "true", "tags": tag_list(a="1")}
    arn = at.created(**new)
    start = at.time.now()
    at.update(arn, new).finish()
    assert at.time.now() - start < 5


@pytest.mark.parametrize("found", [{}, {"tags": tag_list(a="1")}, {"performAutoTraining": "true"}])
def test_update__found_as_a_cancelled_update_may_have_left_it__sees_what_that_changes_late(
    found: dict[str, Any],
) -> None:
    at = world()
    new = {"performAutoTraining": "true", "tags": tag_list(a="1")}
    arn = at.created(**found)

    def change_late() -> None:  # its waiter reads that the stack still waits for it
        at.call("TagResource", resourceArn=arn, tags=tag_list(a="1"))
        at.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)

    at.time.meanwhile(8, change_late)
    start = at.time.now()
    at.update(arn, new).finish()
    assert 15 <= at.time.now() - start < 25
    assert at.solution(arn)["performAutoTraining"] is False
    assert "a" not in at.tags(arn)


def test_update__failed_before__the_next_deploy_tries_again() -> None:
    at = world()
    arn = at.created()
    at.simulator.fail_next(Failure("solution_update", "films-*", "no"))
    with pytest.raises(LifecycleError):
        at.update(arn, {}, performAutoTraining="true").finish()
    at.simulator.advance(60)
    at.update(arn, {}, performAutoTraining="true").finish()
    assert at.solution(arn)["performAutoTraining"] is True


def test_update__answer_lost__is_not_sent_twice() -> None:
    at = world()
    arn = at.created()
    at.fault("UpdateSolution", "InternalFailure", after=True)
    at.update(arn, {}, performAutoTraining="true").finish()
    assert writes(at) == {"UpdateSolution": 1}


# Update that needs another solution


def test_update__immutable_change__makes_another_and_leaves_the_old_alone() -> None:
    at = world()
    arn = at.created()
    before = at.solution(arn), at.tags(arn)
    deploy = at.update(arn, {}, recipeArn=SIMS)
    deploy.finish()
    assert deploy.arn != arn
    assert (at.solution(arn), at.tags(arn)) == before
    at.delete(arn).finish()  # the clean-up
    assert at.solutions() == [deploy.arn]


def test_update__replacement_rolled_back__finds_the_old_one() -> None:
    at = world()
    arn = at.created()
    replacement = at.update(arn, {}, recipeArn=SIMS)
    replacement.finish()
    at.calls()
    rollback = at.update(replacement.arn, {"recipeArn": SIMS})
    assert rollback.arn == arn
    rollback.finish()
    assert writes(at) == {"CreateSolution": 1}  # refused; where the stack rolls back, it isn't even tried
    at.delete(replacement.arn, recipeArn=SIMS).finish()
    assert at.solutions() == [arn]


def test_update__replacement_fails__is_discarded_and_the_old_one_stays() -> None:
    at = world()
    arn = at.created()
    at.simulator.fail_next(Failure("solution", "films-*", "no"))
    with pytest.raises(LifecycleError):
        at.update(arn, {}, recipeArn=SIMS).finish()
    at.simulator.advance(60)
    assert at.solutions() == [arn]


def test_update__explicit_name_and_immutable_change__fails_before_any_effect() -> None:
    at = world()
    old = {"name": "movies", "tags": tag_list(a="1")}
    arn = at.created(**old)
    new = {"name": "movies", "recipeArn": SIMS, "tags": tag_list(b="1"), "performAutoTraining": "true"}
    with pytest.raises(LifecycleError, match=r"\(NotUpdatable\); change solution_name"):
        at.update(arn, old, **new).finish()
    assert writes(at) == {}
    at.update(arn, new, **old).finish()
    assert writes(at) == {}


def test_update__new_explicit_name__replaces() -> None:
    at = world()
    arn = at.created(name="movies")
    deploy = at.update(arn, {"name": "movies"}, name="films")
    assert deploy.finish()["name"] == "films"
    assert sorted(at.solutions()) == sorted([arn, deploy.arn])


def test_update__name_taken_by_somebody__fails_and_leaves_both_alone() -> None:
    at = world()
    arn = at.created(name="films")
    theirs = foreign(at, "movies")
    with pytest.raises(LifecycleError, match="AlreadyExists"):
        at.update(arn, {"name": "films"}, name="movies").finish()
    assert writes(at) == {"CreateSolution": 1}  # refused, for the name is taken
    assert at.delete(theirs, name="movies").finish() == {}
    assert writes(at) == {}
    assert sorted(at.solutions()) == sorted([arn, theirs])


# Changes made by hand


@pytest.mark.parametrize("name", [None, "movies"])
def test_update__deleted_by_hand__is_made_again(name: str | None) -> None:
    at = world()
    arn = at.created(name=name)
    at.call("DeleteSolution", solutionArn=arn)
    deploy = at.update(arn, {"name": name}, name=name, tags=tag_list(a="1"))
    assert deploy.arn == arn
    assert deploy.finish()["status"] == "ACTIVE"


def untag(at: World, arn: str) -> None:
    at.call("UntagResource", resourceArn=arn, tagKeys=list(at.tags(arn)))
    at.calls()


def test_tags_removed_by_hand__generated_name__still_ours_and_restored() -> None:
    at = world()
    arn = at.created()
    untag(at, arn)
    at.update(arn).finish()
    assert set(at.tags(arn)) == {STACK_ID_TAG, LOGICAL_ID_TAG, CONFIG_HASH_TAG}
    untag(at, arn)
    at.delete(arn).finish()
    assert at.solutions() == []


def test_tags_removed_by_hand__explicit_name__no_longer_ours() -> None:
    at = world()
    arn = at.created(name="movies")
    untag(at, arn)
    with pytest.raises(LifecycleError, match="AlreadyExists"):
        at.update(arn, {"name": "movies"}, name="movies").finish()
    at.delete(arn, name="movies").finish()
    assert writes(at) == {}
    assert at.solutions() == [arn]
