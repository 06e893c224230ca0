"""Recommenders: use cases of domain dataset groups that answer requests for recommendations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input, limit_exceeded
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Updatable, Update, after_work, due_work, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE, CREATE_FAILED, INACTIVE
from personalize_local.simulator.engine.work import Work
from personalize_local.simulator.kinds import dataset_group, exploration
from personalize_local.simulator.kinds.dataset import data
from personalize_local.simulator.kinds.dataset_group import DatasetGroup, InDatasetGroup
from personalize_local.simulator.kinds.recipes import Recipe, named
from personalize_local.simulator.kinds.solution.learned import Trained, Training
from personalize_local.simulator.learning.fitting import Fitted
from personalize_local.simulator.learning.use_cases import USE_CASES

_DEFAULT_CONFIG: Request = {"minRecommendationRequestsPerSecond": 1}


@dataclass(frozen=True)
class RecommenderDurations:
    """Seconds.

    Attributes:
        recommender: From CreateRecommender to ACTIVE, and of an update that trains again (rule 189: hours on
            AWS).
        recommender_update: Of an update that does not train.
        recommender_stop: From StopRecommender to INACTIVE.
        recommender_start: From StartRecommender to ACTIVE.
    """

    recommender: float = 1200
    recommender_update: float = 5
    recommender_stop: float = 2
    recommender_start: float = 5


@dataclass(frozen=True)
class RecommenderLimits:
    """Quotas (rule 147).

    Attributes:
        recommenders: Recommenders in an account and Region.
        recommenders_per_dataset_group: Recommenders in a dataset group.
    """

    recommenders: int = 15
    recommenders_per_dataset_group: int = 5


@dataclass(frozen=True, slots=True)
class RecommenderUpdate(Update):
    """An update, with the configuration that it leads to.

    Attributes:
        config: The configuration.
        training: The training, if it needs one and the group has data.
        events_seen: How many events the group had when the training began.
    """

    config: Request
    training: Work[Fitted] | None = None
    events_seen: int = 0

    def summary(self, now: datetime) -> dict[str, object]:
        """The member `latestRecommenderUpdate`."""
        return {"recommenderConfig": self.config} | self.dates(now)


@dataclass(kw_only=True)
class Recommender(Updatable, InDatasetGroup, Trained):
    """A recommender.

    Attributes:
        recipe: The recipe of the use case.
        recipe_arn: The recipe's ARN.
        config: The configuration before `update`.
    """

    deletable_when: ClassVar[tuple[str, ...]] = (ACTIVE, INACTIVE, CREATE_FAILED)

    recipe: Recipe
    recipe_arn: str
    config: Request
    update: RecommenderUpdate | None = None

    def in_force(self, now: datetime) -> Request:
        """The configuration at `now`. An update that runs or has failed does not change it (rule 190)."""
        if self.update and self.update.timeline.status(now) == ACTIVE:
            return self.update.config
        return self.config

    def work_due(self, now: datetime) -> Work[Any] | None:
        """The work that should be done at `now`: its training, or that of its update."""
        if self.update is None or self.update.training is None:
            return super().work_due(now)
        return due_work(self.update.timeline, self.update.training, now)

    def settle(self, now: datetime) -> bool:
        """Let the status of the creation or of the update follow from the training.

        The recommender serves what it learned before until the update is ACTIVE (rule 190).
        """
        update = self.update
        if update is None or update.training is None:
            return super().settle(now)
        timeline, settled = after_work(update.timeline, update.training, now)
        self.update = replace(update, timeline=timeline)
        if settled and timeline.active_at is not None:
            self.work, self.events_seen = update.training, update.events_seen
        return settled

    def begin(self, update: Update) -> None:
        """Begin an update."""
        self.config = self.in_force(update.created)
        super().begin(update)

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list. It has no failure reason [API RecommenderSummary]."""
        return {
            "name": self.name,
            "recommenderArn": self.arn,
            "datasetGroupArn": self.dataset_group_arn,
            "recipeArn": self.recipe_arn,
            "recommenderConfig": self.in_force(now),
            **self.dates(now),
        }

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | members(
            failureReason=self.failure(now),
            latestRecommenderUpdate=self.update and self.update.summary(now),
            modelMetrics=self.fitted.metrics if self.fitted and self.failure(now) is None else None,
        )


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateRecommender (rules 187 to 189)."""
    recommenders, now, name = context.account[Recommender], context.now, request["name"]
    recipe = named(request["recipeArn"], context.scope)
    config = request.get("recommenderConfig", {})
    tags = parsed(request.get("tags", ()))
    group = dataset_group.active(context, request["datasetGroupArn"])
    _require_use_case(recipe, group)
    _require_supported(recipe, config)
    arn = context.scope.arn("recommender", name)
    recommenders.require_free(arn, now)
    _require_room(context, group.arn)
    seconds = context.setting(RecommenderDurations).recommender
    recommender = Recommender(
        arn=arn,
        name=name,
        created=now,
        timeline=context.creation("recommender", name, seconds),
        tags=tags,
        dataset_group_arn=group.arn,
        recipe=recipe,
        recipe_arn=request["recipeArn"],
        config=_DEFAULT_CONFIG | config,
    )
    recommenders.add(recommender)
    work, recommender.events_seen = _training(context, recommender, config)
    if work:
        context.begin(recommender, work)
    return {"recommenderArn": arn}


def update(context: Context, request: Request) -> dict[str, object]:
    """Answer UpdateRecommender. Members that the request leaves out keep their values (?) (rule 190).

    Other columns to train with start a training. A configuration that changes nothing is no update [DG
    updating-recommender].
    """
    recommender = _ready(context, request, "updated", ACTIVE)
    before = recommender.in_force(context.now)
    _require_supported(recommender.recipe, request["recommenderConfig"])
    after = before | request["recommenderConfig"]
    if after != before:
        durations = context.setting(RecommenderDurations)
        trains = after.get("trainingDataConfig") != before.get("trainingDataConfig")
        seconds = durations.recommender if trains else durations.recommender_update
        timeline = context.creation("recommender_update", recommender.name, seconds)
        work, events_seen = _training(context, recommender, after) if trains else (None, 0)
        recommender.begin(RecommenderUpdate(context.now, timeline, after, work, events_seen))
        if work:
            context.account.working.append(recommender)
    return {"recommenderArn": recommender.arn}


def _training(context: Context, recommender: Recommender, config: Request) -> tuple[Work[Fitted] | None, int]:
    """Begin a training on the group's data, if it has any. Return it, and how many events it knows."""
    known = data.at(context, recommender.dataset_group_arn, context.now)
    if not known.enough_to_look_at():
        return None, 0
    training = Training(known, recommender.recipe, None, config)
    return Work(training.run, context.executor), len(known.events)


def stop(context: Context, request: Request) -> dict[str, object]:
    """Answer StopRecommender: no recommendations, no retraining and no bill until it is started."""
    recommender = _ready(context, request, "stopped", ACTIVE)
    seconds = context.setting(RecommenderDurations).recommender_stop
    recommender.timeline = recommender.timeline.pausing(context.now, seconds)
    return {"recommenderArn": recommender.arn}


def start(context: Context, request: Request) -> dict[str, object]:
    """Answer StartRecommender. It does not train (rule 189)."""
    recommender = _ready(context, request, "started", INACTIVE)
    seconds = context.setting(RecommenderDurations).recommender_start
    recommender.timeline = recommender.timeline.starting(context.now, seconds)
    return {"recommenderArn": recommender.arn}


def _ready(context: Context, request: Request, verb: str, *statuses: str) -> Recommender:
    """Return the recommender of a request, which must have one of the statuses and no running update."""
    now = context.now
    recommender = context.account[Recommender].get(request["recommenderArn"], now)
    status, expected = recommender.status(now), " or ".join(statuses)
    if status not in statuses:
        raise in_use(f"{recommender.arn} is {status}: it can be {verb} when its status is {expected}")
    obstacle = recommender.busy(now)
    if obstacle is not None:
        raise in_use(obstacle)
    return recommender


def _require_use_case(recipe: Recipe, group: DatasetGroup) -> None:
    """Refuse a group without a domain, and a recipe that is not of the group's domain (rule 42)."""
    if group.domain is None:
        raise invalid_input("Please use a domains-specific Dataset Group to create the Recommender")
    if recipe.domain != group.domain:
        raise invalid_input(
            f"recipeArn must be that of a use case of the domain {group.domain}: got {recipe.name}"
        )


def _require_supported(recipe: Recipe, config: Request) -> None:
    """Only use cases that recommend to a user explore [API RecommenderConfig]."""
    if "itemExplorationConfig" in config and not personalizes(recipe):
        raise invalid_input(f"itemExplorationConfig is not supported by {recipe.name}")
    exploration.require_in_bounds(config)


def personalizes(recipe: Recipe) -> bool:
    """Whether a use case recommends to a user: Top picks for you and Recommended for you."""
    return USE_CASES[recipe.name].recipe_type == "USER_PERSONALIZATION"


def _require_room(context: Context, group_arn: str) -> None:
    now, limits = context.now, context.setting(RecommenderLimits)
    others = [r for r in context.account[Recommender].live(now) if r.status(now) != CREATE_FAILED]
    most = limits.recommenders_per_dataset_group
    if sum(other.dataset_group_arn == group_arn for other in others) >= most:
        raise limit_exceeded(f"More than {most} recommenders in the dataset group {group_arn}")
    if len(others) >= limits.recommenders:
        raise limit_exceeded(f"More than {limits.recommenders} recommenders in this account and Region")


KIND = Kind(
    noun="Recommender",
    resource=Recommender,
    create=create,
    more={"UpdateRecommender": update, "StopRecommender": stop, "StartRecommender": start},
    list_of="datasetGroupArn",
    arn_type="recommender",
    not_limited=frozenset(
        {f"{verb}Recommender" for verb in ("Create", "Describe", "Update", "Stop", "Start", "Delete")}
        | {"ListRecommenders"}
    ),
    failures=("recommender", "recommender_update"),
    table=Table(
        "Recommenders",
        ("name", "status", "recipeArn", "datasetGroupArn", "failureReason", "creationDateTime"),
    ),
)
