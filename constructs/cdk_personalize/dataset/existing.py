"""Existing datasets: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.dataset.importing import Importing
from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.model.names import RESOURCE_NAME, arn_text


class ExistingDataset(ExistingResource, Importing):
    """A dataset that this app doesn't define. It adds nothing to the template."""

    NOUN = "dataset"
    ARN = arn_text("a dataset", rf"dataset/{RESOURCE_NAME.pattern}/[A-Z_]+", "dataset/movies/INTERACTIONS")
    HAS_NAME = False

    @property
    def dataset_arn(self) -> str:
        """The dataset's ARN."""
        return self._arn_of_it()
