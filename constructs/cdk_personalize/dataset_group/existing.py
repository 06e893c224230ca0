"""Existing dataset groups: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.model.imported import ImportedResource, arn_type
from cdk_personalize.model.names import RESOURCE_NAME


class ExistingDatasetGroup(ImportedResource):
    """A dataset group that this app doesn't define."""

    ARGUMENT = "dataset_group_arn"
    ARN = arn_type(
        "a dataset group",
        f"dataset-group/{RESOURCE_NAME.pattern}",
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:dataset-group/movies; "
        "for a name use DatasetGroup.from_dataset_group_name",
    )

    @property
    def dataset_group_arn(self) -> str:
        """The dataset group's ARN."""
        return self._arn
