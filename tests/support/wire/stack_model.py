"""What CloudFormation does with the final answers of a custom resource. Pure: no calls, no state.

After a failed create it deletes the id that was answered. A failed update that answers with the old id
is taken back with a reverse update; one that answers with a new id keeps the old resource, and the new
id is deleted. After an update that answers with a new id the old one is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reason = Literal["create", "update", "delete", "rollback", "clean-up"]


@dataclass(frozen=True)
class Version:
    """A resource as CloudFormation knows it: its physical id and the properties it was made from."""

    id: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Event:
    """What CloudFormation asks of the provider.

    Attributes:
        reason: Why.
        type: The request's type.
        status: What the stack is doing meanwhile.
        physical_id: Of the resource that it is about; empty in a Create.
        properties: The properties wanted, or those of what is to be deleted.
        old_properties: In an Update, those before.
    """

    reason: Reason
    type: Literal["Create", "Update", "Delete"]
    status: str
    physical_id: str
    properties: Mapping[str, Any] = field(hash=False)
    old_properties: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Answer:
    """A final answer.

    Attributes:
        succeeded: SUCCESS, or FAILED.
        physical_id: Empty where the framework answered with its own marker, whose Delete it swallows.
        reason: Why it failed.
    """

    succeeded: bool
    physical_id: str
    reason: str = ""


def create(properties: Mapping[str, Any]) -> Event:
    """The resource is new in the template."""
    return Event("create", "Create", "CREATE_IN_PROGRESS", "", properties)


def update(current: Version, properties: Mapping[str, Any]) -> Event:
    """Its properties have changed."""
    return Event(
        "update", "Update", "UPDATE_IN_PROGRESS", current.id, properties, old_properties=current.properties
    )


def delete(current: Version) -> Event:
    """The stack is deleted."""
    return Event("delete", "Delete", "DELETE_IN_PROGRESS", current.id, current.properties)


def reverse_update(physical_id: str, wanted: Mapping[str, Any], taken_back: Mapping[str, Any]) -> Event:
    """An update, done or not, is taken back."""
    return Event(
        "rollback",
        "Update",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        physical_id,
        wanted,
        old_properties=taken_back,
    )


def reaction(event: Event, answer: Answer) -> Event | None:
    """What CloudFormation sends next; None when it has nothing more to do, or gives up."""
    moved = answer.physical_id != event.physical_id
    match event.reason, answer.succeeded:
        case "create", False if answer.physical_id:
            return Event("rollback", "Delete", "ROLLBACK_IN_PROGRESS", answer.physical_id, event.properties)
        case "update", True if moved:
            return _clean_up("UPDATE_COMPLETE", event.physical_id, event.old_properties)
        case "update", False if moved:
            return _clean_up("UPDATE_ROLLBACK_COMPLETE", answer.physical_id, event.properties)
        case "update", False:
            return reverse_update(event.physical_id, event.old_properties, event.properties)
        case "rollback", True if moved and event.type == "Update":
            return _clean_up("UPDATE_ROLLBACK_COMPLETE", event.physical_id, event.old_properties)
    return None


def owned(before: Version | None, event: Event, answer: Answer) -> Version | None:
    """What the stack owns after an answer, of what it owned before."""
    if event.type == "Delete":
        is_gone = answer.succeeded and before is not None and before.id == event.physical_id
        return None if is_gone else before
    return Version(answer.physical_id, event.properties) if answer.succeeded else before


def _clean_up(status: str, physical_id: str, properties: Mapping[str, Any]) -> Event:
    return Event("clean-up", "Delete", f"{status}_CLEANUP_IN_PROGRESS", physical_id, properties)
