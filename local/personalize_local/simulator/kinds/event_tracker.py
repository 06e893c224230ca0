"""Event trackers: what PutEvents sends to, one in a dataset group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import already_exists
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import Timeline
from personalize_local.simulator.kinds import dataset_group


@dataclass(kw_only=True)
class EventTracker(Resource):
    """An event tracker. The service makes its ARN from an id, so names need not differ.

    Attributes:
        dataset_group_arn: The group that its events belong to.
        tracking_id: What requests of PutEvents name it by.
        account_id: The account that owns it.
    """

    dataset_group_arn: str
    tracking_id: str
    account_id: str

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return {"name": self.name, "eventTrackerArn": self.arn, **self.dates(now)}

    def describe(self, now: datetime) -> dict[str, object]:
        """The whole description."""
        return self.summary(now) | {
            "accountId": self.account_id,
            "trackingId": self.tracking_id,
            "datasetGroupArn": self.dataset_group_arn,
        }


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateEventTracker; a group that has a tracker gets no other [API CreateEventTracker]."""
    trackers, now = context.account.event_trackers, context.now
    tags = parsed(request.get("tags", ()))
    group = dataset_group.active(context, request["datasetGroupArn"])
    for other in trackers.live(now):
        if other.dataset_group_arn == group.arn:
            raise already_exists(other.arn)
    failure = context.outcomes.failure("event_tracker", request["name"])
    tracker = EventTracker(
        arn=context.scope.arn("event-tracker", context.new_id()),
        name=request["name"],
        created=now,
        timeline=Timeline.creating(now, context.durations.event_tracker, failure),
        tags=tags,
        dataset_group_arn=group.arn,
        tracking_id=context.new_uuid(),
        account_id=context.scope.account,
    )
    trackers.add(tracker)
    return {"eventTrackerArn": tracker.arn, "trackingId": tracker.tracking_id}


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeEventTracker."""
    tracker = context.account.event_trackers.get(request["eventTrackerArn"], context.now)
    return {"eventTracker": tracker.describe(context.now)}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteEventTracker; the events stay with the group [API DeleteEventTracker]."""
    tracker = context.account.event_trackers.get(request["eventTrackerArn"], context.now)
    tracker.delete(context.now, context.durations.delete)
    return {}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListEventTrackers, of all groups or of one."""
    group = request.get("datasetGroupArn")
    chosen = (
        (tracker.key, tracker.summary(context.now))
        for tracker in context.account.event_trackers.live(context.now)
        if group is None or tracker.dataset_group_arn == group
    )
    return listing("eventTrackers", request, chosen, of=group)
