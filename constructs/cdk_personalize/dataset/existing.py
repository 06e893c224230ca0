"""Existing datasets: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.dataset.importing import Importing
from cdk_personalize.model.imported import ImportedResource, arn_type
from cdk_personalize.model.names import RESOURCE_NAME


class ExistingDataset(ImportedResource, Importing):
    """A dataset that this app doesn't define."""

    ARGUMENT = "dataset_arn"
    ARN = arn_type(
        "a dataset",
        f"dataset/{RESOURCE_NAME.pattern}/[A-Z_]+",
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:dataset/movies/INTERACTIONS",
    )

    @property
    def dataset_arn(self) -> str:
        """The dataset's ARN."""
        return self._arn
