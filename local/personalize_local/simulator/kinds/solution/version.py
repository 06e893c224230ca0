"""Solution versions: trainings and their results.

A version of a group with data is trained on it, as `learning` does: a small baseline that is not the model of
Amazon Personalize. Without data a version becomes ACTIVE too, but it recommends the items that a test
names, and has no metrics. So tests that need only a version or a campaign need no data.
"""

from __future__ import annotations

from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import (
    NOT_SIMULATED,
    ServiceError,
    already_exists,
    in_use,
    invalid_input,
    limit_exceeded,
    not_found,
)
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.engine.work import Work
from personalize_local.simulator.kinds.dataset import data
from personalize_local.simulator.kinds.solution.hyperparameters import tuned
from personalize_local.simulator.kinds.solution.learned import Training
from personalize_local.simulator.kinds.solution.settings import SolutionDurations, SolutionLimits
from personalize_local.simulator.kinds.solution.state import TRAINING, UNFINISHED, Solution, SolutionVersion


def start(
    context: Context,
    solution: Solution,
    at: datetime,
    training_type: str,
    request: Request,
) -> SolutionVersion:
    """Begin a training at the time `at`. For automatic training that can be in the past."""
    seconds = context.setting(SolutionDurations).solution_version
    version = SolutionVersion(
        arn=f"{solution.arn}/{context.new_id()}",
        name=request.get("name", ""),
        created=at,
        timeline=context.creation("solution_version", solution.name, seconds, since=at),
        tags=parsed(request.get("tags", ())),
        solution_arn=solution.arn,
        training_mode=request.get("trainingMode", "FULL"),
        training_type=training_type,
        trained_from=solution.settings(),
        # With AutoML the rest of the configuration is not checked (rule 20).
        tuned=tuned(solution.config if solution.recipe else {}) if solution.hpo else None,
    )
    _train(context, solution, version)
    solution.versions.append(version)
    return version


def _train(context: Context, solution: Solution, version: SolutionVersion) -> None:
    """Train a version on the group's data at its start. Equal trainings of a solution are done once."""
    known = data.at(context, solution.dataset_group_arn, version.created)
    if not known.enough_to_look_at():
        return
    training = Training(known, solution.recipe, solution.event_type, solution.config)
    if solution.last_training is None or solution.last_training[0] != training:
        solution.last_training = training, Work(training.run, context.executor)
    version.events_seen = len(known.events)
    context.begin(version, solution.last_training[1])


def find(context: Context, arn: str) -> SolutionVersion:
    """The version with this ARN.

    Raises:
        ServiceError: There is none (`ResourceNotFoundException`).
    """
    solution = context.account[Solution].find(arn.rpartition("/")[0], context.now)
    for version in solution.versions if solution else ():
        if version.arn == arn:
            return version
    raise not_found(arn)


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateSolutionVersion. It is not idempotent: each call starts a training (rule 90)."""
    now = context.now
    solution = context.account[Solution].get(request["solutionArn"], now)
    if solution.status(now) != ACTIVE:
        raise in_use(f"{solution.arn} is {solution.status(now)}: wait until it is {ACTIVE}")
    if request.get("trainingMode") == "UPDATE":
        _require_updatable(solution, now)
    name = request.get("name")
    for version in solution.versions:
        if name and version.name == name:
            raise already_exists(version.arn)
    most = context.setting(SolutionLimits).solution_versions_in_progress
    solutions = context.account[Solution].live(now)
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
    """Answer ListSolutionVersions, for all solutions or for one."""
    now, of = context.now, request.get("solutionArn")
    shelf = context.account[Solution]
    solutions = shelf.visible(now) if of is None else (shelf.get(of, now),)
    versions = ((v.key, v.summary(now)) for s in solutions for v in s.versions)
    return listing("solutionVersions", request, versions, of=of)


def stop(context: Context, request: Request) -> dict[str, object]:
    """Answer StopSolutionVersionCreation. Only a pending or running training can be stopped (rule 82)."""
    now = context.now
    version = find(context, request["solutionVersionArn"])
    if version.status(now) not in TRAINING:
        raise in_use(f"{version.arn} is {version.status(now)}: only a version in training can be stopped")
    version.timeline = version.timeline.stopping(
        now, context.setting(SolutionDurations).solution_version_stop
    )
    return {}


def metrics(context: Context, request: Request) -> dict[str, object]:
    """Answer GetSolutionMetrics with what was measured on the group's own data (rules 111 to 114 and 145)."""
    version = find(context, request["solutionVersionArn"])
    status = version.status(context.now)
    if status in UNFINISHED:
        raise in_use(f"{version.arn} is {status}: wait until it is {ACTIVE}")
    if status != ACTIVE:
        raise invalid_input(f"{version.arn} is {status}: only an {ACTIVE} version has metrics")
    if version.fitted is None:
        raise ServiceError(
            NOT_SIMULATED,
            f"{version.arn} has no metrics: its dataset group had no data when it was trained. Import"
            " interactions with CreateDatasetImportJob, and train again",
        )
    return {"solutionVersionArn": version.arn, "metrics": version.fitted.metrics}


def _require_updatable(solution: Solution, now: datetime) -> None:
    """Refuse mode UPDATE without a FULL version to build on, or with another recipe (rule 86)."""
    if not (solution.recipe and "updateTraining" in solution.recipe.supports):
        raise invalid_input("trainingMode UPDATE is only for the recipe aws-user-personalization")
    if not any(v.training_mode == "FULL" and v.status(now) == ACTIVE for v in solution.versions):
        raise invalid_input(f"trainingMode UPDATE needs an {ACTIVE} version of {solution.arn} trained FULL")


KIND = Kind(
    noun="SolutionVersion",
    create=create,
    more={
        "DescribeSolutionVersion": describe,
        "GetSolutionMetrics": metrics,
        "ListSolutionVersions": list_all,
        "StopSolutionVersionCreation": stop,
    },
    find=find,
    arn_type="solution",
    arn_depth=2,
    new_arn=None,
    not_limited=frozenset({"DescribeSolutionVersion", "GetSolutionMetrics", "StopSolutionVersionCreation"}),
    failures=("solution_version",),
    statuses={
        "solutionVersion": "solution_version",
        "solutionVersions": "solution_version",
        "latestSolutionVersion": "solution_version",
    },
    table=Table(
        "Solution versions",
        ("solutionVersionArn", "status", "trainingType", "trainingMode", "failureReason", "creationDateTime"),
        inside=("solutions", "versions"),
    ),
)
