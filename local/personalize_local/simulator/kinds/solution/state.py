"""Solutions and their versions, as an account holds them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from personalize_local.simulator.engine.errors import in_use
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, Update, members
from personalize_local.simulator.engine.timeline import (
    ACTIVE,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    CREATE_STOPPING,
)
from personalize_local.simulator.engine.work import Work
from personalize_local.simulator.kinds.dataset.dataset import Dataset
from personalize_local.simulator.kinds.dataset_group import InDatasetGroup
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.solution.hyperparameters import described
from personalize_local.simulator.kinds.solution.learned import Trained, Training
from personalize_local.simulator.kinds.solution.rules import every
from personalize_local.simulator.learning.fitting import Fitted

TRAINING = frozenset({CREATE_PENDING, CREATE_IN_PROGRESS})
"""Statuses of a version that is being trained or waits for its training."""

UNFINISHED = TRAINING | {CREATE_STOPPING}
"""Statuses that block the solution's deletion (rules 76 and 78)."""

# A training hour is an hour of 4 vCPUs and 8 GiB, so larger machines use more training hours than the clock
# shows (rule 60). AWS's samples have 4.212 for a training of about 40 minutes.
_BILLED_PER_HOUR = 6.318


@dataclass(kw_only=True)
class SolutionVersion(Trained):
    """One training of a solution, with the configuration that the solution had when it began.

    Attributes:
        solution_arn: The solution that was trained.
        training_mode: FULL, UPDATE or AUTOTRAIN.
        training_type: MANUAL or AUTOMATIC.
        trained_from: The members that its description shares with that of the solution.
        tuned: The result of HPO, if HPO is on.
    """

    solution_arn: str
    training_mode: str
    training_type: str
    trained_from: dict[str, object]
    tuned: Request | None

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            solutionVersionArn=self.arn,
            trainingMode=self.training_mode,
            trainingType=self.training_type,
            failureReason=self.failure(now),
            **self.dates(now),
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe. Only an ACTIVE version has `trainingHours` (rule 60).

        The name of a version that was created without one is the end of its ARN: `SOLUTION/ID`.
        """
        hours = (self.timeline.phase(now).since - self.created).total_seconds() / 3600
        return self.summary(now) | members(
            name=self.name or self.arn.partition("/")[2],
            solutionArn=self.solution_arn,
            tunedHPOParams=self.tuned if self.status(now) == ACTIVE else None,
            trainingHours=round(hours * _BILLED_PER_HOUR, 3) if self.status(now) == ACTIVE else None,
            **self.trained_from,
        )


_DEFAULT_SCHEDULE: Request = {"schedulingExpression": "rate(7 days)"}


@dataclass(frozen=True, slots=True)
class Schedule:
    """When automatic training is due.

    Attributes:
        due: The start of the next training.
        every: The time between two starts (rule 58).
        first: Whether no training has started since automatic training was turned on or rescheduled.
    """

    due: datetime
    every: timedelta
    first: bool = True

    def after(self, start: datetime) -> Schedule:
        """The schedule once a training has started."""
        return Schedule(start + self.every, self.every, first=False)


@dataclass(frozen=True, slots=True)
class SolutionUpdate(Update):
    """An update, with the UpdateSolution request."""

    request: Request

    def summary(self, now: datetime) -> dict[str, object]:
        """The member `latestSolutionUpdate`."""
        changes = ("performAutoTraining", "performIncrementalUpdate", "solutionUpdateConfig")
        return self.dates(now) | {name: self.request[name] for name in changes if name in self.request}


@dataclass(kw_only=True)
class Solution(InDatasetGroup):
    """A solution, with the configuration in force.

    Attributes:
        recipe: The recipe. None with AutoML.
        recipe_arn: The recipe's ARN.
        event_type: The only event type to train on, if any.
        hpo: Whether hyperparameters are optimized.
        auto_ml: Whether the service chooses the recipe.
        auto_training: Whether automatic training is on (the default: rule 33).
        incremental: Whether incremental updates are on.
        config: The `solutionConfig`. It is replaced, never changed, because versions share it.
        versions: The versions, in the order of their starts. They are deleted with it (rule 74).
        update: The latest update, if there is one.
        schedule: The schedule of automatic training. None when it is off.
        updated: When the latest update came into force.
        last_training: The last training on data, with its work.
    """

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
    last_training: tuple[Training, Work[Fitted]] | None = None

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(name=self.name, solutionArn=self.arn, recipeArn=self.recipe_arn, **self.dates(now))

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe. It has neither tags nor a failure reason (rules 47 and 100)."""
        latest = max(self.versions, key=lambda version: version.key, default=None)
        return self.summary(now) | members(
            **self.settings(),
            performAutoTraining=self.auto_training,
            latestSolutionVersion=latest and latest.summary(now),
            latestSolutionUpdate=self.update and self.update.summary(now),
        )

    def settings(self) -> dict[str, object]:
        """The members that the description shares with those of the solution's versions."""
        return members(
            datasetGroupArn=self.dataset_group_arn,
            recipeArn=self.recipe_arn,
            eventType=self.event_type,
            performHPO=self.hpo,
            performAutoML=self.auto_ml,
            performIncrementalUpdate=self.incremental,
            solutionConfig=described(self.config, self.recipe) if self.recipe else self.config,
        )

    def state(self, now: datetime) -> dict[str, object]:
        """The description, with what no operation returns."""
        return super().state(now) | {
            "visibleFrom": self.visible_from,
            "failureReason": self.failure(now),
            "nextTraining": self.schedule.due if self.schedule else None,
            "versions": [version.state(now) for version in self.versions],
        }

    def busy(self, now: datetime) -> str | None:
        """A solution whose update runs can be neither updated nor deleted (rule 77)."""
        if self.update and self.update.running(now):
            return f"{self.arn} has an update in progress: wait until it ends"
        return None

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """A training blocks the datasets of the group (rule 80), and the solution its group."""
        if isinstance(other, Dataset) and other.dataset_group_arn == self.dataset_group_arn:
            for version in self.unfinished(now):
                return f"{other.arn} is used by {version.arn}, which is {version.status(now)}"
        return super().blocks(other, now)

    def delete(self, now: datetime, seconds: float) -> None:
        """Begin the deletion, unless a version trains (rules 76 and 78)."""
        for version in self.unfinished(now):
            raise in_use(f"{version.arn} is {version.status(now)}: stop it, or wait until it ends")
        super().delete(now, seconds)
        self.schedule = None

    def dates(self, now: datetime) -> dict[str, object]:
        """The status and the dates. An update in force counts as a change."""
        since = self.timeline.phase(now).since
        return super().dates(now) | {"lastUpdatedDateTime": max(since, self.updated or since)}

    def unfinished(self, now: datetime) -> list[SolutionVersion]:
        """The versions that are being trained, wait for their training, or are being stopped."""
        return [version for version in self.versions if version.status(now) in UNFINISHED]

    def train_automatically(self, since: datetime, delay: float) -> None:
        """Restart the schedule of automatic training, or end it when it is off (rules 57 and 69)."""
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
