"""Campaigns in stacks: the stack owns the configuration, and whatever promotes owns the version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from personalize_local.simulator import Failure, Limits
from support.virtual_time.account import Account, account, campaign, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.campaign_scenarios import (
    SLOW,
    changes,
    deploy,
    ended,
    live,
    rolled_back,
    status,
    updated,
)
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promoter import new_solution, promote, promote_as, train
from support.virtual_time.provider_world import tag_list

NAMES = [None, "live"]


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    """An account in which a campaign takes a while, once for each transport."""
    with account(transport, durations=SLOW) as made:
        yield made


# Which version


@pytest.mark.parametrize("name", NAMES)
def test_create__no_version_yet__answers_at_once_with_the_arn(at: Account, name: str | None) -> None:
    stack = deploy(at, new_solution(at), name=name)
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    assert status(stack) == "AWAITING_VERSION"
    assert stack.resources["Live"].data["campaignArn"] == stack.resources["Live"].physical_id
    assert (at.campaigns(), changes(at)) == ({}, [])
    ended(at, stack)


def test_create__versions_without_a_promoter__deploys_the_newest_and_waits(at: Account) -> None:
    solution = new_solution(at, versions=2)
    newest = train(at, solution)
    at.call("CreateSolutionVersion", solutionArn=solution)  # still in training
    stack = deploy(at, solution, minProvisionedTPS="2", tags=tag_list(team="recs"))
    assert (stack.status, status(stack)) == ("CREATE_COMPLETE", "ACTIVE"), stack.reasons
    assert (live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (newest, 2)
    assert at.tags(live(at)["campaignArn"])["team"] == "recs"
    ended(at, stack)


def test_create__versions_with_a_promoter__waits_for_its_choice(at: Account) -> None:
    solution = new_solution(at, versions=2)
    stack = deploy(
        at, solution, hasPromoter="true", campaignConfig={"enableMetadataWithRecommendations": "true"}
    )
    assert (stack.status, status(stack), at.campaigns()) == ("CREATE_COMPLETE", "AWAITING_VERSION", {})
    chosen = train(at, solution)
    train(at, solution)
    assert promote(at, stack, "Live", chosen) == ""
    at.simulator.advance(60)
    assert updated(at, stack, solution, hasPromoter="true", minProvisionedTPS="3") == "UPDATE_COMPLETE"
    assert (live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (chosen, 3)
    ended(at, stack)


def test_create__fixed_version__deploys_it(at: Account) -> None:
    solution = new_solution(at)
    first, second = train(at, solution), train(at, solution)
    stack = deploy(at, solution, solutionVersionArn=first, hasPromoter="true")
    assert (status(stack), live(at)["solutionVersionArn"]) == ("ACTIVE", first)
    assert updated(at, stack, solution, solutionVersionArn=second) == "UPDATE_COMPLETE"
    assert live(at)["solutionVersionArn"] == second
    ended(at, stack)


def test_create__following_the_latest__follows_once_there_is_one(at: Account) -> None:
    solution = new_solution(at)
    latest = {
        "solutionVersionArn": f"{solution}/$LATEST",
        "campaignConfig": {"syncWithLatestSolutionVersion": "true"},
    }
    stack = deploy(at, solution, **latest)
    assert (stack.status, status(stack)) == ("CREATE_COMPLETE", "AWAITING_VERSION")
    first = train(at, solution)
    assert updated(at, stack, solution, **latest, tags=tag_list(a="1")) == "UPDATE_COMPLETE"
    assert live(at)["solutionVersionArn"] == first
    second = train(at, solution)
    at.simulator.advance(60)
    assert updated(at, stack, solution, **latest, minProvisionedTPS="2") == "UPDATE_COMPLETE"
    assert (live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (second, 2)
    ended(at, stack)


def test_update__awaiting_and_a_version_by_now__creates_the_campaign(at: Account) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution)
    version = train(at, solution)
    assert updated(at, stack, solution, minProvisionedTPS="2") == "UPDATE_COMPLETE"
    assert (status(stack), live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (
        "ACTIVE",
        version,
        2,
    )
    ended(at, stack)


def test_update__awaiting_with_a_promoter__creates_nothing(at: Account) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution, hasPromoter="true")
    assert updated(at, stack, solution, hasPromoter="true", minProvisionedTPS="2") == "UPDATE_COMPLETE"
    assert (status(stack), at.campaigns()) == ("AWAITING_VERSION", {})
    ended(at, stack)


# The promoter's choice stays


@pytest.mark.parametrize(
    "change",
    [
        {"minProvisionedTPS": "2"},
        {"tags": tag_list(team="recs")},
        {"campaignConfig": {"enableMetadataWithRecommendations": "true"}},
    ],
    ids=["tps", "tags", "config"],
)
def test_update__after_a_promotion__keeps_the_version(at: Account, change: dict[str, Any]) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution)
    chosen = train(at, solution)
    train(at, solution)
    assert promote(at, stack, "Live", chosen) == ""
    at.simulator.advance(60)
    assert updated(at, stack, solution, **change) == "UPDATE_COMPLETE", stack.reasons
    assert live(at)["solutionVersionArn"] == chosen
    assert rolled_back(at, stack, solution, minProvisionedTPS="5") == "UPDATE_ROLLBACK_COMPLETE", (
        stack.reasons
    )
    assert live(at)["solutionVersionArn"] == chosen
    ended(at, stack)


@pytest.mark.parametrize("after", [0.0, 0.3, 0.6, 1.0, 1.5, 2.5, 5.0, 15.0, 25.0])
def test_update__promotion_in_the_middle__ends_with_both(at: Account, after: float) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution)
    served, chosen = live(at)["solutionVersionArn"], train(at, solution)
    at.time.run(5)
    before = stack.resources["Live"]
    stack.update(template(Live=campaign(solution, minProvisionedTPS="2")))
    at.time.run(after)
    refused = promote_as(at, before.physical_id, before.properties, before.data, chosen, stack, "Live")
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    at.simulator.advance(60)
    assert refused in {"", "ResourceInUseException"}
    assert live(at)["solutionVersionArn"] == (served if refused else chosen)
    ended(at, stack)


@pytest.mark.parametrize("after", [0.0, 0.5, 2.0, 10.0, 30.0, 41.0])
def test_create__promotion_in_the_middle__takes_the_campaign_as_its_own(at: Account, after: float) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution, hasPromoter="true", name="live")
    chosen = train(at, solution)
    at.time.run(5)
    assert promote(at, stack, "Live", chosen) == ""
    at.time.run(after)
    assert (
        updated(at, stack, solution, hasPromoter="true", name="live", minProvisionedTPS="2")
        == "UPDATE_COMPLETE"
    )
    assert (live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (chosen, 2)
    ended(at, stack)


# What fails


def test_create__version_that_the_service_fails__reports_the_reason_and_leaves_nothing(at: Account) -> None:
    at.simulator.fail_next(Failure("campaign", "*", "out of capacity"))
    stack = deploy(at, new_solution(at, versions=1))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "out of capacity" in str(stack.reasons)
    assert at.campaigns() == {}
    ended(at, stack)


def test_update__that_the_service_fails__reports_the_reason_and_the_old_version_serves(at: Account) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution)
    served = live(at)["solutionVersionArn"]
    at.simulator.fail_next(Failure("campaign_update", "*", "out of capacity"))
    assert updated(at, stack, solution, minProvisionedTPS="9") == "UPDATE_ROLLBACK_COMPLETE"
    assert "UpdateCampaign" in str(stack.reasons)
    assert "out of capacity" in str(stack.reasons)
    assert (live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (served, 1)
    assert updated(at, stack, solution, minProvisionedTPS="2") == "UPDATE_COMPLETE"
    ended(at, stack)


def test_update__promotion_that_failed__is_not_the_stacks_failure(at: Account) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution)
    at.simulator.fail_next(Failure("campaign_update", "*", "bad version"))
    assert promote(at, stack, "Live", train(at, solution)) == ""
    at.simulator.advance(60)
    assert updated(at, stack, solution, minProvisionedTPS="2") == "UPDATE_COMPLETE", stack.reasons
    ended(at, stack)


def test_update__first_promotion_that_failed__leaves_the_name_to_the_next(at: Account) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution, hasPromoter="true")
    at.simulator.fail_next(Failure("campaign", "*", "bad version"))
    assert promote(at, stack, "Live", train(at, solution)) == ""
    at.simulator.advance(60)
    assert live(at)["status"] == "CREATE FAILED"
    assert updated(at, stack, solution, hasPromoter="true", tags=tag_list(a="1")) == "UPDATE_COMPLETE"
    assert (status(stack), at.campaigns()) == ("AWAITING_VERSION", {})
    assert promote(at, stack, "Live", train(at, solution)) == ""
    ended(at, stack)


def test_create__no_such_solution__fails_with_the_services_message(at: Account) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution.replace("movies", "gone"))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "ListSolutionVersions" in str(stack.reasons)
    ended(at, stack)


def test_create__quota_of_campaigns__waits_for_room(transport: FrameworkRuntime | OneFunction) -> None:
    with account(transport, durations=SLOW, limits=Limits(campaigns_per_dataset_group=1)) as at:
        solution = new_solution(at, versions=1)
        version = train(at, solution)
        other = at.call("CreateCampaign", name="other", solutionVersionArn=version)["campaignArn"]
        at.simulator.advance(60)
        stack = at.engine.create("films", template(Live=campaign(solution)))
        at.time.run(30)
        at.call("DeleteCampaign", campaignArn=other)
        at.time.run()
        assert (stack.status, status(stack)) == ("CREATE_COMPLETE", "ACTIVE"), stack.reasons
        ended(at, stack)


def test_create__quota_of_campaigns_for_good__says_so(transport: FrameworkRuntime | OneFunction) -> None:
    with account(transport, durations=SLOW, limits=Limits(campaigns_per_dataset_group=0)) as at:
        stack = deploy(at, new_solution(at, versions=1))
        assert stack.status == "ROLLBACK_COMPLETE"
        assert "Cannot create a campaign. More than 0 resources" in str(stack.reasons)
        ended(at, stack)


# Calls that go wrong


@pytest.mark.parametrize("kind", ["lost", "killed after", "killed before", "server error"])
@pytest.mark.parametrize("operation", ["CreateCampaign", "UpdateCampaign", "DeleteCampaign"])
def test_life__call_that_goes_wrong__ends_as_without_it(at: Account, kind: Any, operation: str) -> None:
    solution = new_solution(at, versions=1)
    at.inject(CallFault(kind, operation))
    stack = deploy(at, solution)
    if stack.status == "CREATE_COMPLETE":
        is_updated = updated(at, stack, solution, minProvisionedTPS="2") == "UPDATE_COMPLETE"
        assert is_updated or "killed" in kind  # the framework tells CloudFormation of a function that ended
        assert live(at)["minProvisionedTPS"] == (2 if is_updated else 1)
    ended(at, stack)


@pytest.mark.parametrize("operation", ["ListTagsForResource", "DescribeCampaign"])
@pytest.mark.parametrize("times", [1, 3])
def test_update__campaign_half_visible_for_a_while__is_not_taken_for_awaiting(
    at: Account, operation: str, times: int
) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution, hasPromoter="true")
    assert promote(at, stack, "Live", train(at, solution)) == ""
    at.simulator.advance(60)
    at.inject(CallFault("refused", operation, times=times, code="ResourceNotFoundException"))
    assert updated(at, stack, solution, hasPromoter="true", minProvisionedTPS="2") == "UPDATE_COMPLETE"
    assert (status(stack), live(at)["minProvisionedTPS"]) == ("ACTIVE", 2)
    ended(at, stack)


def test_replacement__stack_that_can_not_be_asked__fails_rather_than_awaits(at: Account) -> None:
    movies, shows = new_solution(at, versions=1), new_solution(at, "shows", versions=1)
    stack = deploy(at, movies)
    old = live(at)["campaignArn"]
    at.inject(CallFault("refused", "DescribeStacks", times=1000, code="AccessDenied"))
    assert updated(at, stack, shows) != "UPDATE_COMPLETE"
    assert live(at)["campaignArn"] == old
    ended(at, stack)
