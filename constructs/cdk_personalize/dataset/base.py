"""What every dataset offers, defined in a stack or imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from aws_cdk import IResource

if TYPE_CHECKING:
    from aws_cdk import aws_iam as iam
    from aws_cdk import aws_s3 as s3


class IDataset(IResource, Protocol):
    """A dataset, defined in a stack or imported, for type hints.

    Get one from `Dataset(...)` or `Dataset.from_dataset_arn`.
    """

    @property
    def dataset_arn(self) -> str:
        """The dataset's ARN."""
        ...

    def grant_import(
        self, bucket: s3.IBucket, prefix: str = "", *, role: iam.IRole | None = None
    ) -> iam.IRole:
        """Allow the service to import the dataset's data from a bucket."""
        ...
