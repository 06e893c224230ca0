"""What CloudFormation says about a request's stack: its state, the Updates that it sent, and its resources.

After a canceled deploy CloudFormation no longer listens, but the waiter of the provider framework keeps
polling (aws/aws-cdk 31541). A request that still acted then would undo the rollback. So the first event of a
request records what the stack was doing, and later events change nothing unless the stack is still doing it.

An Update that was sent a moment before the rollback can arrive after the rollback has begun. The stack's
events tell it from the rollback's own Update: they have the properties of each. `stack_watch` handles
readings that are out of date.
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

# Which status sends which request. AWS doesn't document this, so only a status that stays the same is
# trusted.
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
    """The state of a stack, which differs between any two operations on it.

    Attributes:
        status: For example `UPDATE_IN_PROGRESS`.
        last_updated: When the last update of the stack began (ISO 8601); empty before the first.
    """

    status: str
    last_updated: str = ""

    def sends(self, request_type: RequestType) -> bool:
        """Whether CloudFormation sends such a request in this status."""
        return self.status in _SENDERS[request_type]

    def is_beyond(self, request_type: RequestType) -> bool:
        """Whether the stack will send no such request any more."""
        if request_type == "Delete":
            return False
        return self.status.startswith("DELETE") or (
            request_type == "Create" and self.status.startswith("ROLLBACK")
        )

    def is_after(self, other: StackState) -> bool:
        """Whether this state is later than another one; False if that can't be determined."""
        if self.last_updated != other.last_updated:
            return self._updated_at > other._updated_at
        return self._stage > other._stage

    def may_ask_for(self, request_type: RequestType) -> bool:
        """Whether the stack can want such a request, rather than an operation that is over.

        A stack that is idle or being deleted creates and updates nothing, and a rollback creates nothing.
        """
        if request_type == "Delete":
            return True
        at_work = self.status.endswith("_IN_PROGRESS") and not self.status.startswith("DELETE")
        return at_work and not (request_type == "Create" and self.is_rolling_back)

    def has_begun_since(self, moment: float) -> bool:
        """Whether the last update began at or after a moment, in seconds since the epoch."""
        return self._updated_at >= moment

    @property
    def _updated_at(self) -> float:
        return -math.inf if self.began is None else self.began

    @property
    def _stage(self) -> int:
        """The stage of the operation; no operation returns to an earlier stage."""
        return 2 if self.status.startswith("DELETE") else int(self.is_rolling_back)

    def __str__(self) -> str:
        """The state in messages."""
        return f"{self.status} ({self.last_updated})" if self.last_updated else self.status

    @property
    def began(self) -> float | None:
        """When the last update began, in seconds since the epoch; None before the first."""
        return datetime.fromisoformat(self.last_updated).timestamp() if self.last_updated else None

    @property
    def is_rolling_back(self) -> bool:
        """Whether the stack undoes what it has just made."""
        return "ROLLBACK" in self.status

    @property
    def may_roll_back(self) -> bool:
        """Whether the stack rolls back, or CloudFormation refused to say what it is doing."""
        return self.is_rolling_back or self == UNKNOWN

    @classmethod
    def read(cls, client: CloudFormation, stack_id: str) -> StackState:
        """Ask CloudFormation."""
        stack = client.describe_stacks(StackName=stack_id)["Stacks"][0]
        updated = stack.get("LastUpdatedTime")
        return cls(stack["StackStatus"], updated.isoformat() if updated else "")

    def to_event(self) -> dict[str, str]:
        """The value in the provider framework's event."""
        return asdict(self)


_SAME_MOMENT_SECONDS = 1.0  # LastUpdatedTime and the event of the same update can differ a little

UNKNOWN = StackState("UNKNOWN")
"""CloudFormation refused to say what the stack is doing."""


def rollback_updates(
    read_page: Callable[[dict[str, str]], Mapping[str, Any]],
    stack_id: str,
    logical_id: str,
    began: float | None = None,
) -> list[Mapping[str, Any]] | None:
    """The properties of the Updates that the current rollback has sent to a resource, the newest first.

    Args:
        read_page: Answers a DescribeStackEvents request.
        stack_id: The stack's ARN.
        logical_id: The resource's logical id.
        began: When the update began that is rolled back, in seconds since the epoch. Default: - not known.

    Returns:
        None as long as the stack's events don't show the rollback; an empty list if they show that it is
        over. Empty properties if an event has none, or none that can be parsed.
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
                # Here an update began: an older rollback belongs to an update before that.
                return [] if _is_after(event, began) else None
    return None


def _is_after(event: Mapping[str, Any], began: float | None) -> bool:
    """Whether an event is of a later update than the one that began at a moment."""
    at = event.get("Timestamp")
    if began is None or not isinstance(at, datetime):
        return False
    return at.timestamp() > began + _SAME_MOMENT_SECONDS


def is_named_elsewhere(
    client: CloudFormation, stack_id: str, logical_id: str, physical_id: str, tagged: str
) -> bool:
    """Whether another resource of the stack has a physical id, or may get it.

    A logical id can change while the physical id stays: CloudFormation sends no request for a stack
    refactoring, which `cdk refactor` uses. The tags then name a logical id that the stack may no longer have.
    A resource that is being created has no physical id yet, and a retained one that was removed from the
    stack no longer has one.

    Args:
        client: Calls CloudFormation.
        stack_id: ARN of the stack.
        logical_id: The resource that asks.
        physical_id: The id.
        tagged: The logical id in the tags of what has that id.
    """
    return any(
        resource.get("PhysicalResourceId") == physical_id
        or (
            resource.get("LogicalResourceId") == tagged
            and resource.get("ResourceStatus") == "CREATE_IN_PROGRESS"
        )
        for page in pages(client.list_stack_resources, {"StackName": stack_id}, "NextToken")
        for resource in page["StackResourceSummaries"]
        if resource.get("LogicalResourceId") != logical_id
        and resource.get("ResourceStatus") not in {"DELETE_COMPLETE", "DELETE_SKIPPED"}
    )


def _properties(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties in an event; empty if it has none, or if they are long and cut off."""
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
