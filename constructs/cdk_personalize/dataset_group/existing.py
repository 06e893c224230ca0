"""Existing dataset groups: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.model.names import RESOURCE_NAME, arn_text


class ExistingDatasetGroup(ExistingResource):
    """A dataset group that this app doesn't define. It adds nothing to the template."""

    NOUN = "dataset-group"
    ARN = arn_text(
        "a dataset group",
        f"dataset-group/{RESOURCE_NAME.pattern}",
        "dataset-group/movies",
        "for a name use DatasetGroup.from_dataset_group_name",
    )

    @property
    def dataset_group_arn(self) -> str:
        """The dataset group's ARN."""
        return self._arn_of_it()
