"""What the stack that a request belongs to is doing, and what it has asked for.

After a cancelled deploy CloudFormation no longer listens, but the waiter of the provider framework
polls on (aws/aws-cdk 31541). A request that would still act then would undo the rollback. So the
first event of a request records what the stack was doing, and nothing is changed unless it still is.

An Update that was sent a moment before the rollback may be read when that has begun. What it asks for is told
from the rollback's own Update by the stack's events, which name the properties of each. That all of these
readings may be old is what `stack_watch` is about.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from personalize_provider.aws.reading import pages
from personalize_provider.aws.sdk import CloudFormation
from personalize_provider.engine.request import RequestType

# What sends which request. AWS documents it of no status, so what sends none for long is believed.
_SENDERS: Mapping[RequestType, frozenset[str]] = {
    "Create": frozenset({"CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS"}),
    "Update": frozenset({"UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"}),
    "Delete": frozenset(
        {
            "DELETE_IN_PROGRESS",
            "ROLLBACK_IN_PROGRESS",
            "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
            "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
        }
    ),
}


@dataclass(frozen=True)
class StackState:
    """What tells one operation on a stack from the next.

    Attributes:
        status: For example `UPDATE_IN_PROGRESS`.
        last_updated: When the last update of the stack began, ISO 8601; empty before the first.
    """

    status: str
    last_updated: str = ""

    def sends(self, request_type: RequestType) -> bool:
        """Whether such a request is one of those that CloudFormation sends in this status."""
        return self.status in _SENDERS[request_type]

    def is_beyond(self, request_type: RequestType) -> bool:
        """Whether the stack will send no such request any more."""
        if request_type == "Delete":
            return False
        return self.status.startswith("DELETE") or (
            request_type == "Create" and self.status.startswith("ROLLBACK")
        )

    def is_after(self, other: StackState) -> bool:
        """Whether the stack has had this state later than another one; False where that can't be told."""
        if self.last_updated != other.last_updated:
            return self._updated_at > other._updated_at
        return self._stage > other._stage

    def may_ask_for(self, request_type: RequestType) -> bool:
        """Whether such a request can be the stack's, or is one that comes late.

        A stack that is at rest or that is being deleted creates and updates nothing, and a rollback creates
        nothing.
        """
        if request_type == "Delete":
            return True
        at_work = self.status.endswith("_IN_PROGRESS") and not self.status.startswith("DELETE")
        return at_work and not (request_type == "Create" and self.is_rolling_back)

    def has_begun_since(self, moment: float) -> bool:
        """Whether the last update began at or after a moment, given in seconds since the epoch."""
        return self._updated_at >= moment

    @property
    def _updated_at(self) -> float:
        return -math.inf if self.began is None else self.began

    @property
    def _stage(self) -> int:
        """How far the operation is; no operation returns to an earlier stage."""
        return 2 if self.status.startswith("DELETE") else int(self.is_rolling_back)

    def __str__(self) -> str:
        """As messages name it."""
        return f"{self.status} ({self.last_updated})" if self.last_updated else self.status

    @property
    def began(self) -> float | None:
        """When the last update began, seconds since the epoch; None before the first."""
        return datetime.fromisoformat(self.last_updated).timestamp() if self.last_updated else None

    @property
    def is_rolling_back(self) -> bool:
        """Whether what the stack has just made is being undone."""
        return "ROLLBACK" in self.status

    @classmethod
    def read(cls, client: CloudFormation, stack_id: str) -> StackState:
        """Ask CloudFormation."""
        stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
        updated = stack.get("LastUpdatedTime")
        return cls(stack["StackStatus"], updated.isoformat() if updated else "")

    def to_event(self) -> dict[str, str]:
        """As it travels in the provider framework's event."""
        return asdict(self)


UNKNOWN = StackState("UNKNOWN")
"""Where CloudFormation refuses to say what the stack is doing."""


def rollback_updates(
    read_page: Callable[[dict[str, str]], Mapping[str, Any]], stack_id: str, logical_id: str
) -> list[Mapping[str, Any]] | None:
    """The Updates that the rollback under way has sent to a resource, as their properties, the newest first.

    Args:
        read_page: Answers a DescribeStackEvents request.
        stack_id: The stack's ARN.
        logical_id: The resource's logical id.

    Returns:
        None as long as the stack's events don't show the rollback. Empty properties where an event has none,
        or none that can be read.
    """
    updates: list[Mapping[str, Any]] = []
    for event in _events(read_page, stack_id):
        match event:
            case {"ResourceStatus": "UPDATE_IN_PROGRESS", "LogicalResourceId": name} if name == logical_id:
                updates.append(_properties(event))
            case {"ResourceStatus": "UPDATE_ROLLBACK_IN_PROGRESS", "PhysicalResourceId": name} if (
                name == stack_id
            ):
                return updates
            case {"ResourceStatus": "UPDATE_IN_PROGRESS", "PhysicalResourceId": name} if name == stack_id:
                return None  # where the update began: an older rollback is of another one
    return None


def _properties(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties in an event; none where there are none, or where long ones are cut."""
    try:
        properties = json.loads(event.get("ResourceProperties") or "{}")
    except ValueError:
        return {}
    return properties if isinstance(properties, dict) else {}


def _events(
    read_page: Callable[[dict[str, str]], Mapping[str, Any]], stack_id: str
) -> Iterator[Mapping[str, Any]]:
    """The stack's events, the newest first."""
    for page in pages(lambda **request: read_page(request), {"StackName": stack_id}, "NextToken"):
        yield from page["StackEvents"]
