"""Dataset import jobs: CSV files from S3 become records of a dataset."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.account import Account
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.kind import Kind
from personalize_local.simulator.engine.kind import Table as Columns
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.objects import Location, ObjectsError, StoredObject
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.engine.work import Work, WorkFailedError
from personalize_local.simulator.kinds.dataset.dataset import Dataset
from personalize_local.simulator.kinds.job import Job, require_room
from personalize_local.simulator.kinds.schema import Schema
from personalize_local.simulator.learning import csv_import
from personalize_local.simulator.learning.csv_import import Failure, File
from personalize_local.simulator.learning.table import Field, Table, fields_of


@dataclass(frozen=True)
class ImportJobDurations:
    """Seconds.

    Attributes:
        dataset_import_job: From CreateDatasetImportJob to ACTIVE.
    """

    dataset_import_job: float = 5


@dataclass(frozen=True)
class ImportJobLimits:
    """Quotas.

    Attributes:
        dataset_import_jobs_in_progress: Jobs that are pending or running at once (rule 183).
    """

    dataset_import_jobs_in_progress: int = 5


@dataclass(kw_only=True)
class DatasetImportJob(Job):
    """A dataset import job. Jobs are never deleted; those of a deleted dataset no longer count.

    Attributes:
        dataset_arn: The dataset.
        location: Where the files are.
        role_arn: The role that reads them.
        mode: FULL, which replaces the records of earlier jobs, or INCREMENTAL.
        publishes: Whether metrics of a metric attribution go to S3. It has no effect.
    """

    dataset_arn: str
    location: str
    role_arn: str | None
    mode: str
    publishes: bool | None

    def belongs_to(self, arn: str, now: datetime) -> bool:  # noqa: ARG002 (the dataset never changes)
        """Whether `arn` is that of the dataset."""
        return self.dataset_arn == arn

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """The dataset cannot be deleted while the job runs."""
        return self.hold(other, now) if self.dataset_arn == other.arn else None

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            datasetImportJobArn=self.arn,
            jobName=self.name,
            importMode=self.mode,
            failureReason=self.failure(now),
            **self.dates(now),
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | members(
            datasetArn=self.dataset_arn,
            dataSource={"dataLocation": self.location},
            roleArn=self.role_arn,
            publishAttributionMetricsToS3=self.publishes,
        )


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateDatasetImportJob. The files are read now; their records count when it is ACTIVE."""
    account, now, name = context.account, context.now, request["jobName"]
    dataset = account[Dataset].get(request["datasetArn"], now)
    if dataset.status(now) != ACTIVE:
        raise invalid_input(f"{dataset.arn} is {dataset.status(now)}: wait until it is {ACTIVE}")
    if dataset.schema_arn is None:  # undocumented (?)
        raise invalid_input(f"{dataset.arn} takes the events of PutEvents, and no import")
    location = request["dataSource"].get("dataLocation", "")
    if not location.startswith("s3://"):
        raise invalid_input(f"dataSource.dataLocation must begin with s3://: got {location!r}")
    mode = request.get("importMode", "FULL")
    if mode == "INCREMENTAL" and not tables(account, dataset, now):
        raise invalid_input(f"importMode must be FULL: {dataset.arn} has no bulk records yet")
    tags = parsed(request.get("tags", ()))
    arn = context.scope.arn("dataset-import-job", name)
    account[DatasetImportJob].require_free(arn, now)
    most = context.setting(ImportJobLimits).dataset_import_jobs_in_progress
    require_room(context, DatasetImportJob, most, "dataset import jobs")
    for replaced in _by_use(account, dataset, now)[0]:
        replaced.work = None  # its records take memory, and nothing needs them any more
    seconds = context.setting(ImportJobDurations).dataset_import_job
    job = DatasetImportJob(
        arn=arn,
        name=name,
        created=now,
        timeline=context.creation("dataset_import_job", name, seconds),
        tags=tags,
        dataset_arn=dataset.arn,
        location=location,
        role_arn=request.get("roleArn"),
        mode=mode,
        publishes=request.get("publishAttributionMetricsToS3"),
    )
    account[DatasetImportJob].add(job)
    context.begin(job, _reading(context, job, dataset))
    return {"datasetImportJobArn": arn}


def fields(account: Account, dataset: Dataset, now: datetime) -> tuple[Field, ...]:
    """The fields of a dataset's schema. None for the dataset of events."""
    arn = dataset.schema_at(now)
    return fields_of(account[Schema].get(arn, now).document) if arn else ()


def tables(account: Account, dataset: Dataset, moment: datetime) -> tuple[Table, ...]:
    """The bulk records of a dataset at a moment: of the last FULL job and INCREMENTAL ones after it."""
    _, counting = _by_use(account, dataset, moment)
    results = (job.work.result() for job in counting if job.work)
    return tuple(table for table in results if table is not None)


def _by_use(
    account: Account, dataset: Dataset, moment: datetime
) -> tuple[list[DatasetImportJob], list[DatasetImportJob]]:
    """The finished jobs whose records were replaced at a moment, and those whose records count."""
    finished = [
        job
        for job in account[DatasetImportJob].live(moment)
        if job.dataset_arn == dataset.arn and job.created >= dataset.created and job.status(moment) == ACTIVE
    ]
    finished.sort(key=lambda job: (job.timeline.phase(moment).since, job.key))
    last = max((place for place, job in enumerate(finished) if job.mode == "FULL"), default=0)
    return finished[:last], finished[last:]


def _reading(context: Context, job: DatasetImportJob, dataset: Dataset) -> Work[Table]:
    """Read the files into a table. The objects are looked up now, with the rights that the role has now."""
    wanted = fields(context.account, dataset, context.now)
    objects: Iterable[StoredObject] = ()
    problem: str | None = None
    try:
        objects = context.read_objects(Location.of(job.location), context.scope, job.role_arn)
    except ObjectsError as error:
        problem = str(error)

    def read() -> Table:
        if problem is not None:
            raise WorkFailedError(problem)
        files = (File(one.key, one.chunks()) for one in objects)
        try:
            table = csv_import.read(files, wanted, dataset.dataset_type)
        except ObjectsError as error:
            raise WorkFailedError(str(error)) from error
        if isinstance(table, Failure):
            raise WorkFailedError(table.reason)
        return table

    return Work(read, context.executor)


KIND = Kind(
    noun="DatasetImportJob",
    resource=DatasetImportJob,
    create=create,
    deletable=False,
    list_of="datasetArn",
    arn_type="dataset-import-job",
    new_arn=lambda request: (str(request.get("jobName")),),
    failures=("dataset_import_job",),
    table=Columns(
        "Dataset import jobs",
        ("jobName", "status", "importMode", "datasetArn", "failureReason", "creationDateTime"),
    ),
)
