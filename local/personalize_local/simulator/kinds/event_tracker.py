"""Event trackers: the targets of PutEvents, one in a dataset group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import already_exists
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.kinds import dataset_group
from personalize_local.simulator.kinds.dataset import event_interactions
from personalize_local.simulator.kinds.dataset_group import InDatasetGroup


@dataclass(frozen=True)
class EventTrackerDurations:
    """Seconds.

    Attributes:
        event_tracker: From CreateEventTracker to ACTIVE.
    """

    event_tracker: float = 1


@dataclass(kw_only=True)
class EventTracker(InDatasetGroup):
    """An event tracker. Its ARN contains an id, so names need not be unique.

    Its events are in a dataset of the group, which stays when the tracker is deleted (rule 168).

    Attributes:
        tracking_id: The id of the tracker in PutEvents requests.
        account_id: The account that owns it.
    """

    tracking_id: str
    account_id: str

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return {"name": self.name, "eventTrackerArn": self.arn, **self.dates(now)}

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | {
            "accountId": self.account_id,
            "trackingId": self.tracking_id,
            "datasetGroupArn": self.dataset_group_arn,
        }

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """The dataset of its events cannot be deleted either (?)."""
        if event_interactions.is_of(other, self.dataset_group_arn):
            return f"{other.arn} is used by {self.arn}: delete that event tracker first"
        return super().blocks(other, now)

    def state(self, now: datetime) -> dict[str, object]:
        """The description, with what no operation returns."""
        return super().state(now) | {"failureReason": self.failure(now)}


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateEventTracker. A group can have one tracker [API CreateEventTracker].

    It makes the dataset of the group's events, too (rule 168).
    """
    trackers, now = context.account[EventTracker], context.now
    tags = parsed(request.get("tags", ()))
    group = dataset_group.active(context, request["datasetGroupArn"])
    for other in trackers.live(now):
        if other.dataset_group_arn == group.arn:
            raise already_exists(other.arn)
    seconds = context.setting(EventTrackerDurations).event_tracker
    event_interactions.ensure(context, group, seconds)
    tracker = EventTracker(
        arn=context.scope.arn("event-tracker", context.new_id()),
        name=request["name"],
        created=now,
        timeline=context.creation("event_tracker", request["name"], seconds),
        tags=tags,
        dataset_group_arn=group.arn,
        tracking_id=context.new_uuid(),
        account_id=context.scope.account,
    )
    trackers.add(tracker)
    return {"eventTrackerArn": tracker.arn, "trackingId": tracker.tracking_id}


KIND = Kind(
    noun="EventTracker",
    resource=EventTracker,
    create=create,
    list_of="datasetGroupArn",
    arn_type="event-tracker",
    new_arn=lambda _: ("*",),
    failures=("event_tracker",),
    table=Table(
        "Event trackers",
        ("name", "status", "trackingId", "datasetGroupArn", "failureReason", "creationDateTime"),
    ),
)
