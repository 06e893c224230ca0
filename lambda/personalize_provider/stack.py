"""What the stack that a request belongs to is doing, and what it has asked for.

After a cancelled deploy CloudFormation no longer listens, but the waiter of the provider framework
polls on (aws/aws-cdk 31541). A request that would still act then would undo the rollback. So the
first event of a request records what the stack was doing, and nothing is changed unless it still is.

An Update that was sent a moment before the rollback may be read when that has begun. What it asks for is told
from the rollback's own Update by the stack's events, which name the properties of each.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from personalize_provider.request import RequestType
from personalize_provider.sdk import CloudFormation


@dataclass(frozen=True)
class StackState:
    """What tells one operation on a stack from the next.

    Attributes:
        status: For example `UPDATE_IN_PROGRESS`.
        last_updated: When the last update of the stack began, ISO 8601; empty before the first.
    """

    status: str
    last_updated: str = ""

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
        return bool(self.last_updated) and datetime.fromisoformat(self.last_updated).timestamp() >= moment

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


def rollback_updates(
    client: CloudFormation, stack_id: str, logical_id: str
) -> list[Mapping[str, Any]] | None:
    """The Updates that the rollback under way has sent to a resource, as their properties, the newest first.

    Returns:
        None as long as the stack's events don't show the rollback. Empty properties where an event has none,
        or none that can be read.
    """
    updates: list[Mapping[str, Any]] = []
    for event in _events(client, stack_id):
        match event:
            case {"ResourceStatus": "UPDATE_IN_PROGRESS", "LogicalResourceId": name} if name == logical_id:
                updates.append(_properties(event))
            case {"ResourceStatus": "UPDATE_ROLLBACK_IN_PROGRESS", "PhysicalResourceId": name} if (
                name == stack_id
            ):
                return updates
    return None


def _properties(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties in an event; none where there are none, or where long ones are cut."""
    try:
        properties = json.loads(event.get("ResourceProperties") or "{}")
    except ValueError:
        return {}
    return properties if isinstance(properties, dict) else {}


def _events(client: CloudFormation, stack_id: str) -> Iterator[Mapping[str, Any]]:
    """The stack's events, the newest first."""
    request = {"StackName": stack_id}
    while True:
        page = client.describe_stack_events(**request)
        yield from page["StackEvents"]
        if not page.get("NextToken"):
            return
        request["NextToken"] = page["NextToken"]
