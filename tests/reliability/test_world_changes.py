"""The world changes underneath, in the middle of an operation or between two."""

from __future__ import annotations

import pytest

from personalize_local.simulator import Durations, Failure, StatusOverride
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from support.virtual_time.account import Account, account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import assert_kept
from support.virtual_time.provider_world import GROUP, SIMS, V2, tag_list
from support.virtual_time.stack_engine import Stack

OURS = [STACK_ID_TAG, LOGICAL_ID_TAG, CONFIG_HASH_TAG]
IN_PLACE = {"performAutoTraining": "true"}
REPLACEMENT = {"recipeArn": SIMS}


def deployed(at: Account, **properties: object) -> tuple[Stack, str]:
    stack = at.deploy("films", template(Movies=properties))
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    return stack, stack.resources["Movies"].physical_id


def updated(at: Account, stack: Stack, **properties: object) -> str:
    stack.update(template(Movies=properties))
    at.time.run()
    return stack.status


def destroyed(at: Account, stack: Stack) -> str:
    stack.delete()
    at.time.run()
    return stack.status


def deleted_by_hand(at: Account, arn: str, gone: bool = True) -> None:
    at.call("DeleteSolution", solutionArn=arn)
    if gone:
        at.simulator.advance(60)


# Deleted by hand


@pytest.mark.parametrize("gone", [True, False])
@pytest.mark.parametrize("change", [IN_PLACE, REPLACEMENT])
def test_deleted_by_hand__before_an_update__is_made_again(
    transport: FrameworkRuntime | OneFunction, change: dict[str, str], gone: bool
) -> None:
    with account(transport, total_timeout=60, durations=Durations(delete=20)) as at:
        stack, arn = deployed(at)
        deleted_by_hand(at, arn, gone)
        assert updated(at, stack, **change) == "UPDATE_COMPLETE", stack.reasons
        assert set(at.solutions()) == {stack.resources["Movies"].physical_id}
        assert_kept(at, stack)
        assert destroyed(at, stack) == "DELETE_COMPLETE"
        assert at.solutions() == {}


@pytest.mark.parametrize("gone", [True, False])
@pytest.mark.parametrize("name", [None, "movies"])
def test_deleted_by_hand__before_a_delete__is_quiet(
    transport: FrameworkRuntime | OneFunction, name: str | None, gone: bool
) -> None:
    with account(transport, total_timeout=60, durations=Durations(delete=20)) as at:
        stack, arn = deployed(at, name=name)
        deleted_by_hand(at, arn, gone)
        assert destroyed(at, stack) == "DELETE_COMPLETE"
        assert at.solutions() == {}
        assert_kept(at, stack)


@pytest.mark.parametrize("after", [0.3, 1.0, 2.0, 4.0])
def test_deleted_by_hand__while_an_update_is_under_way__is_made_again(
    runtime: FrameworkRuntime, after: float
) -> None:
    with account(runtime, total_timeout=60, durations=Durations(delete=3)) as at:
        stack, arn = deployed(at)
        stack.update(template(Movies={**IN_PLACE, "tags": tag_list(team="search")}))
        at.time.run(after)
        deleted_by_hand(at, arn, gone=False)
        at.time.run()
        assert stack.status == "UPDATE_COMPLETE", stack.reasons
        assert [operation for operation, _ in at.effects].count("CreateSolution") == 2
        assert_kept(at, stack)
        assert destroyed(at, stack) == "DELETE_COMPLETE"
        assert at.solutions() == {}


@pytest.mark.parametrize("operation", ["update", "delete"])
def test_replaced_by_somebody_elses__of_the_same_explicit_name__is_left_alone(
    at: Account, operation: str
) -> None:
    stack, arn = deployed(at, name="movies")
    deleted_by_hand(at, arn)
    at.call("CreateSolution", name="movies", datasetGroupArn=GROUP, recipeArn=V2, tags=tag_list(mine="yes"))
    at.simulator.advance(60)
    before, effects = (at.describe(arn), at.tags(arn)), len(at.effects)
    if operation == "update":
        assert updated(at, stack, name="movies", **IN_PLACE) == "UPDATE_ROLLBACK_COMPLETE"
        assert "a solution of that name exists" in stack.reasons[0]
    else:
        assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.effects[effects:] == []
    assert (at.describe(arn), at.tags(arn)) == before
    assert_kept(at, stack, foreign={arn: effects}, altered={arn})


# Tags


@pytest.mark.parametrize("keys", [OURS, OURS[:1], OURS[1:2], OURS[2:]])
def test_tags_removed__generated_name__is_tagged_again_and_deletable(at: Account, keys: list[str]) -> None:
    stack, arn = deployed(at)
    before = at.tags(arn)
    at.call("UntagResource", resourceArn=arn, tagKeys=keys)
    assert updated(at, stack, **IN_PLACE) == "UPDATE_COMPLETE", stack.reasons
    assert at.tags(arn) == before
    at.call("UntagResource", resourceArn=arn, tagKeys=keys)
    assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}
    assert_kept(at, stack)


def test_tag_of_the_logical_id_removed__explicit_name__is_put_right(at: Account) -> None:
    """CloudFormation sends the id, and the tags name the stack."""
    stack, arn = deployed(at, name="movies")
    before = at.tags(arn)
    at.call("UntagResource", resourceArn=arn, tagKeys=[LOGICAL_ID_TAG])
    assert updated(at, stack, name="movies", **IN_PLACE) == "UPDATE_COMPLETE", stack.reasons
    assert at.tags(arn) == before
    assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}


@pytest.mark.parametrize("keys", [OURS, OURS[:1]])
def test_tags_removed__explicit_name__is_left_alone_with_a_message(at: Account, keys: list[str]) -> None:
    stack, arn = deployed(at, name="movies")
    at.call("UntagResource", resourceArn=arn, tagKeys=keys)
    before = at.describe(arn), at.tags(arn)
    assert updated(at, stack, name="movies", **IN_PLACE).startswith("UPDATE_ROLLBACK_")
    assert "solution movies" in stack.reasons[0]
    assert "is not this resource's" in stack.reasons[0]
    destroyed(at, stack)
    assert (at.describe(arn), at.tags(arn)) == before
    assert_kept(at, stack, untagged={arn})


def test_own_tag_changed_by_hand__next_update__puts_it_right(at: Account) -> None:
    stack, arn = deployed(at, tags=tag_list(team="search"))
    at.call("TagResource", resourceArn=arn, tags=tag_list(team="ads"))
    assert updated(at, stack, tags=tag_list(team="search"), **IN_PLACE) == "UPDATE_COMPLETE"
    assert at.tags(arn)["team"] == "search"
    assert_kept(at, stack)


# Updated out of band


@pytest.mark.parametrize("wanted", ["true", "false"])
@pytest.mark.parametrize("pause", [0, 60])
def test_updated_by_hand__next_update__is_what_the_template_says(
    transport: FrameworkRuntime | OneFunction, wanted: str, pause: int
) -> None:
    with account(transport, total_timeout=60, durations=Durations(solution_update=15)) as at:
        stack, arn = deployed(at, performAutoTraining=wanted)
        at.call("UpdateSolution", solutionArn=arn, performAutoTraining=wanted == "false")
        at.simulator.advance(pause)
        assert updated(at, stack, performAutoTraining=wanted, tags=tag_list(a="b")) == "UPDATE_COMPLETE"
        assert at.describe(arn)["performAutoTraining"] is (wanted == "true")
        assert_kept(at, stack)


# Statuses


@pytest.mark.parametrize("status", ["CREATE PENDING", "CREATE IN_PROGRESS", "MIGRATING"])
def test_create__stuck_in_a_status__fails_by_the_deadline_with_it_and_is_cleaned_up(
    at: Account, status: str
) -> None:
    at.simulator.override_status(StatusOverride("solution", "*", status))
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(90)
    assert stack.status.startswith("ROLLBACK_")
    assert "not finished by the deadline" in stack.reasons[0]
    assert f"status {status}" in stack.reasons[0]
    at.simulator.clear_status_overrides()
    at.time.run()
    if stack.status != "ROLLBACK_COMPLETE":
        assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}
    assert_kept(at, stack)


@pytest.mark.parametrize("word", ["MIGRATING", "create_in_progress", "CREATE_PENDING", "", "active ?"])
@pytest.mark.parametrize("operation", ["create", "update", "delete"])
def test_status__unknown__is_waited_out(at: Account, word: str, operation: str) -> None:
    stack, _ = deployed(at)
    if operation == "create":
        assert destroyed(at, stack) == "DELETE_COMPLETE"
    at.simulator.override_status(StatusOverride("solution", "*", word))
    if operation == "create":
        stack = at.engine.create("shows", template(Movies={}))
    elif operation == "update":
        stack.update(template(Movies=IN_PLACE))
    else:
        stack.delete()
    at.time.run(20)
    at.simulator.clear_status_overrides()
    at.time.run()
    assert stack.status == f"{operation.upper()}_COMPLETE", stack.reasons
    assert_kept(at, stack)


@pytest.mark.parametrize("word", ["CREATE FAILED", "CREATE_FAILED", "create failed"])
def test_create_failed__however_it_is_spelt__fails_at_once_and_is_deleted(at: Account, word: str) -> None:
    at.simulator.override_status(StatusOverride("solution", "*", word))
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(15)
    assert stack.status.startswith("ROLLBACK_")
    assert "CreateSolution failed" in stack.reasons[0]
    at.simulator.clear_status_overrides()
    at.time.run()
    assert stack.status == "ROLLBACK_COMPLETE"
    assert at.solutions() == {}
    assert_kept(at, stack)


def test_create_failed__after_it_was_active__fails_the_update_until_the_service_has_it_again(
    at: Account,
) -> None:
    stack, arn = deployed(at)
    at.simulator.override_status(StatusOverride("solution", "*", "CREATE FAILED"))
    assert updated(at, stack, **IN_PLACE) == "UPDATE_ROLLBACK_FAILED"
    assert "(CREATE FAILED)" in stack.reasons[0]
    at.simulator.clear_status_overrides()
    stack.continue_rollback()
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert set(at.solutions()) == {arn}
    assert_kept(at, stack)
    assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}


def test_create_failed__between_two_looks_at_an_update__fails_and_is_taken_back(
    transport: FrameworkRuntime | OneFunction,
) -> None:
    with account(transport, total_timeout=60, durations=Durations(solution_update=15)) as at:
        stack, arn = deployed(at)
        stack.update(template(Movies=IN_PLACE))
        at.time.run(6)  # seen ACTIVE and changed
        assert at.effects[-1] == ("UpdateSolution", arn)
        at.simulator.override_status(StatusOverride("solution", "*", "CREATE FAILED"))
        while not stack.reasons:
            at.time.run(1)
        at.simulator.clear_status_overrides()
        at.time.run()
        assert "(CREATE FAILED)" in stack.reasons[0]
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert set(at.solutions()) == {arn}
        assert_kept(at, stack)
        assert destroyed(at, stack) == "DELETE_COMPLETE"


# Not seen yet


@pytest.mark.parametrize("name", [None, "movies"])
@pytest.mark.parametrize("end", ["works", "fails", "is deleted at once"])
def test_not_found_after_create__is_made_once_and_never_left(
    transport: FrameworkRuntime | OneFunction, name: str | None, end: str
) -> None:
    with account(transport, total_timeout=60, durations=Durations(solution_visible=4)) as at:
        if end == "fails":
            at.simulator.fail_next(Failure("solution", "*", "out of data"))
        stack = at.engine.create("films", template(Movies={"name": name}))
        if end == "is deleted at once":
            at.time.run(3)
            stack.delete()
        at.time.run()
        works = end == "works"
        assert stack.status == {"works": "CREATE_COMPLETE", "fails": "ROLLBACK_COMPLETE"}.get(
            end, "DELETE_COMPLETE"
        )
        assert [operation for operation, _ in at.effects].count("CreateSolution") == 1
        assert len(at.solutions()) == works
        assert_kept(at, stack)


# Held by something else


@pytest.mark.parametrize("before", [-5.0, -0.1, 0.1, 0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("slow", [False, True])
def test_automatic_training__starts_around_the_teardown__is_stopped(
    transport: FrameworkRuntime | OneFunction, before: float, slow: bool
) -> None:
    with account(transport, total_timeout=60, durations=Durations(solution_create=1)) as at:
        stack, arn = deployed(at, performAutoTraining="true")
        due = at.describe(arn)["creationDateTime"].timestamp() + 1 + 3600  # rule 57
        at.simulator.advance(due - before - at.time.now())
        if slow:  # it begins between the look and the delete
            at.inject(CallFault("slow", "DescribeStacks", times=2))
        assert destroyed(at, stack) == "DELETE_COMPLETE"
        if slow or before < 0:
            assert ("StopSolutionVersionCreation", arn) in at.effects
        assert at.solutions() == {}
        assert_kept(at, stack)


@pytest.mark.parametrize("goes", [True, False])
@pytest.mark.parametrize("change", [None, REPLACEMENT])
def test_campaign__that_blocks_the_delete__is_waited_for_and_named(
    at: Account, goes: bool, change: dict[str, str] | None
) -> None:
    stack, arn = deployed(at)
    version = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    at.simulator.advance(2000)
    campaign = at.call("CreateCampaign", name="front-page", solutionVersionArn=version)["campaignArn"]
    at.simulator.advance(60)
    if change:
        stack.update(template(Movies=change))
    else:
        stack.delete()
    at.time.run(20)
    if goes:
        at.call("DeleteCampaign", campaignArn=campaign)
    at.time.run()
    if change:
        assert stack.status == "UPDATE_COMPLETE"
    else:
        assert stack.status == ("DELETE_COMPLETE" if goes else "DELETE_FAILED")
    assert (arn in at.solutions()) is not goes
    assert_kept(at, stack)
    if not goes:
        assert "front-page" in stack.reasons[-1]
        at.call("DeleteCampaign", campaignArn=campaign)
        assert destroyed(at, stack) == "DELETE_COMPLETE"
        at.time.run()
