"""Batch segment jobs: the users with the most affinity for the items of files in S3, written to S3."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.kinds.batch_job import BatchJob, recipe_of, require_paths
from personalize_local.simulator.kinds.job import require_room

_MOST_USERS = 5_000_000


@dataclass(frozen=True)
class BatchSegmentJobDurations:
    """Seconds.

    Attributes:
        batch_segment_job: From CreateBatchSegmentJob to ACTIVE.
    """

    batch_segment_job: float = 60


@dataclass(frozen=True)
class BatchSegmentJobLimits:
    """Quotas.

    Attributes:
        batch_segment_jobs_in_progress: Jobs that are pending or running at once (rule 193).
    """

    batch_segment_jobs_in_progress: int = 5


@dataclass(kw_only=True)
class BatchSegmentJob(BatchJob):
    """A batch segment job."""

    noun: ClassVar[str] = "batchSegmentJob"


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateBatchSegmentJob (rule 193)."""
    jobs, now, name = context.account[BatchSegmentJob], context.now, request["jobName"]
    tags = parsed(request.get("tags", ()))
    require_paths(request)
    recipe = recipe_of(context, request)
    if recipe is None or recipe.recipe_type != "USER_SEGMENTATION":
        raise invalid_input(f"{recipe.name if recipe else 'AutoML'} does not support batch segment jobs")
    if request.get("numResults", 0) > _MOST_USERS:
        raise invalid_input(f"numResults must be {_MOST_USERS} at most: got {request['numResults']}")
    arn = context.scope.arn("batch-segment-job", name)
    jobs.require_free(arn, now)
    most = context.setting(BatchSegmentJobLimits).batch_segment_jobs_in_progress
    require_room(context, BatchSegmentJob, most, "batch segment jobs")
    seconds = context.setting(BatchSegmentJobDurations).batch_segment_job
    jobs.add(
        BatchSegmentJob(
            arn=arn,
            name=name,
            created=now,
            timeline=context.creation("batch_segment_job", name, seconds),
            tags=tags,
            request=request,
        )
    )
    return {"batchSegmentJobArn": arn}


KIND = Kind(
    noun="BatchSegmentJob",
    resource=BatchSegmentJob,
    create=create,
    deletable=False,
    list_of="solutionVersionArn",
    arn_type="batch-segment-job",
    new_arn=lambda request: (str(request.get("jobName")),),
    not_limited=frozenset({"CreateBatchSegmentJob", "DescribeBatchSegmentJob", "ListBatchSegmentJobs"}),
    failures=("batch_segment_job",),
    table=Table(
        "Batch segment jobs",
        ("jobName", "status", "solutionVersionArn", "failureReason", "creationDateTime"),
    ),
)
