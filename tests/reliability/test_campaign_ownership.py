"""Whose a campaign is, through adoption, refactoring, replacement and deletion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from personalize_provider.engine.identity import ADOPTED_TAG, STACK_ID_TAG
from support.virtual_time.account import Account, account, campaign, template
from support.virtual_time.campaign_scenarios import (
    SLOW,
    changes,
    deploy,
    ended,
    live,
    rolled_back,
    updated,
)
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promoter import new_solution, promote, promote_as, train
from support.virtual_time.stack_engine import Stack

NAMES = [None, "live"]
BY_HAND = "arn:aws:personalize:us-east-1:123456789012:campaign/live"


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    """An account in which a campaign takes a while, once for each transport."""
    with account(transport, durations=SLOW) as made:
        yield made


# Adoption


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


@pytest.mark.parametrize(
    ("is_renamed", "next_step"),
    [
        (True, {"Live": "live"}),
        (False, {"Live": "live", "Copy": "other"}),
        (False, {"Live": "live", "Copy": None}),
    ],
    ids=["renamed", "another name", "no name"],
)
def test_create__name_that_another_resource_of_the_stack_awaits__is_refused_with_the_next_step(
    at: Account, is_renamed: bool, next_step: dict[str, str | None]
) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution, name="live")
    at.time.run(5)
    kept = {} if is_renamed else {"Live": campaign(solution, name="live")}
    stack.update(template(**kept, Copy=campaign(solution, name="live")))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "another resource of this stack has that name" in str(stack.reasons)
    assert "keep its logical id with campaign.node.default_child.override_logical_id" in str(stack.reasons)
    assert "choose another campaign_name, or leave it out" in str(stack.reasons)
    stack.update(template(**{key: campaign(solution, name=name) for key, name in next_step.items()}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    ended(at, stack)


# After a stack refactoring, a generated name is that of another logical id.
NEXT_STEPS = pytest.mark.parametrize(
    ("next_step", "settings"), [("Live", {"name": "live"}), ("Copy", {})], ids=["name", "logical id"]
)


def is_refused_with_the_next_step(
    at: Account, stack: Stack, solution: str, next_step: str, settings: dict[str, str]
) -> None:
    """A deploy gives Live the generated name that Serving has, and then does what the message says."""
    stack.update(template(Serving=campaign(solution), Live=campaign(solution)))
    at.time.run()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "give this campaign a campaign_name, or another logical id with" in str(stack.reasons)
    stack.update(template(Serving=campaign(solution), **{next_step: campaign(solution, **settings)}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    assert len({resource.physical_id for resource in stack.resources.values()}) == 2
    ended(at, stack)


@NEXT_STEPS
def test_create__name_generated_for_a_refactored_campaign_that_awaits__is_refused_with_the_next_step(
    at: Account, next_step: str, settings: dict[str, str]
) -> None:
    solution = new_solution(at)
    stack = deploy(at, solution)
    stack.refactor("Live", "Serving")
    at.time.run(60)
    is_refused_with_the_next_step(at, stack, solution, next_step, settings)


@NEXT_STEPS
def test_replacement__name_generated_for_a_refactored_campaign_that_awaits__is_refused_with_the_next_step(
    at: Account, next_step: str, settings: dict[str, str]
) -> None:
    movies, shows = new_solution(at), new_solution(at, "shows")
    stack = deploy(at, movies)
    stack.refactor("Live", "Serving")
    at.time.run(60)
    stack.update(template(Serving=campaign(movies), Live=campaign(shows)))
    at.time.run(60)
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    is_refused_with_the_next_step(at, stack, movies, next_step, settings)


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
