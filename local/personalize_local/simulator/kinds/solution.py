"""Solutions: a recipe and how it is to be trained."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, limit_exceeded
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
from personalize_local.simulator.kinds import dataset_group
from personalize_local.simulator.kinds.hyperparameters import described
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.solution_rules import check_update, checked_recipe, every
from personalize_local.simulator.kinds.solution_version import UNFINISHED, SolutionVersion

_DEFAULT_SCHEDULE: Request = {"schedulingExpression": "rate(7 days)"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When automatic training is due.

    Attributes:
        due: The next training.
        every: From one start to the next (rule 58).
        first: Whether none has started since automatic training was turned on or rescheduled.
    """

    due: datetime
    every: timedelta
    first: bool = True

    def after(self, start: datetime) -> Schedule:
        """The schedule once a training has started."""
        return Schedule(start + self.every, self.every, first=False)


@dataclass(frozen=True, slots=True)
class SolutionUpdate:
    """An update, which takes effect when its timeline says ACTIVE (rule 70)."""

    request: Request
    created: datetime
    timeline: Timeline

    def summary(self, now: datetime) -> dict[str, object]:
        """The member `latestSolutionUpdate`."""
        phase = self.timeline.phase(now)
        asked = ("performAutoTraining", "performIncrementalUpdate", "solutionUpdateConfig")
        return members(
            status=phase.status,
            failureReason=phase.failure_reason,
            creationDateTime=self.created,
            lastUpdatedDateTime=phase.since,
            **{name: self.request[name] for name in asked if name in self.request},
        )

    def running(self, now: datetime) -> bool:
        """Whether the old configuration is still in force, but not for long."""
        return self.timeline.status(now) in {CREATE_PENDING, CREATE_IN_PROGRESS}


@dataclass(kw_only=True)
class Solution(Resource):
    """A solution, with the configuration now in force.

    Attributes:
        dataset_group_arn: The group whose data it trains on.
        recipe: Its recipe; none with AutoML.
        recipe_arn: The recipe's ARN.
        event_type: The only event type to train on, if any.
        hpo: Whether hyperparameters are optimized.
        auto_ml: Whether the service chooses the recipe.
        auto_training: Whether it trains by itself (on by default: rule 33).
        incremental: Whether it takes in new items between trainings.
        config: The `solutionConfig`. Replaced as a whole, never changed, for versions share it.
        versions: Its trainings, in the order they began.
        update: The latest update, once there was one.
        schedule: What automatic training will do; none when it is off.
        updated: When the latest update came into force.
    """

    dataset_group_arn: str
    recipe: Recipe | None
    recipe_arn: str | None
    event_type: str | None
    hpo: bool
    auto_ml: bool
    auto_training: bool
    incremental: bool
    config: Request
    versions: list[SolutionVersion] = field(default_factory=list)
    update: SolutionUpdate | None = None
    schedule: Schedule | None = None
    updated: datetime | None = None

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(name=self.name, solutionArn=self.arn, recipeArn=self.recipe_arn, **self.dates(now))

    def describe(self, now: datetime) -> dict[str, object]:
        """The whole description; it has neither tags nor a failure reason (rules 47 and 100)."""
        latest = max(self.versions, key=lambda version: version.key, default=None)
        return self.summary(now) | members(
            **self.settings(),
            performAutoTraining=self.auto_training,
            latestSolutionVersion=latest and latest.summary(now),
            latestSolutionUpdate=self.update and self.update.summary(now),
        )

    def settings(self) -> dict[str, object]:
        """The members that a solution shares with the versions trained from it."""
        return members(
            datasetGroupArn=self.dataset_group_arn,
            recipeArn=self.recipe_arn,
            eventType=self.event_type,
            performHPO=self.hpo,
            performAutoML=self.auto_ml,
            performIncrementalUpdate=self.incremental,
            solutionConfig=described(self.config, self.recipe) if self.recipe else self.config,
        )

    def dates(self, now: datetime) -> dict[str, object]:
        """As of every resource; an update in force counts as one too."""
        since = self.timeline.phase(now).since
        return super().dates(now) | {"lastUpdatedDateTime": max(since, self.updated or since)}

    def unfinished(self, now: datetime) -> list[SolutionVersion]:
        """The versions that train, are about to, or are being stopped."""
        return [version for version in self.versions if version.status(now) in UNFINISHED]

    def train_automatically(self, since: datetime, delay: float) -> None:
        """Start the schedule of automatic training anew, or stop it when it is off (rules 57 and 69)."""
        if self.auto_training:
            schedule = _DEFAULT_SCHEDULE | self.config.get("autoTrainingConfig", {})
            self.config = self.config | {"autoTrainingConfig": schedule}
            self.schedule = Schedule(since + timedelta(seconds=delay), every(self.config))
        else:
            self.config = {name: value for name, value in self.config.items() if name != "autoTrainingConfig"}
            self.schedule = None

    def skip_first_training(self, start: datetime) -> None:
        """A manual training takes the place of the first automatic one (rule 57)."""
        if self.schedule and self.schedule.first:
            self.schedule = self.schedule.after(start)


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateSolution."""
    solutions, now, name = context.account.solutions, context.now, request["name"]
    recipe = checked_recipe(request, context.scope)
    tags = parsed(request.get("tags", ()))
    arn = context.scope.arn("solution", name)
    group = dataset_group.active(context, request["datasetGroupArn"])
    solutions.require_free(arn, now)
    _require_room(context, group.arn)
    failure = context.outcomes.failure("solution", name)
    solution = Solution(
        arn=arn,
        name=name,
        created=now,
        timeline=Timeline.creating(now, context.durations.solution_create, failure),
        tags=tags,
        visible_from=now + timedelta(seconds=context.durations.solution_visible),
        dataset_group_arn=group.arn,
        recipe=recipe,
        recipe_arn=request.get("recipeArn"),
        event_type=request.get("eventType"),
        hpo=request.get("performHPO", bool(request.get("performAutoML"))),
        auto_ml=request.get("performAutoML", False),
        auto_training=request.get("performAutoTraining", True),
        incremental=request.get("performIncrementalUpdate", False),
        config=request.get("solutionConfig", {}),
    )
    active = solution.timeline.active_at
    solution.train_automatically(active or now, context.durations.automatic_training_delay)
    if active is None:
        solution.schedule = None
    solutions.add(solution)
    return {"solutionArn": arn}


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeSolution."""
    return {
        "solution": context.account.solutions.get(request["solutionArn"], context.now).describe(context.now)
    }


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListSolutions, of all dataset groups or of one."""
    group = request.get("datasetGroupArn")
    chosen = (
        (solution.key, solution.summary(context.now))
        for solution in context.account.solutions.visible(context.now)
        if group is None or solution.dataset_group_arn == group
    )
    return listing("solutions", request, chosen, of=group)


def update(context: Context, request: Request) -> dict[str, object]:
    """Answer UpdateSolution; the new configuration comes into force later (rules 65 to 72)."""
    now = context.now
    solution = context.account.solutions.get(request["solutionArn"], now)
    check_update(request, solution.recipe)
    if solution.status(now) != ACTIVE:
        raise in_use(
            f"{solution.arn} is {solution.status(now)}: it can be updated when its status is {ACTIVE}"
        )
    if solution.update and solution.update.running(now):
        raise in_use(f"{solution.arn} has an update in progress: wait until it ends")
    failure = context.outcomes.failure("solution_update", solution.name)
    timeline = Timeline.creating(now, context.durations.solution_update, failure)
    solution.update = SolutionUpdate(request, now, timeline)
    return {"solutionArn": solution.arn}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteSolution; refused while anything still needs the solution (rules 74 to 79)."""
    account, now = context.account, context.now
    solution = account.solutions.get(request["solutionArn"], now)
    if solution.update and solution.update.running(now):
        raise in_use(f"{solution.arn} has an update in progress: wait until it ends")
    for campaign in account.campaigns.live(now):
        if campaign.serves(solution.arn, now):
            raise in_use(
                f"{solution.arn} is used by {campaign.arn}: delete that campaign and wait until it is gone"
            )
    for version in solution.unfinished(now):
        raise in_use(f"{version.arn} is {version.status(now)}: stop it, or wait until it ends")
    solution.delete(now, context.durations.delete)
    solution.schedule = None
    return {}


def _require_room(context: Context, group_arn: str) -> None:
    """Count the solutions of a group that are active or will be (rule 116)."""
    now, most = context.now, context.limits.solutions_per_dataset_group
    counted = (
        solution.dataset_group_arn == group_arn and solution.status(now) != CREATE_FAILED
        for solution in context.account.solutions.live(now)
    )
    if sum(counted) >= most:
        raise limit_exceeded(
            f"Cannot create a solution. More than {most} solutions in the dataset group {group_arn}"
        )
