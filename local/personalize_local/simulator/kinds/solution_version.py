"""Solution versions: trainings and what comes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import (
    already_exists,
    in_use,
    invalid_input,
    limit_exceeded,
    not_found,
)
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import (
    ACTIVE,
    CREATE_IN_PROGRESS,
    CREATE_PENDING,
    CREATE_STOPPING,
    Timeline,
)
from personalize_local.simulator.kinds.hyperparameters import tuned

if TYPE_CHECKING:
    from personalize_local.simulator.kinds.solution import Solution

TRAINING = frozenset({CREATE_PENDING, CREATE_IN_PROGRESS})
"""Statuses of a version that trains, or is about to."""

UNFINISHED = TRAINING | {CREATE_STOPPING}
"""Statuses that block the solution's deletion (rules 76 and 78)."""

# A training hour is an hour of 4 vCPUs and 8 GiB, so machines that are larger take more of them than hours on
# the clock (rule 60). AWS's samples have 4.212 for a training of about 40 minutes.
_BILLED_PER_HOUR = 6.318


@dataclass(kw_only=True)
class SolutionVersion(Resource):
    """One training of a solution, with the configuration that the solution had when it began.

    Attributes:
        solution_arn: The solution that was trained.
        training_mode: FULL, UPDATE or AUTOTRAIN.
        training_type: MANUAL or AUTOMATIC.
        trained_from: The members that it shares with its solution.
        tuned: What HPO finds; none without HPO.
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
        """The whole description. `trainingHours` comes with success (rule 60).

        A version that was given no name has one made of its ARN: the solution's name and the id.
        """
        hours = (self.timeline.phase(now).since - self.created).total_seconds() / 3600
        return self.summary(now) | members(
            name=self.name or self.arn.partition("/")[2],
            solutionArn=self.solution_arn,
            tunedHPOParams=self.tuned if self.status(now) == ACTIVE else None,
            trainingHours=round(hours * _BILLED_PER_HOUR, 3) if self.status(now) == ACTIVE else None,
            **self.trained_from,
        )


def start(
    context: Context,
    solution: Solution,
    at: datetime,
    training_type: str,
    request: Request,
) -> SolutionVersion:
    """Begin a training at the moment `at`, which for automatic ones may be past already."""
    failure = context.outcomes.failure("solution_version", solution.name)
    version = SolutionVersion(
        arn=f"{solution.arn}/{context.new_id()}",
        name=request.get("name", ""),
        created=at,
        timeline=Timeline.creating(at, context.durations.solution_version, failure),
        tags=parsed(request.get("tags", ())),
        solution_arn=solution.arn,
        training_mode=request.get("trainingMode", "FULL"),
        training_type=training_type,
        trained_from=solution.settings(),
        # With AutoML nobody has checked the rest of the configuration (rule 20).
        tuned=tuned(solution.config if solution.recipe else {}) if solution.hpo else None,
    )
    solution.versions.append(version)
    return version


def find(context: Context, arn: str) -> SolutionVersion:
    """The version with this ARN.

    Raises:
        ServiceError: There is none (`ResourceNotFoundException`).
    """
    solution = context.account.solutions.find(arn.rpartition("/")[0], context.now)
    for version in solution.versions if solution else ():
        if version.arn == arn:
            return version
    raise not_found(arn)


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateSolutionVersion. It is not idempotent: each call trains once more (rule 90)."""
    now = context.now
    solution = context.account.solutions.get(request["solutionArn"], now)
    if solution.status(now) != ACTIVE:
        raise in_use(f"{solution.arn} is {solution.status(now)}: wait until it is {ACTIVE}")
    if request.get("trainingMode") == "UPDATE":
        _require_updatable(solution, now)
    name = request.get("name")
    for version in solution.versions:
        if name and version.name == name:
            raise already_exists(version.arn)
    most = context.limits.solution_versions_in_progress
    solutions = context.account.solutions.live(now)
    if sum(v.status(now) in TRAINING for s in solutions for v in s.versions) >= most:
        raise limit_exceeded(f"More than {most} resources with PENDING or IN_PROGRESS status")
    version = start(context, solution, now, "MANUAL", request)
    solution.skip_first_training(now)
    return {"solutionVersionArn": version.arn}


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeSolutionVersion."""
    version = find(context, request["solutionVersionArn"])
    return {"solutionVersion": version.describe(context.now)}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListSolutionVersions, of all solutions or of one."""
    now, of = context.now, request.get("solutionArn")
    shelf = context.account.solutions
    solutions = shelf.visible(now) if of is None else (shelf.get(of, now),)
    versions = ((v.key, v.summary(now)) for s in solutions for v in s.versions)
    return listing("solutionVersions", request, versions, of=of)


def stop(context: Context, request: Request) -> dict[str, object]:
    """Answer StopSolutionVersionCreation; only a version that is pending or in progress stops (rule 82)."""
    now = context.now
    version = find(context, request["solutionVersionArn"])
    if version.status(now) not in TRAINING:
        raise in_use(f"{version.arn} is {version.status(now)}: only a version in training can be stopped")
    version.timeline = version.timeline.stopping(now, context.durations.solution_version_stop)
    return {}


def _require_updatable(solution: Solution, now: datetime) -> None:
    """Mode UPDATE builds on a FULL version, with the recipe that can (rule 86)."""
    if not (solution.recipe and "updateTraining" in solution.recipe.supports):
        raise invalid_input("trainingMode UPDATE is only for the recipe aws-user-personalization")
    if not any(v.training_mode == "FULL" and v.status(now) == ACTIVE for v in solution.versions):
        raise invalid_input(f"trainingMode UPDATE needs an {ACTIVE} version of {solution.arn} trained FULL")
