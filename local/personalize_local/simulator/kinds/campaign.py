"""Campaigns: solution versions that answer requests for recommendations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input, limit_exceeded, not_found
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, Updatable, Update, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE, CREATE_FAILED
from personalize_local.simulator.kinds import exploration
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.solution import version
from personalize_local.simulator.kinds.solution.state import Solution, SolutionVersion

_LATEST = "$LATEST"


@dataclass(frozen=True)
class CampaignDurations:
    """Seconds.

    Attributes:
        campaign: From CreateCampaign to ACTIVE.
        campaign_update: From UpdateCampaign until the new version and configuration are in force.
    """

    campaign: float = 5
    campaign_update: float = 5


@dataclass(frozen=True)
class CampaignLimits:
    """Quotas.

    Attributes:
        campaigns_per_dataset_group: Campaigns that are active or being created (rule 117).
    """

    campaigns_per_dataset_group: int = 5


@dataclass(frozen=True, slots=True)
class Deployment:
    """What a campaign deploys.

    Attributes:
        solution_version_arn: The deployed version.
        min_provisioned_tps: The transactions per second that are billed even when there are fewer.
        config: The `campaignConfig`, if there is one.
    """

    solution_version_arn: str
    min_provisioned_tps: int
    config: Request | None

    def members(self) -> dict[str, object]:
        """The members in the descriptions of campaigns and of their updates."""
        return members(
            solutionVersionArn=self.solution_version_arn,
            minProvisionedTPS=self.min_provisioned_tps,
            campaignConfig=self.config,
        )

    @property
    def synchronized(self) -> bool:
        """Whether the campaign deploys each new version by itself."""
        return bool(self.config and self.config.get("syncWithLatestSolutionVersion"))


@dataclass(frozen=True, slots=True)
class CampaignUpdate(Update):
    """An update, with the deployment that it leads to."""

    deployment: Deployment

    def summary(self, now: datetime) -> dict[str, object]:
        """The member `latestCampaignUpdate`."""
        return self.deployment.members() | self.dates(now)


@dataclass(kw_only=True)
class Campaign(Updatable):
    """A campaign.

    Attributes:
        deployment: The deployment before `update`.
    """

    deployment: Deployment
    update: CampaignUpdate | None = None

    def in_force(self, now: datetime) -> Deployment:
        """The deployment at `now`. An update that runs or has failed does not change it (rule 107)."""
        if self.update and self.update.timeline.status(now) == ACTIVE:
            return self.update.deployment
        return self.deployment

    def begin(self, update: Update) -> None:
        """Begin an update. One that succeeds makes a campaign that has failed ACTIVE."""
        self.deployment = self.in_force(update.created)
        super().begin(update)
        active = update.timeline.active_at
        if active and self.status(update.created) == CREATE_FAILED:
            self.timeline = self.timeline.recovering(active)

    def belongs_to(self, arn: str, now: datetime) -> bool:
        """Whether it deploys a version of this solution, or an update that runs will."""
        used = [self.in_force(now)]
        if self.update and self.update.running(now):
            used.append(self.update.deployment)
        return any(one.solution_version_arn.rpartition("/")[0] == arn for one in used)

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """The solution cannot be deleted (rule 75)."""
        if self.belongs_to(other.arn, now):
            return f"{other.arn} is used by {self.arn}: delete that campaign and wait until it is gone"
        return None

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            name=self.name, campaignArn=self.arn, failureReason=self.failure(now), **self.dates(now)
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        latest = members(latestCampaignUpdate=self.update and self.update.summary(now))
        return self.summary(now) | self.in_force(now).members() | latest


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateCampaign (rules 102, 103, 106 and 109)."""
    campaigns, now, name = context.account[Campaign], context.now, request["name"]
    config = request.get("campaignConfig")
    served = _version(context, request["solutionVersionArn"], config or {})
    arn = context.scope.arn("campaign", name)
    tags = parsed(request.get("tags", ()))
    campaigns.require_free(arn, now)
    _require_room(context, served.solution_arn)
    seconds = context.setting(CampaignDurations).campaign
    campaigns.add(
        Campaign(
            arn=arn,
            name=name,
            created=now,
            timeline=context.creation("campaign", name, seconds),
            tags=tags,
            deployment=Deployment(served.arn, request.get("minProvisionedTPS", 1), config),
        )
    )
    return {"campaignArn": arn}


def update(context: Context, request: Request) -> dict[str, object]:
    """Answer UpdateCampaign. Members that the request leaves out keep their values (rule 107)."""
    now = context.now
    campaign = context.account[Campaign].get(request["campaignArn"], now)
    if campaign.status(now) not in {ACTIVE, CREATE_FAILED}:
        raise in_use(
            f"{campaign.arn} is {campaign.status(now)}: it can be updated when its status is {ACTIVE} or"
            f" {CREATE_FAILED}"
        )
    obstacle = campaign.busy(now)
    if obstacle is not None:
        raise in_use(obstacle)
    before = campaign.in_force(now)
    config = request.get("campaignConfig", before.config)
    # A request that changes neither the version nor the configuration need not repeat $LATEST.
    kept = "solutionVersionArn" not in request and "campaignConfig" not in request
    served = (
        before.solution_version_arn
        if kept
        else _version(
            context, request.get("solutionVersionArn", before.solution_version_arn), config or {}
        ).arn
    )
    after = Deployment(served, request.get("minProvisionedTPS", before.min_provisioned_tps), config)
    _begin(context, campaign, now, after)
    return {"campaignArn": campaign.arn}


def catch_up(context: Context) -> None:
    """Update the campaigns that follow the newest version of their solution, in the order of time.

    An update begins when a newer version becomes ACTIVE, or once the campaign can be updated [DG campaigns].
    """
    for campaign in context.account[Campaign].live(context.now):
        while (due := _due(context, campaign)) is not None:
            moment, newest = due
            after = replace(campaign.in_force(moment), solution_version_arn=newest.arn)
            _begin(context, campaign, moment, after)


def _begin(context: Context, campaign: Campaign, at: datetime, after: Deployment) -> None:
    seconds = context.setting(CampaignDurations).campaign_update
    timeline = context.creation("campaign_update", campaign.name, seconds, since=at)
    campaign.begin(CampaignUpdate(at, timeline, after))


def _due(context: Context, campaign: Campaign) -> tuple[datetime, SolutionVersion] | None:
    """When the next update by itself begins, and the version that it deploys. None if not by now."""
    now, settled = context.now, campaign.settled_at
    if settled is None or settled > now or campaign.status(now) != ACTIVE:
        return None
    served = campaign.in_force(now)
    solution = context.account[Solution].find(served.solution_version_arn.rpartition("/")[0], now)
    if not served.synchronized or solution is None:
        return None
    # A version whose update failed is not tried again (?).
    tried = {served.solution_version_arn}
    tried |= {campaign.update.deployment.solution_version_arn} if campaign.update else set()
    last = max(v.key for v in solution.versions if v.arn in tried)
    newer = [v for v in solution.versions if v.key > last]
    starts = [max(settled, v.timeline.active_at) for v in newer if v.timeline.active_at]
    if not starts or min(starts) > now:
        return None
    moment = min(starts)
    return moment, max((v for v in newer if v.status(moment) == ACTIVE), key=lambda found: found.key)


def _version(context: Context, arn: str, config: Request) -> SolutionVersion:
    """Return the version that a campaign is to deploy. `SOLUTION/$LATEST` is the newest ACTIVE one."""
    now = context.now
    solution_arn, _, name = arn.rpartition("/")
    if config.get("syncWithLatestSolutionVersion") and name != _LATEST:
        raise invalid_input(
            f"syncWithLatestSolutionVersion needs a solutionVersionArn that ends in /{_LATEST}"
        )
    if name == _LATEST:
        solution = context.account[Solution].get(solution_arn, now)
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
    recipe = context.account[Solution].get(served.solution_arn, now).recipe
    if recipe:
        _require_supported(recipe, config)
    return served


def _require_supported(recipe: Recipe, config: Request) -> None:
    if "campaign" not in recipe.supports:
        raise invalid_input(f"{recipe.name} does not support campaigns: use a batch segment job")
    exploration.require_supported(recipe, config)


def _require_room(context: Context, solution_arn: str) -> None:
    """Refuse more campaigns in the solution's dataset group than the quota (rule 117)."""
    solutions, now = context.account[Solution], context.now
    group = solutions.get(solution_arn, now).dataset_group_arn
    inside = [s.arn for s in solutions.live(now) if s.dataset_group_arn == group]
    counted = (
        campaign.status(now) != CREATE_FAILED and any(campaign.belongs_to(arn, now) for arn in inside)
        for campaign in context.account[Campaign].live(now)
    )
    most = context.setting(CampaignLimits).campaigns_per_dataset_group
    if sum(counted) >= most:
        raise limit_exceeded(f"Cannot create a campaign. More than {most} resources in ACTIVE state")


KIND = Kind(
    noun="Campaign",
    resource=Campaign,
    create=create,
    more={"UpdateCampaign": update},
    list_of="solutionArn",
    arn_type="campaign",
    failures=("campaign", "campaign_update"),
    table=Table("Campaigns", ("name", "status", "solutionVersionArn", "failureReason", "creationDateTime")),
    catch_up=catch_up,
)
