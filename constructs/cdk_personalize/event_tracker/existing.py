"""Existing event trackers: created by another stack, by hand or by a script."""

from __future__ import annotations

from constructs import Construct

from cdk_personalize.event_tracker.base import EventTrackerBase
from cdk_personalize.model import value_types
from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.model.names import arn_text
from cdk_personalize.model.value_types import Text

_TRACKING_ID = Text(min=1, max=256)


class ExistingEventTracker(ExistingResource, EventTrackerBase):
    """An event tracker that this app doesn't define. It adds nothing to the template."""

    NOUN = "event-tracker"
    ARN = arn_text("an event tracker", "event-tracker/.+", "event-tracker/0a1b2c3d")
    HAS_NAME = False

    def __init__(self, scope: Construct, id: str, arn: str, *, tracking_id: str) -> None:
        super().__init__(scope, id, arn, more=value_types.required(_TRACKING_ID, tracking_id, "tracking_id"))
        self._tracking_id = tracking_id

    @property
    def event_tracker_arn(self) -> str:
        """The event tracker's ARN."""
        return self._arn_of_it()

    @property
    def tracking_id(self) -> str:
        """The id that PutEvents requests name it by."""
        return self._tracking_id
