"""Events of users: PutEvents."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_local.simulator.data_plane.records import properties
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.dataset import event_interactions
from personalize_local.simulator.kinds.event_tracker import EventTracker


def put_events(context: Context, request: Request) -> dict[str, object]:
    """Answer PutEvents: store the events in the tracker's dataset group, in their order.

    An event is stored as it was sent, with its session and its user, if any. Its properties are parsed.
    """
    account, now = context.account, context.now
    tracker = next(
        (t for t in account[EventTracker].live(now) if t.tracking_id == request["trackingId"]), None
    )
    # The operation has no other error [API UBS_PutEvents].
    if tracker is None or tracker.status(now) != ACTIVE:
        raise invalid_input(
            f"trackingId must belong to an {ACTIVE} event tracker: got {request['trackingId']}"
        )
    sender = {name: request[name] for name in ("userId", "sessionId") if name in request}
    events = [
        sender | event | ({"properties": properties(event["properties"])} if "properties" in event else {})
        for event in request["eventList"]
    ]
    event_interactions.events(context, tracker.dataset_group_arn).extend(events)
    return {}


OPERATIONS: Mapping[str, Operation] = {"PutEvents": put_events}
