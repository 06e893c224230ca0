"""The world changes underneath: what somebody else, or the service itself, does meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from account import Account, account, template
from event_rules import OneFunction
from framework_runtime import FrameworkRuntime
from personalize_local.simulator import Durations, Failure, StatusOverride
from personalize_provider.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from provider_world import tag_list
from stack_engine import Stack

OURS = [STACK_ID_TAG, LOGICAL_ID_TAG, CONFIG_HASH_TAG]


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=60) as made:
        yield made


def deployed(at: Account, **properties: object) -> tuple[Stack, str]:
    stack = at.deploy("films", template(Movies=properties))
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    return stack, stack.resources["Movies"].physical_id


def destroyed(at: Account, stack: Stack) -> str:
    stack.delete()
    at.time.run()
    return stack.status


def test_tags_removed__generated_name__are_put_back_by_an_update(at: Account) -> None:
    stack, arn = deployed(at)
    at.call("UntagResource", resourceArn=arn, tagKeys=OURS)
    stack.update(template(Movies={"performAutoTraining": "true"}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE"
    assert set(OURS) <= at.tags(arn).keys()


def test_tags_removed__generated_name__is_deleted_all_the_same(at: Account) -> None:
    stack, arn = deployed(at)
    at.call("UntagResource", resourceArn=arn, tagKeys=OURS)
    assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}


def test_tags_removed__explicit_name__is_left_alone(at: Account) -> None:
    stack, arn = deployed(at, name="movies")
    at.call("UntagResource", resourceArn=arn, tagKeys=OURS)
    stack.update(template(Movies={"name": "movies", "performAutoTraining": "true"}))
    at.time.run()
    assert "is not this resource's" in stack.reasons[0]
    assert at.describe(arn)["performAutoTraining"] is False
    stack.delete()
    at.time.run()
    assert set(at.solutions()) == {arn}


def test_updated_by_hand__next_update__puts_right_what_differs(at: Account) -> None:
    stack, arn = deployed(at)
    at.call("UpdateSolution", solutionArn=arn, performAutoTraining=True)
    at.simulator.advance(60)
    stack.update(template(Movies={"tags": tag_list(team="search")}))
    at.time.run()
    assert at.describe(arn)["performAutoTraining"] is False


def test_create_pending_for_ever__fails_by_the_deadline_and_leaves_nothing(
    transport: FrameworkRuntime | OneFunction,
) -> None:
    with account(transport, total_timeout=60, durations=Durations(solution_create=100)) as at:
        stack = at.deploy("films", template(Movies={}))
        assert "not finished by the deadline, last seen: status CREATE" in stack.reasons[0]
        if stack.status != "ROLLBACK_COMPLETE":
            assert destroyed(at, stack) == "DELETE_COMPLETE"
        assert at.solutions() == {}


def test_create_failed_after_it_was_active__fails_and_keeps_what_was_trained(at: Account) -> None:
    stack, arn = deployed(at)
    at.call("CreateSolutionVersion", solutionArn=arn)
    at.simulator.advance(2000)
    at.simulator.override_status(StatusOverride("solution", "*", "CREATE FAILED"))
    stack.update(template(Movies={"performAutoTraining": "true"}))
    at.time.run()
    assert "(CREATE FAILED)" in stack.reasons[0]
    assert arn in at.solutions()


@pytest.mark.parametrize("word", ["MIGRATING", "create_in_progress"])
def test_status__unknown_or_with_underscores__is_waited_out(at: Account, word: str) -> None:
    at.simulator.override_status(StatusOverride("solution", "*", word))
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(20)
    assert stack.status == "CREATE_IN_PROGRESS"
    at.simulator.clear_status_overrides()
    at.time.run()
    assert stack.status == "CREATE_COMPLETE"


@pytest.mark.parametrize("fails", [False, True])
def test_not_found_for_a_while_after_create__is_made_once_and_never_left(
    transport: FrameworkRuntime | OneFunction, fails: bool
) -> None:
    with account(transport, total_timeout=60, durations=Durations(solution_visible=4)) as at:
        if fails:
            at.simulator.fail_next(Failure("solution", "*", "out of data"))
        stack = at.deploy("films", template(Movies={}))
        assert stack.status == ("ROLLBACK_COMPLETE" if fails else "CREATE_COMPLETE")
        assert [operation for operation, _ in at.effects].count("CreateSolution") == 1
        assert len(at.solutions()) == (0 if fails else 1)


def test_automatic_training__starts_during_the_teardown__is_stopped(at: Account) -> None:
    stack, arn = deployed(at, performAutoTraining="true")
    at.simulator.advance(3600 - 1)  # the first training is due in a moment (rule 57)
    at.simulator.advance(5)
    assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert ("StopSolutionVersionCreation", arn) in at.effects
    assert at.solutions() == {}


@pytest.mark.parametrize("goes", [True, False])
def test_campaign__that_blocks_the_delete__is_waited_for_and_named(at: Account, goes: bool) -> None:
    stack, arn = deployed(at)
    version = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    at.simulator.advance(2000)
    campaign = at.call("CreateCampaign", name="front-page", solutionVersionArn=version)["campaignArn"]
    at.simulator.advance(60)
    stack.delete()
    at.time.run(15)
    if goes:
        at.call("DeleteCampaign", campaignArn=campaign)
    at.time.run()
    assert stack.status == ("DELETE_COMPLETE" if goes else "DELETE_FAILED")
    if not goes:
        assert "used by campaign front-page" in stack.reasons[-1]
        at.call("DeleteCampaign", campaignArn=campaign)
        assert destroyed(at, stack) == "DELETE_COMPLETE"
    assert at.solutions() == {}
