"""Batch inference jobs: recommendations for the users or items of files in S3, written to S3."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import NOT_SIMULATED, ServiceError, invalid_input
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.kinds import exploration
from personalize_local.simulator.kinds.batch_job import BatchJob, recipe_of, require_paths
from personalize_local.simulator.kinds.job import require_room

_RECIPE_TYPES = frozenset({"USER_PERSONALIZATION", "RELATED_ITEMS", "PERSONALIZED_RANKING", "POPULAR_ITEMS"})
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
class BatchInferenceJob(BatchJob):
    """A batch inference job."""

    noun: ClassVar[str] = "batchInferenceJob"

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return super().summary(now) | {"batchInferenceJobMode": _MODE}

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        config = self.request.get("batchInferenceJobConfig")
        return super().describe(now) | ({} if config is None else {"batchInferenceJobConfig": config})


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateBatchInferenceJob (rule 193)."""
    jobs, now, name = context.account[BatchInferenceJob], context.now, request["jobName"]
    if request.get("batchInferenceJobMode", _MODE) != _MODE:
        raise ServiceError(NOT_SIMULATED, "THEME_GENERATION of CreateBatchInferenceJob is not simulated")
    tags = parsed(request.get("tags", ()))
    require_paths(request)
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
    config, recipe = request.get("batchInferenceJobConfig", {}), recipe_of(context, request)
    if recipe and (recipe.name == "aws-trending-now" or recipe.recipe_type not in _RECIPE_TYPES):
        raise invalid_input(f"{recipe.name} does not support batch inference jobs")
    exploration.require_supported(recipe, config)


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
