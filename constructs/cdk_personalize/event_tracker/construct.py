"""The `EventTracker` construct."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aws_cdk import CfnResource, Stack
from constructs import Construct

from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.dataset_group.members import MEMBERS
from cdk_personalize.event_tracker.base import EventTrackerBase, IEventTracker
from cdk_personalize.event_tracker.existing import ExistingEventTracker
from cdk_personalize.model import value_types
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import Doubt, Problem, refusal
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.native import NativeResource
from cdk_personalize.model.places import doubts

if TYPE_CHECKING:
    from aws_cdk.interfaces.aws_personalize import IDatasetGroupRef

    from cdk_personalize.dataset_group.base import IDatasetGroup


class EventTracker(NativeResource, EventTrackerBase):
    """Define the event tracker of a dataset group, for sending events with PutEvents.

    A dataset group has at most one (rule 166): a second one in the app is an error.

    Updated in place: tags.

    Replaced when the dataset group changes. A replacement in the same dataset group fails, because
    CloudFormation creates the new event tracker before it deletes the old one (rule 167). So the logical id
    depends on the dataset group only, and you can rename or move the construct within its stack. To change
    `event_tracker_name`, remove the construct in one deploy, and add it with the new name in the next. That
    gives it a new tracking id.

    Deleted: the events stay in the dataset group. `DatasetGroup` deletes them with itself (rule 168).

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        dataset_group: The dataset group that gets the events: an ARN, a token, an `IDatasetGroup`, or a
            native `CfnDatasetGroup`.
        event_tracker_name: 1 to 63 letters, digits, - or _. It need not be unique. Don't change it once the
            event tracker is deployed. Default: "events".

    Raises:
        InvalidConstructError: The service would reject the arguments, or the dataset group has another event
            tracker in this app.
    """

    KIND = Kind(name="event tracker", resource_type="AWS::Personalize::EventTracker")

    @classmethod
    def from_event_tracker_attributes(
        cls, scope: Construct, id: str, *, event_tracker_arn: str, tracking_id: str
    ) -> IEventTracker:
        """Refer to an existing event tracker. It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            event_tracker_arn: Its ARN, or a token.
            tracking_id: The id that CreateEventTracker returned, or a token.

        Raises:
            InvalidConstructError: It is not the ARN of an event tracker.
        """
        return ExistingEventTracker(scope, id, event_tracker_arn, tracking_id=tracking_id)

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        dataset_group: str | IDatasetGroup | IDatasetGroupRef,
        event_tracker_name: str = "events",
    ) -> None:
        problems = [
            *value_types.required(DatasetGroupArn(), dataset_group, "dataset_group"),
            *value_types.required(RESOURCE_NAME, event_tracker_name, "event_tracker_name"),
        ]
        others = [] if problems else MEMBERS.of(scope, dataset_group, self.KIND.name)
        problems += [_second(other) for other in others]
        if error := refusal(scope, id, problems):
            raise error
        super().__init__(scope, id)
        arn = DatasetGroupArn().wire(dataset_group)
        self._define({"Name": event_tracker_name, "DatasetGroupArn": arn})
        self._resource.override_logical_id(f"EventTracker{_digest(Stack.of(self).resolve(arn))}")
        MEMBERS.add(scope, self, dataset_group, self.KIND.name)
        for group in MEMBERS.of(scope, dataset_group, "dataset group"):
            self.node.add_dependency(group.event_interactions)
        annotate(self, [*_left_behind(dataset_group), *doubts(scope, [("dataset_group", arn)])])

    @property
    def event_tracker_arn(self) -> str:
        """The event tracker's ARN."""
        return self._attribute("EventTrackerArn")

    @property
    def tracking_id(self) -> str:
        """The id that PutEvents requests name it by."""
        return self._attribute("TrackingId")


def _second(other: Construct) -> Problem:
    return Problem(
        argument="dataset_group",
        value=other.node.path,
        rule="must have no other event tracker: the service allows one in a dataset group",
        fix="use that one in place of this one",
    )


def _left_behind(dataset_group: object) -> Iterator[Doubt]:
    if isinstance(dataset_group, CfnResource):
        yield Doubt(
            id="event-interactions",
            argument="dataset_group",
            value=dataset_group.node.path,
            rule="should be a DatasetGroup: the service keeps the events in a hidden dataset, and"
            " CloudFormation can't delete a native dataset group while that exists",
            fix="use DatasetGroup, or call DeleteDataset for EVENT_INTERACTIONS before you delete the stack",
        )


def _digest(dataset_group: object) -> str:
    """Eight hexadecimal digits for a dataset group as the template refers to it."""
    text = json.dumps(dataset_group, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper()
