"""Campaigns: a solution version that answers recommendation requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input, limit_exceeded, not_found
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import (
    ACTIVE,
    CREATE_FAILED,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    Timeline,
)
from personalize_local.simulator.kinds import solution_version as version
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.solution_version import SolutionVersion

_LATEST = "$LATEST"

# Which recipe feature each member of campaignConfig belongs to (rule 106).
_CONFIG_OF = {"itemExplorationConfig": "itemExploration", "rankingInfluence": "rankingInfluence"}


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a campaign serves, and how.

    Attributes:
        solution_version_arn: The version that it serves.
        min_provisioned_tps: The transactions a second that are paid for in any case.
        config: The `campaignConfig`, if one was given.
    """

    solution_version_arn: str
    min_provisioned_tps: int
    config: Request | None

    def members(self) -> dict[str, object]:
        """As campaigns and their updates are described."""
        return members(
            solutionVersionArn=self.solution_version_arn,
            minProvisionedTPS=self.min_provisioned_tps,
            campaignConfig=self.config,
        )


@dataclass(frozen=True, slots=True)
class CampaignUpdate:
    """An update, which takes effect when its timeline says ACTIVE (rule 107)."""

    deployment: Deployment
    created: datetime
    timeline: Timeline

    def summary(self, now: datetime) -> dict[str, object]:
        """The member `latestCampaignUpdate`."""
        phase = self.timeline.phase(now)
        return self.deployment.members() | members(
            status=phase.status,
            failureReason=phase.failure_reason,
            creationDateTime=self.created,
            lastUpdatedDateTime=phase.since,
        )

    def running(self, now: datetime) -> bool:
        """Whether what was before still serves, but not for long."""
        return self.timeline.status(now) in {CREATE_PENDING, CREATE_IN_PROGRESS}


@dataclass(kw_only=True)
class Campaign(Resource):
    """A campaign.

    Attributes:
        deployment: What it serves, unless an update has come into force since.
        update: The latest update, once there was one.
        updated: When an update before that came into force, if one did.
    """

    deployment: Deployment
    update: CampaignUpdate | None = None
    updated: datetime | None = None

    def in_force(self, now: datetime) -> Deployment:
        """What it serves at `now`; while an update runs, and when it fails, what it served before."""
        if self.update and self.update.timeline.status(now) == ACTIVE:
            return self.update.deployment
        return self.deployment

    def serves(self, solution_arn: str, now: datetime) -> bool:
        """Whether it serves a version of this solution, or is about to."""
        used = [self.in_force(now)]
        if self.update and self.update.running(now):
            used.append(self.update.deployment)
        return any(one.solution_version_arn.rpartition("/")[0] == solution_arn for one in used)

    def dates(self, now: datetime) -> dict[str, object]:
        """As of every resource; an update in force counts as one too."""
        moments = [self.timeline.phase(now).since, self.updated]
        if self.update:
            moments.append(self.update.timeline.active_at)
        past = [moment for moment in moments if moment and moment <= now]
        return super().dates(now) | {"lastUpdatedDateTime": max(past)}

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            name=self.name, campaignArn=self.arn, failureReason=self.failure(now), **self.dates(now)
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The whole description."""
        latest = members(latestCampaignUpdate=self.update and self.update.summary(now))
        return self.summary(now) | self.in_force(now).members() | latest


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateCampaign (rules 102, 103, 106 and 109)."""
    campaigns, now, name = context.account.campaigns, context.now, request["name"]
    config = request.get("campaignConfig")
    served = _version(context, request["solutionVersionArn"], config or {})
    arn = context.scope.arn("campaign", name)
    tags = parsed(request.get("tags", ()))
    campaigns.require_free(arn, now)
    _require_room(context, served.solution_arn)
    failure = context.outcomes.failure("campaign", name)
    campaigns.add(
        Campaign(
            arn=arn,
            name=name,
            created=now,
            timeline=Timeline.creating(now, context.durations.campaign, failure),
            tags=tags,
            deployment=Deployment(served.arn, request.get("minProvisionedTPS", 1), config),
        )
    )
    return {"campaignArn": arn}


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeCampaign."""
    return {
        "campaign": context.account.campaigns.get(request["campaignArn"], context.now).describe(context.now)
    }


def update(context: Context, request: Request) -> dict[str, object]:
    """Answer UpdateCampaign; what is left out stays as it is, and the name always does (rule 107)."""
    now = context.now
    campaign = context.account.campaigns.get(request["campaignArn"], now)
    if campaign.status(now) not in {ACTIVE, CREATE_FAILED}:
        raise in_use(
            f"{campaign.arn} is {campaign.status(now)}: it can be updated when its status is {ACTIVE} or"
            f" {CREATE_FAILED}"
        )
    _require_settled(campaign, now)
    before = campaign.in_force(now)
    config = request.get("campaignConfig", before.config)
    # A version that stays needs no $LATEST again for the configuration that stays.
    kept = "solutionVersionArn" not in request and "campaignConfig" not in request
    served = (
        before.solution_version_arn
        if kept
        else _version(
            context, request.get("solutionVersionArn", before.solution_version_arn), config or {}
        ).arn
    )
    after = Deployment(served, request.get("minProvisionedTPS", before.min_provisioned_tps), config)
    failure = context.outcomes.failure("campaign_update", campaign.name)
    timeline = Timeline.creating(now, context.durations.campaign_update, failure)
    if campaign.update and campaign.update.timeline.active_at:
        campaign.updated = campaign.update.timeline.active_at
    campaign.deployment = before
    campaign.update = CampaignUpdate(after, now, timeline)
    if timeline.active_at and campaign.status(now) == CREATE_FAILED:
        campaign.timeline = campaign.timeline.recovering(timeline.active_at)
    return {"campaignArn": campaign.arn}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteCampaign."""
    campaign = context.account.campaigns.get(request["campaignArn"], context.now)
    _require_settled(campaign, context.now)
    campaign.delete(context.now, context.durations.delete)
    return {}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListCampaigns, of all solutions or of one."""
    of = request.get("solutionArn")
    chosen = (
        (campaign.key, campaign.summary(context.now))
        for campaign in context.account.campaigns.live(context.now)
        if of is None or campaign.serves(of, context.now)
    )
    return listing("campaigns", request, chosen, of=of)


def _require_settled(campaign: Campaign, now: datetime) -> None:
    if campaign.update and campaign.update.running(now):
        raise in_use(f"{campaign.arn} has an update in progress: wait until it ends")


def _version(context: Context, arn: str, config: Request) -> SolutionVersion:
    """The version that a campaign may serve; `SOLUTION/$LATEST` is the newest that is ACTIVE."""
    now = context.now
    solution_arn, _, name = arn.rpartition("/")
    if config.get("syncWithLatestSolutionVersion") and name != _LATEST:
        raise invalid_input(
            f"syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /{_LATEST}"
        )
    if name == _LATEST:
        solution = context.account.solutions.get(solution_arn, now)
        trained = [v for v in solution.versions if v.status(now) == ACTIVE]
        if not trained:
            raise not_found(arn)
        served = max(trained, key=lambda candidate: candidate.key)
    else:
        served = version.find(context, arn)
    if served.status(now) != ACTIVE:
        raise invalid_input(
            f"{served.arn} is {served.status(now)}: a campaign needs a version that is {ACTIVE}"
        )
    recipe = context.account.solutions.get(served.solution_arn, now).recipe
    if recipe:
        _require_supported(recipe, config)
    return served


def _require_supported(recipe: Recipe, config: Request) -> None:
    if "campaign" not in recipe.supports:
        raise invalid_input(f"{recipe.name} is not for campaigns: use a batch segment job")
    for member, feature in _CONFIG_OF.items():
        if member in config and feature not in recipe.supports:
            raise invalid_input(f"{member} is not supported by {recipe.name}")


def _require_room(context: Context, solution_arn: str) -> None:
    """Count the campaigns of the solution's dataset group that are active or will be (rule 117)."""
    solutions, now = context.account.solutions, context.now
    group = solutions.get(solution_arn, now).dataset_group_arn
    inside = [s.arn for s in solutions.live(now) if s.dataset_group_arn == group]
    counted = (
        campaign.status(now) != CREATE_FAILED and any(campaign.serves(arn, now) for arn in inside)
        for campaign in context.account.campaigns.live(now)
    )
    most = context.limits.campaigns_per_dataset_group
    if sum(counted) >= most:
        raise limit_exceeded(f"Cannot create a campaign. More than {most} resources in ACTIVE state")
