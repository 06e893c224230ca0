"""What every dataset group offers."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import IResource


class IDatasetGroup(IResource, Protocol):
    """A dataset group, for type hints: implement it in your own construct for dataset groups.

    The native `CfnDatasetGroup` does not implement it. Constructs take that as well, as the CDK's own
    `IDatasetGroupRef`.
    """

    @property
    def dataset_group_arn(self) -> str:
        """The dataset group's ARN."""
        ...
