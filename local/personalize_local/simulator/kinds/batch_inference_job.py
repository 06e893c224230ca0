"""Batch inference jobs: recommendations for the users or items of files in S3, written to S3.

`data_plane/batch.py` makes the recommendations when a job has run its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import (
    NOT_SIMULATED,
    ServiceError,
    invalid_input,
)
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import (
    ACTIVE,
    Timeline,
)
from personalize_local.simulator.kinds import exploration
from personalize_local.simulator.kinds.filter.filter import Filter
from personalize_local.simulator.kinds.job import Job, require_room
from personalize_local.simulator.kinds.solution import version
from personalize_local.simulator.kinds.solution.state import Solution

_RECIPE_TYPES = frozenset({"USER_PERSONALIZATION", "RELATED_ITEMS", "PERSONALIZED_RANKING", "POPULAR_ITEMS"})
_CONFIG_OF = {"itemExplorationConfig": "itemExploration", "rankingInfluence": "rankingInfluence"}
_MODE = "BATCH_INFERENCE"


@dataclass(frozen=True)
class BatchInferenceJobDurations:
    """Seconds.

    Attributes:
        batch_inference_job: From CreateBatchInferenceJob to ACTIVE.
    """

    batch_inference_job: float = 60


@dataclass(frozen=True)
class BatchInferenceJobLimits:
    """Quotas.

    Attributes:
        batch_inference_jobs_in_progress: Jobs that are pending or running at once (rule 193).
    """

    batch_inference_jobs_in_progress: int = 5


@dataclass(kw_only=True)
class BatchInferenceJob(Job):
    """A batch inference job. The API cannot delete it.

    Attributes:
        request: The CreateBatchInferenceJob request.
        done: Whether it has read and written its files.
    """

    request: Request
    done: bool = False

    @property
    def solution_version_arn(self) -> str:
        """The version that recommends."""
        return str(self.request["solutionVersionArn"])

    def belongs_to(self, arn: str, now: datetime) -> bool:  # noqa: ARG002 (the version never changes)
        """Whether `arn` is that of the solution version."""
        return self.solution_version_arn == arn

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """The solution and the filter cannot be deleted while the job runs (?)."""
        used = {self.solution_version_arn.rpartition("/")[0], self.request.get("filterArn")}
        return self.hold(other, now) if other.arn in used else None

    def due(self, now: datetime) -> bool:
        """Whether its time is over and its files are not written yet."""
        return not self.done and self.status(now) == ACTIVE

    def fail(self, reason: str) -> None:
        """End in CREATE FAILED at the time when it would have been ACTIVE."""
        end = self.timeline.phases[-1].since
        self.timeline = Timeline.creating(self.created, (end - self.created).total_seconds(), reason)

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            batchInferenceJobArn=self.arn,
            jobName=self.name,
            solutionVersionArn=self.solution_version_arn,
            batchInferenceJobMode=_MODE,
            failureReason=self.failure(now),
            **self.dates(now),
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        sent = ("jobInput", "jobOutput", "roleArn", "filterArn", "numResults", "batchInferenceJobConfig")
        return self.summary(now) | {name: self.request[name] for name in sent if name in self.request}


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateBatchInferenceJob (rule 193).

    Raises:
        ServiceError: The request is refused, or the simulator has no S3 (`NotImplementedException`).
    """
    if context.write_object is None:
        raise ServiceError(NOT_SIMULATED, "CreateBatchInferenceJob is not simulated without an S3")
    if request.get("batchInferenceJobMode", _MODE) != _MODE:
        raise ServiceError(NOT_SIMULATED, "THEME_GENERATION of CreateBatchInferenceJob is not simulated")
    jobs, now, name = context.account[BatchInferenceJob], context.now, request["jobName"]
    tags = parsed(request.get("tags", ()))
    for member, inner in (("jobInput", "s3DataSource"), ("jobOutput", "s3DataDestination")):
        path = request[member][inner]["path"]
        if not path.startswith("s3://"):
            raise invalid_input(f"{member}.{inner}.path must begin with s3://: got {path!r}")
    _require_supported(context, request)
    arn = context.scope.arn("batch-inference-job", name)
    jobs.require_free(arn, now)
    most = context.setting(BatchInferenceJobLimits).batch_inference_jobs_in_progress
    require_room(context, BatchInferenceJob, most, "batch inference jobs")
    seconds = context.setting(BatchInferenceJobDurations).batch_inference_job
    jobs.add(
        BatchInferenceJob(
            arn=arn,
            name=name,
            created=now,
            timeline=context.creation("batch_inference_job", name, seconds),
            tags=tags,
            request=request,
        )
    )
    return {"batchInferenceJobArn": arn}


def _require_supported(context: Context, request: Request) -> None:
    """Refuse a version that is not ACTIVE, and what its recipe does not have (rules 109 and 158)."""
    now = context.now
    served = version.find(context, request["solutionVersionArn"])
    if served.status(now) != ACTIVE:
        raise invalid_input(f"{served.arn} is {served.status(now)}: a job needs a version that is {ACTIVE}")
    config = request.get("batchInferenceJobConfig", {})
    solution = context.account[Solution].get(served.solution_arn, now)
    recipe = solution.recipe
    if recipe and (recipe.name == "aws-trending-now" or recipe.recipe_type not in _RECIPE_TYPES):
        raise invalid_input(f"{recipe.name} does not support batch inference jobs")
    for member, feature in _CONFIG_OF.items():
        if recipe and member in config and feature not in recipe.supports:
            raise invalid_input(f"{member} is not supported by {recipe.name}")
    exploration.require_in_bounds(config)
    if "filterArn" in request:
        found = context.account[Filter].get(request["filterArn"], now)
        if found.dataset_group_arn != solution.dataset_group_arn:
            raise invalid_input(f"{found.arn} must be in the dataset group {solution.dataset_group_arn}")


KIND = Kind(
    noun="BatchInferenceJob",
    resource=BatchInferenceJob,
    create=create,
    deletable=False,
    list_of="solutionVersionArn",
    arn_type="batch-inference-job",
    new_arn=lambda request: (str(request.get("jobName")),),
    not_limited=frozenset({"CreateBatchInferenceJob", "DescribeBatchInferenceJob", "ListBatchInferenceJobs"}),
    failures=("batch_inference_job",),
    table=Table(
        "Batch inference jobs",
        ("jobName", "status", "solutionVersionArn", "failureReason", "creationDateTime"),
    ),
)
