"""What CloudFormation does with the responses of a custom resource. Pure: no calls, no state.

After a failed create, CloudFormation deletes the physical id in the response. A failed update that responds
with the old id is reverted by a reverse update. If it responds with a new id, CloudFormation keeps the old
resource and deletes the new id. After a successful update with a new id, the old id is deleted.

`stack_engine` applies these rules to whole stacks in virtual time, and the fault matrix to one resource.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Properties = Mapping[str, Any]
Reason = Literal["create", "update", "delete", "rollback", "clean-up"]


RESOURCE_TYPE = "Custom::PersonalizeSolution"
"""The type of custom resources in the stacks."""

TYPE = "Type"
"""Beside the properties of a resource of another type: that type."""


@dataclass(frozen=True)
class Resource:
    """A resource as CloudFormation knows it: its id, the properties it was made from, and its attributes."""

    physical_id: str
    properties: Properties
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """A request from CloudFormation.

    Attributes:
        reason: Why CloudFormation sends it.
        type: The request's type.
        status: The stack's status meanwhile.
        physical_id: The physical id; empty in a Create.
        properties: The new properties, or those of the resource to delete.
        old_properties: In an Update, the properties before.
    """

    reason: Reason
    type: Literal["Create", "Update", "Delete"]
    status: str
    physical_id: str
    properties: Properties = field(hash=False)
    old_properties: Properties = field(default_factory=dict, hash=False)

    def body(self, stack_id: str, logical_id: str) -> dict[str, Any]:
        """The event as the provider receives it, without a request id and response URL."""
        body: dict[str, Any] = {
            "RequestType": self.type,
            "ResourceType": self.properties.get(TYPE, RESOURCE_TYPE),
            "StackId": stack_id,
            "LogicalResourceId": logical_id,
            "ServiceToken": self.properties["ServiceToken"],
            "ResourceProperties": _sent(self.properties),
        }
        if self.type != "Create":
            body["PhysicalResourceId"] = self.physical_id
        if self.type == "Update":
            body["OldResourceProperties"] = _sent(self.old_properties)
        return body


@dataclass(frozen=True)
class Answer:
    """A final response.

    Attributes:
        succeeded: Whether its status is SUCCESS.
        physical_id: The physical id; empty if no response came, or only the framework's own marker, whose
            Delete the framework drops.
        reason: Why it failed.
        data: The attributes.
    """

    succeeded: bool
    physical_id: str = ""
    reason: str = ""
    data: Mapping[str, str] = field(default_factory=dict)


def create(properties: Properties) -> Event:
    """The resource is new in the template."""
    return Event("create", "Create", "CREATE_IN_PROGRESS", "", properties)


def update(current: Resource, properties: Properties) -> Event:
    """Its properties have changed."""
    ids = (current.physical_id, properties, current.properties)
    return Event("update", "Update", "UPDATE_IN_PROGRESS", *ids)


def delete(current: Resource) -> Event:
    """The stack is deleted."""
    return Event("delete", "Delete", "DELETE_IN_PROGRESS", current.physical_id, current.properties)


def reverse_update(physical_id: str, wanted: Properties, reverted: Properties) -> Event:
    """An update, finished or not, is reverted."""
    return Event("rollback", "Update", "UPDATE_ROLLBACK_IN_PROGRESS", physical_id, wanted, reverted)


def reversal(event: Event, answer: Answer | None) -> Event:
    """What a rollback sends for an update that succeeded, failed, or got no response."""
    if answer and answer.physical_id and answer.physical_id != event.physical_id:
        return _clean_up("UPDATE_ROLLBACK_COMPLETE", answer.physical_id, event.properties)
    return reverse_update(event.physical_id, event.old_properties, event.properties)


def reaction(event: Event, answer: Answer) -> Event | None:
    """What CloudFormation sends next for a single resource; None if nothing, or if it gives up."""
    moved = answer.physical_id != event.physical_id
    match event.reason, answer.succeeded:
        case "create", False if answer.physical_id:
            return Event("rollback", "Delete", "ROLLBACK_IN_PROGRESS", answer.physical_id, event.properties)
        case "update", True if moved:
            return _clean_up("UPDATE_COMPLETE", event.physical_id, event.old_properties)
        case "update", False:
            return reversal(event, answer)
        case "rollback", True if moved and event.type == "Update":
            return _clean_up("UPDATE_ROLLBACK_COMPLETE", event.physical_id, event.old_properties)
    return None


def owned(before: Resource | None, event: Event, answer: Answer) -> Resource | None:
    """What the stack owns after a response, given what it owned before."""
    if event.type == "Delete":
        is_gone = answer.succeeded and before is not None and before.physical_id == event.physical_id
        return None if is_gone else before
    return Resource(answer.physical_id, event.properties) if answer.succeeded else before


def told_properties(body: Mapping[str, Any]) -> str:
    """The properties in the stack's event of a request. Unlike there, a scalar may be of any type."""
    loaded = {"true": True, "false": False}
    properties = body["ResourceProperties"].items()
    return json.dumps({k: loaded.get(v, v) if isinstance(v, str) else v for k, v in properties})


def _sent(properties: Properties) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != TYPE}


def _clean_up(status: str, physical_id: str, properties: Properties) -> Event:
    return Event("clean-up", "Delete", f"{status}_CLEANUP_IN_PROGRESS", physical_id, properties)
