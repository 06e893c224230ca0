"""What a resource goes through in the fault matrix, each with what was there before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from personalize_provider.engine.goal import Present
from support.virtual_time import stack_rules
from support.virtual_time.managed import (
    CAMPAIGN,
    EVENT_INTERACTIONS,
    SERVED,
    SERVED_TOO,
    SOLUTION,
    Managed,
    track,
)
from support.virtual_time.provider_world import GROUP, PROPERTIES, SIMS, World, goal_of, request, tag_list
from support.virtual_time.stack_rules import TYPE, Event, Resource

# As CloudFormation sends them: every scalar a string.
BEFORE: dict[str, Any] = {**PROPERTIES, "tags": tag_list(team="search", stage="test")}
IN_PLACE: dict[str, Any] = {
    **PROPERTIES,
    "performAutoTraining": "true",
    "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}},
    "tags": tag_list(team="films", owner="editors"),
}
NAMED: dict[str, Any] = {**IN_PLACE, "name": "movies"}
REPLACED: dict[str, Any] = {**BEFORE, "recipeArn": SIMS}

Do = Callable[[Event], Resource]
"""Have a request done, without any fault."""


@dataclass(frozen=True)
class Phase:
    """One thing that happens to a resource.

    Attributes:
        name: How the table names it.
        begin: Prepares the world; what the stack owns then, and the event that CloudFormation sends.
        operations: The provider's calls without a fault, CloudFormation's reaction included.
        creates: How many resources it may make.
        kind: What kind of resource it is about.
        exists: Whether the stack's resource always exists in the service.
    """

    name: str
    begin: Callable[[World, Do], tuple[Resource | None, Event]]
    operations: tuple[str, ...]
    creates: int = 0
    kind: Managed = SOLUTION
    exists: bool = True


def _create(_world: World, _do: Do) -> tuple[Resource | None, Event]:
    return None, stack_rules.create(BEFORE)


def _update(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(BEFORE))
    return old, stack_rules.update(old, IN_PLACE)


def _update_renamed(world: World, _do: Do) -> tuple[Resource | None, Event]:
    """What it was made under is not what the resource is called now."""
    made = goal_of(request("Create", BEFORE, logical_id="Films"), since=0)
    assert isinstance(made, Present)
    world.client.create_solution(**made.request)
    world.simulator.advance(60)
    old = Resource(made.arn, BEFORE)
    return old, stack_rules.update(old, IN_PLACE)


def _replacement(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(BEFORE))
    return old, stack_rules.update(old, REPLACED)


def _delete(world: World, do: Do) -> tuple[Resource | None, Event]:
    """Of a solution with everything that is in the way of it: training, a schedule, a campaign.

    With a name of its own: whose it is, only the tags tell.
    """
    current = do(stack_rules.create(NAMED))
    version = world.call("CreateSolutionVersion", solutionArn=current.physical_id)["solutionVersionArn"]
    world.simulator.advance(1200)
    campaign = world.call("CreateCampaign", name="home", solutionVersionArn=version)["campaignArn"]
    world.simulator.advance(60)
    world.call("CreateSolutionVersion", solutionArn=current.physical_id)
    usual = world.simulator.durations.delete
    world.simulator.set_durations(delete=12)
    world.call("DeleteCampaign", campaignArn=campaign)
    world.simulator.set_durations(delete=usual)
    return current, stack_rules.delete(current)


def _rollback_in_place(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(BEFORE))
    new = do(stack_rules.update(old, IN_PLACE))
    return new, stack_rules.reverse_update(new.physical_id, BEFORE, IN_PLACE)


def _rollback_replacement(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(BEFORE))
    new = do(stack_rules.update(old, REPLACED))
    return new, stack_rules.reverse_update(new.physical_id, BEFORE, REPLACED)


def _rollback_cancelled(world: World, do: Do) -> tuple[Resource | None, Event]:
    """CloudFormation has never heard of the replacement that the cancelled update made."""
    old = do(stack_rules.create(BEFORE))
    made = goal_of(request("Update", REPLACED, old.physical_id, BEFORE), since=0)
    assert isinstance(made, Present)
    world.client.create_solution(**made.request)
    world.simulator.advance(60)
    return old, stack_rules.reverse_update(old.physical_id, BEFORE, REPLACED)


# A campaign. Its solution has a version, and another writer promotes.

_CAMPAIGN: dict[str, Any] = {TYPE: CAMPAIGN.type, "ServiceToken": PROPERTIES["ServiceToken"]}
_SERVING: dict[str, Any] = {
    **_CAMPAIGN,
    "solutionArn": SERVED,
    "tags": tag_list(team="search", stage="test"),
}
_SCALED: dict[str, Any] = {
    **_SERVING,
    "minProvisionedTPS": "2",
    "tags": tag_list(team="films", owner="editors"),
}
_AWAITING: dict[str, Any] = {**_SERVING, "hasPromoter": "true"}
_SERVING_OTHER: dict[str, Any] = {**_SERVING, "solutionArn": SERVED_TOO}


def _create_campaign(_world: World, _do: Do) -> tuple[Resource | None, Event]:
    return None, stack_rules.create(_SERVING)


def _create_awaiting(_world: World, _do: Do) -> tuple[Resource | None, Event]:
    return None, stack_rules.create(_AWAITING)


def _update_campaign(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(_SERVING))
    return old, stack_rules.update(old, _SCALED)


def _replace_campaign(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(_SERVING))
    return old, stack_rules.update(old, _SERVING_OTHER)


def _delete_campaign(world: World, do: Do) -> tuple[Resource | None, Event]:
    """Of a campaign with a name of its own that is being updated: whose it is, only the tags tell."""
    current = do(stack_rules.create({**_SERVING, "name": "live"}))
    world.call("UpdateCampaign", campaignArn=current.physical_id, minProvisionedTPS=3)
    return current, stack_rules.delete(current)


def _rollback_campaign(_world: World, do: Do) -> tuple[Resource | None, Event]:
    old = do(stack_rules.create(_SERVING))
    new = do(stack_rules.update(old, _SCALED))
    return new, stack_rules.reverse_update(new.physical_id, _SERVING, _SCALED)


def _delete_event_interactions(world: World, _do: Do) -> tuple[Resource | None, Event]:
    """The tracker that made the dataset is gone."""
    dataset = track(world.call, "films")
    world.simulator.advance(60)
    tracker = world.call("ListEventTrackers", datasetGroupArn=GROUP)["eventTrackers"][0]["eventTrackerArn"]
    world.call("DeleteEventTracker", eventTrackerArn=tracker)
    world.simulator.advance(60)
    own = {"ServiceToken": PROPERTIES["ServiceToken"], "datasetGroupArn": GROUP}
    current = Resource(dataset, {TYPE: EVENT_INTERACTIONS.type, **own})
    return current, stack_rules.delete(current)


_CREATES = ("ListTagsForResource", "CreateSolution", "DescribeSolution", "DescribeStacks")
_CONFIGURES = ("DescribeSolution", "ListTagsForResource", "UntagResource", "TagResource", "UpdateSolution")
_CONFIGURES_CAMPAIGN = (
    "DescribeCampaign",
    "ListTagsForResource",
    "UntagResource",
    "TagResource",
    "UpdateCampaign",
)
_CREATES_CAMPAIGN = (
    "ListTagsForResource",
    "ListSolutionVersions",
    "CreateCampaign",
    "DescribeCampaign",
    "DescribeStacks",
    "ListStackResources",
)
_DELETES = ("DescribeSolution", "ListTagsForResource", "DeleteSolution", "DescribeStacks")

PHASES = (
    Phase("create", _create, _CREATES, creates=1),
    Phase("update in place", _update, (*_CONFIGURES, "DescribeStacks")),
    Phase(
        "update in place under a new logical id",
        _update_renamed,
        (*_CONFIGURES, "DescribeStacks", "ListStackResources"),
    ),
    Phase("replacement", _replacement, (*_CREATES, "DeleteSolution"), creates=1),
    Phase(
        "delete",
        _delete,
        (
            *_DELETES,
            "ListSolutionVersions",
            "UpdateSolution",
            "StopSolutionVersionCreation",
            "ListCampaigns",
        ),
    ),
    Phase(
        "rollback of an update in place",
        _rollback_in_place,
        (*_CONFIGURES, "DescribeStacks", "DescribeStackEvents"),
    ),
    Phase("rollback of a replacement", _rollback_replacement, (*_DELETES, "ListStackResources")),
    Phase(
        "rollback of a cancelled replacement",
        _rollback_cancelled,
        (*_DELETES, "DescribeStackEvents", "ListStackResources"),
    ),
    Phase("campaign: create", _create_campaign, _CREATES_CAMPAIGN, creates=1, kind=CAMPAIGN),
    Phase(
        "campaign: create without a version",
        _create_awaiting,
        ("ListTagsForResource", "DescribeStacks", "ListStackResources"),
        kind=CAMPAIGN,
        exists=False,
    ),
    Phase(
        "campaign: update in place",
        _update_campaign,
        (*_CONFIGURES_CAMPAIGN, "DescribeStacks"),
        kind=CAMPAIGN,
    ),
    Phase(
        "campaign: replacement",
        _replace_campaign,
        (*_CREATES_CAMPAIGN, "DeleteCampaign"),
        creates=1,
        kind=CAMPAIGN,
    ),
    Phase(
        "campaign: delete",
        _delete_campaign,
        ("DescribeCampaign", "ListTagsForResource", "DeleteCampaign", "DescribeStacks"),
        kind=CAMPAIGN,
    ),
    Phase(
        "campaign: rollback of an update in place",
        _rollback_campaign,
        (*_CONFIGURES_CAMPAIGN, "DescribeStacks", "DescribeStackEvents"),
        kind=CAMPAIGN,
    ),
    Phase(
        "event interactions: delete",
        _delete_event_interactions,
        ("DescribeDataset", "DeleteDataset", "DescribeStacks", "ListStackResources"),
        kind=EVENT_INTERACTIONS,
        exists=False,
    ),
)
