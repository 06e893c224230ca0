"""The hidden dataset of streamed events, which must not outlive its dataset group (rule 168)."""

from __future__ import annotations

from aws_cdk import Resource
from constructs import Construct

from cdk_personalize.dataset_group.kind import EVENT_INTERACTIONS
from cdk_personalize.provider.base import IPersonalizeProvider
from cdk_personalize.provider.resource import custom_resource


class EventInteractions(Resource):
    """Delete the EVENT_INTERACTIONS dataset of a dataset group before the dataset group.

    The service creates that dataset with an event tracker, and keeps it when the event tracker is deleted.
    As long as it exists, the dataset group can't be deleted. Creating this resource does nothing.

    Args:
        scope: The dataset group's construct.
        id: The construct's id in that scope.
        dataset_group_arn: The dataset group's ARN.
        provider: The provider that deletes the dataset.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group_arn: str,
        provider: IPersonalizeProvider,
    ) -> None:
        super().__init__(scope, id)
        # No tags: there is nothing to tag before the first event tracker.
        custom_resource(self, EVENT_INTERACTIONS, {"datasetGroupArn": dataset_group_arn}, provider)
