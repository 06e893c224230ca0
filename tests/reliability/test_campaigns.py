"""Campaigns in stacks: the stack owns the configuration, and whoever promotes owns the version."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from personalize_local.simulator import Durations, Failure, Limits
from personalize_provider.engine.identity import ADOPTED_TAG, STACK_ID_TAG
from support.virtual_time.account import Account, account, campaign, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promoter import new_solution, promote, promote_as, train
from support.virtual_time.provider_world import tag_list
from support.virtual_time.stack_engine import Stack

NAMES = [None, "live"]
BY_HAND = "arn:aws:personalize:us-east-1:123456789012:campaign/live"
SLOW = Durations(campaign=40, campaign_update=20, delete=5)


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    """An account in which a campaign takes a while, once for each transport."""
    with account(transport, durations=SLOW) as made:
        yield made


def deploy(at: Account, solution: str, **properties: Any) -> Stack:
    return at.deploy("films", template(Live=campaign(solution, **properties)))


def updated(at: Account, stack: Stack, solution: str, **properties: Any) -> str:
    at.time.run(5)
    stack.update(template(Live=campaign(solution, **properties)))
    at.time.run()
    return stack.status


def rolled_back(at: Account, stack: Stack, solution: str, **properties: Any) -> str:
    """An update of the campaign that another resource fails."""
    at.time.run(5)
    stack.update(template(Live=campaign(solution, **properties), Broken={"performHPO": "maybe"}))
    at.time.run()
    return stack.status


def status(stack: Stack) -> str:
    return stack.resources["Live"].data["status"]


def live(at: Account) -> dict[str, Any]:
    [found] = at.campaigns().values()
    return found


def ended(at: Account, stack: Stack) -> None:
    """The stack is deleted, and nothing of it is left."""
    for _ in range(2):
        at.faults.pending.clear()
        if stack.status != "DELETE_COMPLETE":
            stack.delete()
            at.time.run()
    assert stack.status == "DELETE_COMPLETE", stack.reasons
    assert at.campaigns() == {}
    assert at.rules == {}


def changes(at: Account) -> list[str]:
    return [operation for operation, _ in at.effects]


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


# Whose campaign


def by_hand(at: Account, solution: str, **members: Any) -> str:
    version = train(at, solution)
    arn: str = at.call("CreateCampaign", name="live", solutionVersionArn=version, **members)["campaignArn"]
    at.simulator.advance(400)
    return arn


def test_create__foreign_campaign_of_that_name__is_refused_with_the_next_step(at: Account) -> None:
    solution = new_solution(at)
    arn = by_hand(at, solution)
    stack = deploy(at, solution, name="live")
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "choose another campaign_name" in str(stack.reasons)
    assert "adopt_existing takes the campaign over" in str(stack.reasons)
    assert changes(at) == []
    assert list(at.campaigns()) == [arn]


def test_create__another_stacks_campaign__is_refused_with_its_owner(at: Account) -> None:
    solution = new_solution(at, versions=1)
    first = deploy(at, solution, name="live")
    at.time.run(400)
    at.effects.clear()
    second = at.deploy("shows", template(Live=campaign(solution, name="live", adoptExisting="true")))
    assert second.status == "ROLLBACK_COMPLETE"
    assert first.stack_id in str(second.reasons)
    assert changes(at) == []
    ended(at, first)


def test_adopted__managed_in_place__and_let_go_with_the_stack(at: Account) -> None:
    solution = new_solution(at)
    arn = by_hand(at, solution, minProvisionedTPS=4)
    chosen = live(at)["solutionVersionArn"]
    train(at, solution)
    adopting = {"name": "live", "adoptExisting": "true"}
    stack = deploy(at, solution, **adopting, minProvisionedTPS="2")
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    assert (live(at)["solutionVersionArn"], live(at)["minProvisionedTPS"]) == (chosen, 2)
    assert at.tags(arn)[STACK_ID_TAG] == stack.stack_id
    assert ADOPTED_TAG in at.tags(arn)
    stack.delete()
    at.time.run()
    assert stack.status == "DELETE_COMPLETE", stack.reasons
    assert (live(at)["status"], at.tags(arn)) == ("ACTIVE", {})


def test_adopted__campaign_of_another_solution__is_refused(at: Account) -> None:
    arn = by_hand(at, new_solution(at, "shows"))
    stack = deploy(at, new_solution(at), name="live", adoptExisting="true")
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "solutionArn is" in str(stack.reasons)
    assert (changes(at), list(at.campaigns())) == ([], [arn])


def test_rename__refactored_logical_id__keeps_the_campaign(at: Account) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution)
    arn = live(at)["campaignArn"]
    at.time.run(60)
    stack.refactor("Live", "Serving")
    at.time.run(60)
    stack.update(template(Serving=campaign(solution, minProvisionedTPS="2")))
    at.time.run()
    assert (stack.status, list(at.campaigns())) == ("UPDATE_COMPLETE", [arn]), stack.reasons
    assert live(at)["minProvisionedTPS"] == 2
    ended(at, stack)


def test_retained__declared_again__is_refused_until_it_is_adopted(at: Account) -> None:
    solution = new_solution(at, versions=1)
    stack = at.deploy("films", template(Live=campaign(solution), Other={}))
    arn = live(at)["campaignArn"]
    at.time.run(400)
    stack.let_go("Live")
    stack.update(template(Live=campaign(solution), Other={}))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert f'campaign_name="{arn.rpartition("/")[2]}"' in str(stack.reasons)
    assert live(at)["status"] == "ACTIVE"


# Replacement and rollback


def test_replacement__other_solution__makes_a_new_campaign_and_deletes_the_old(at: Account) -> None:
    movies, shows = new_solution(at, versions=1), new_solution(at, "shows", versions=1)
    stack = deploy(at, movies)
    old = live(at)["campaignArn"]
    assert updated(at, stack, shows) == "UPDATE_COMPLETE", stack.reasons
    assert live(at)["campaignArn"] != old
    assert live(at)["solutionVersionArn"].startswith(shows)
    ended(at, stack)


def test_replacement__fixed_name__asks_for_another_name(at: Account) -> None:
    movies, shows = new_solution(at, versions=1), new_solution(at, "shows", versions=1)
    stack = deploy(at, movies, name="live")
    assert updated(at, stack, shows, name="live") == "UPDATE_ROLLBACK_COMPLETE"
    assert "change campaign_name as well" in str(stack.reasons)
    assert live(at)["solutionVersionArn"].startswith(movies)
    ended(at, stack)


def test_replacement__rolled_back__leaves_the_old_campaign_with_the_promoters_version(at: Account) -> None:
    movies, shows = new_solution(at, versions=1), new_solution(at, "shows", versions=1)
    stack = deploy(at, movies)
    old = live(at)["campaignArn"]
    chosen = train(at, movies)
    assert promote(at, stack, "Live", chosen) == ""
    at.simulator.advance(60)
    assert rolled_back(at, stack, shows) == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert (live(at)["campaignArn"], live(at)["solutionVersionArn"]) == (old, chosen)
    ended(at, stack)


def test_rollback__awaiting_and_a_version_by_now__starts_nothing_that_bills(at: Account) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution, hasPromoter="true")
    train(at, solution)
    assert (
        rolled_back(at, stack, solution, hasPromoter="true", minProvisionedTPS="2")
        == "UPDATE_ROLLBACK_COMPLETE"
    )
    assert at.campaigns() == {}
    ended(at, stack)


@pytest.mark.parametrize("after", [0.2, 1.0, 3.0, 8.0, 20.0, 40.0])
def test_update__canceled__ends_as_before_it(at: Account, after: float) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution)
    chosen = train(at, solution)
    assert promote(at, stack, "Live", chosen) == ""
    at.time.run(60)
    stack.update(template(Live=campaign(solution, minProvisionedTPS="2")))
    at.time.run(after)
    if stack.status == "UPDATE_IN_PROGRESS":
        stack.cancel_update()
        at.time.run()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
        assert live(at)["minProvisionedTPS"] == 1
    assert live(at)["solutionVersionArn"] == chosen
    ended(at, stack)


# Deletes


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("after", [0.5, 3.0, 20.0, 39.0])
def test_delete__campaign_in_creation__waits_and_leaves_nothing(
    at: Account, name: str | None, after: float
) -> None:
    solution = new_solution(at, versions=1)
    stack = at.engine.create("films", template(Live=campaign(solution, name=name)))
    at.time.run(after)
    stack.delete()
    at.time.run()
    ended(at, stack)


@pytest.mark.parametrize("promotions", [1, 2])
@pytest.mark.parametrize("name", NAMES)
def test_delete__promotion_in_progress__waits_and_leaves_nothing(
    at: Account, name: str | None, promotions: int
) -> None:
    solution = new_solution(at, versions=1)
    stack = deploy(at, solution, name=name, hasPromoter="true")
    versions = [train(at, solution) for _ in range(promotions)]
    for version in versions:  # the first creates it, the second updates it
        at.simulator.advance(60)
        assert promote(at, stack, "Live", version) == ""
    stack.delete()
    at.time.run()
    ended(at, stack)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("after", [0.1, 0.7, 1.5, 4.0, 7.0, 12.0, 25.0])
def test_delete__promoter_creates_it_meanwhile__leaves_no_campaign(
    at: Account, name: str | None, after: float
) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution, name=name, hasPromoter="true")
    version, resource = train(at, solution), stack.resources["Live"]
    stack.delete()
    at.time.run(after)
    promote_as(at, resource.physical_id, resource.properties, resource.data, version, stack, "Live")
    at.time.run()
    ended(at, stack)


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


def test_create__name_that_another_resource_of_the_stack_awaits__is_refused(at: Account) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution, name="live")
    both = {"Live": campaign(solution, name="live"), "Copy": campaign(solution, name="live")}
    at.time.run(5)
    stack.update(template(**both))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "another resource of this stack has that name" in str(stack.reasons)
    ended(at, stack)


@pytest.mark.parametrize(
    ("next_step", "settings"), [("Live", {"name": "live"}), ("Copy", {})], ids=["name", "logical id"]
)
def test_create__name_generated_for_a_refactored_campaign_that_awaits__is_refused_with_the_next_step(
    at: Account, next_step: str, settings: dict[str, str]
) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution)
    stack.refactor("Live", "Serving")
    at.time.run(60)
    stack.update(template(Serving=campaign(solution), Live=campaign(solution)))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "give this campaign a campaign_name or another logical id" in str(stack.reasons)
    stack.update(template(Serving=campaign(solution), **{next_step: campaign(solution, **settings)}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
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
