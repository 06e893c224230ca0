"""Existing event trackers: created by another stack, by hand or by a script."""

from __future__ import annotations

from aws_cdk import Resource
from constructs import Construct

from cdk_personalize.event_tracker.base import EventTrackerBase
from cdk_personalize.model import value_types
from cdk_personalize.model.findings import InvalidConstructError
from cdk_personalize.model.imported import arn_type
from cdk_personalize.model.value_types import Text
from cdk_personalize.provider.resource import path_of

_ARN = arn_type(
    "an event tracker",
    "event-tracker/.+",
    "an ARN is like arn:aws:personalize:us-east-1:123456789012:event-tracker/0a1b2c3d",
)
_TRACKING_ID = Text(min=1, max=256)


class ExistingEventTracker(Resource, EventTrackerBase):
    """An event tracker that this app doesn't define. It adds nothing to the template.

    Args:
        scope: The construct that refers to it.
        id: Its name among that construct's children.
        event_tracker_arn: Its ARN.
        tracking_id: The id that PutEvents requests name it by.

    Raises:
        InvalidConstructError: The arguments can't refer to an event tracker.
    """

    def __init__(self, scope: Construct, id: str, *, event_tracker_arn: str, tracking_id: str) -> None:
        problems = [
            *value_types.required(_ARN, event_tracker_arn, "event_tracker_arn"),
            *value_types.required(_TRACKING_ID, tracking_id, "tracking_id"),
        ]
        if problems:
            raise InvalidConstructError(path_of(scope, id), problems)
        super().__init__(scope, id, environment_from_arn=event_tracker_arn)
        self._arn = event_tracker_arn
        self._tracking_id = tracking_id

    @property
    def event_tracker_arn(self) -> str:
        """The event tracker's ARN."""
        return self._arn

    @property
    def tracking_id(self) -> str:
        """The id that PutEvents requests name it by."""
        return self._tracking_id
