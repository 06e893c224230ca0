"""Whole requests about a solution against the simulated service, in the service's own time."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import pytest

from personalize_local.simulator import Durations, Failure, Limits, ServiceError
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from personalize_provider.engine.steps import Done
from personalize_provider.kinds.solution.desired import Present, goal_of
from support.virtual_time.provider_world import GROUP, SIMS, STACK_ID, V2, Deploy, World, tag_list, world


def events(**weights: float) -> dict[str, Any]:
    """Events with string weights, as CloudFormation sends them."""
    listed = [{"eventType": name, "weight": str(weight)} for name, weight in weights.items()]
    return {"eventsConfig": {"eventParametersList": listed}}


def described_events(name: str, weight: float) -> dict[str, Any]:
    return {"eventsConfig": {"eventParametersList": [{"eventType": name, "weight": weight}]}}


def schedule(days: int) -> dict[str, Any]:
    return {"autoTrainingConfig": {"schedulingExpression": f"rate({days} days)"}}


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


def foreign(at: World, name: str = "movies") -> str:
    made: str = at.call("CreateSolution", name=name, datasetGroupArn=GROUP, recipeArn=V2)["solutionArn"]
    at.simulator.advance(60)
    at.simulator.clear_calls()
    return made


def writes(at: World) -> dict[str, int]:
    """The provider's calls that change something."""
    return {name: n for name, n in at.calls().items() if not name.startswith(("Describe", "List"))}


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


# Delete


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
