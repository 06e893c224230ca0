"""What a run does besides training: imports, approval and bake."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_s3 as s3
    from aws_cdk import aws_sns as sns

    from cdk_personalize.dataset.base import IDataset

_DAY = 24 * 3600


def seconds(duration: Duration | None) -> int:
    """A duration in whole seconds; None is a day, the default of every timeout of a pipeline."""
    return _DAY if duration is None else int(duration.to_seconds())


class ImportMode(Enum):
    """What an import does with the data that is there already."""

    FULL = "FULL"
    """Replace what earlier imports brought. Events that were sent to a tracker stay (rule 183)."""
    INCREMENTAL = "INCREMENTAL"
    """Add to it: at most 1 GB, and never as the first import of a dataset (rule 183)."""


@dataclass(frozen=True)
class DatasetImport:
    """Files in S3 that each run imports before it trains.

    The service reads the files of the folder's first level only. It needs at least 1,000 interactions in
    each import of an Interactions dataset (rule 183). The pipeline calls `dataset.grant_import`, for the two
    permissions that the service needs (rule 184).

    Attributes:
        dataset: The dataset. For one of another stack use `Dataset.from_dataset_arn`.
        bucket: The bucket with the files.
        prefix: The folder, or the key of one file.
        mode: What happens to the data that is there already.
        role: The role with which the service reads the files. None for one of the dataset's own.
    """

    dataset: IDataset
    bucket: s3.IBucket
    prefix: str
    mode: ImportMode = ImportMode.FULL
    role: iam.IRole | None = None

    @property
    def key_prefix(self) -> str:
        """What the keys of the files begin with."""
        return self.prefix.lstrip("/")


@dataclass(frozen=True)
class Approval:
    """A person's approval of each version before it is promoted.

    The run publishes a message with a task token and waits. `docs/pipeline.md` has the two commands that
    answer it. No answer in time is a rejection.

    Attributes:
        topic: The topic that the message goes to.
        timeout: How long to wait. None for a day.
    """

    topic: sns.ITopic
    timeout: Duration | None = None


@dataclass(frozen=True)
class Bake:
    """A time after a promotion in which an alarm brings the previous version back.

    The first version of a campaign has nothing to go back to, so it is not watched.

    Attributes:
        duration: How long to watch.
        alarms: The alarms.
    """

    duration: Duration
    alarms: Sequence[cloudwatch.IAlarm]
