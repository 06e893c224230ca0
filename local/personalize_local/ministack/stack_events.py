"""The events and the statuses of an update, where ministack tells more and less than CloudFormation.

ministack tells of every resource in each update, calls what is new an update too, and says nothing of what is
deleted at the end. CloudFormation tells of what changes, says CREATE of what is new, and deletes what was
replaced or removed while the stack is UPDATE_COMPLETECLEANUP_IN_PROGRESS. A nested stack takes part in each
update of its parent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners, stacks

from personalize_local.ministack.deletion import CLEANUP

Key = tuple[str, str]  # the stack's id and the logical id

_STACK = "AWS::CloudFormation::Stack"


def register() -> None:
    """Make the events of updates those of CloudFormation."""
    events = _Events()
    stacks._add_event = events.add
    stacks._resolve_stack_outputs = events.resolve_outputs
    for module in (stacks, provisioners):  # each has bound the functions that it calls
        module._update_resource = events.when_updated(module._update_resource)
        module._provision_resource = events.when_created(module._provision_resource)


class _Events:
    """Events that wait until their status is known, and the functions of ministack that this wraps."""

    def __init__(self) -> None:
        self._held: dict[Key, Callable[[str], None]] = {}
        self._new: set[Key] = set()
        self._add = stacks._add_event
        self._resolve_outputs = stacks._resolve_stack_outputs

    def add(
        self,
        stack_id: str,
        stack_name: str,
        logical_id: str,
        resource_type: str,
        status: str,
        reason: str = "",
        physical_id: str = "",
        detailed_status: str = "",
    ) -> None:
        """Record an event, or hold it back."""

        def record(status: str) -> None:
            self._add(
                stack_id, stack_name, logical_id, resource_type, status, reason, physical_id, detailed_status
            )

        key = (stack_id, logical_id)
        if resource_type == _STACK or not status.startswith("UPDATE_"):
            record(status)
        elif status == "UPDATE_IN_PROGRESS" and not reason:
            self._new.discard(key)
            self._held[key] = record
        elif key in self._held:
            held = self._held.pop(key)
            if status == "UPDATE_FAILED":
                held("UPDATE_IN_PROGRESS")
            if status != "UPDATE_COMPLETE":  # nothing has changed
                record(status)
        else:
            record(status.replace("UPDATE", "CREATE") if key in self._new else status)

    def when_updated(self, update: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the function that updates a resource if it has changed."""

        def update_resource(
            resource_type: str,
            physical_id: str,
            old: object,
            new: object,
            stack_name: str,
            logical_id: str,
            *rest: object,
        ) -> object:
            key = _key(stack_name, logical_id)
            if old != new and key in self._held:
                self._held.pop(key)("UPDATE_IN_PROGRESS")
            return update(resource_type, physical_id, old, new, stack_name, logical_id, *rest)

        return update_resource

    def when_created(self, provision: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap the function that creates a resource."""

        def provision_resource(
            resource_type: str, logical_id: str, properties: object, stack_name: str
        ) -> object:
            key = _key(stack_name, logical_id)
            if key in self._held:
                self._held.pop(key)("CREATE_IN_PROGRESS")
                self._new.add(key)
            return provision(resource_type, logical_id, properties, stack_name)

        return provision_resource

    def resolve_outputs(self, *arguments: Any) -> Any:
        """Resolve a stack's outputs, the last step of an update that can fail. The cleanup follows."""
        resolved = self._resolve_outputs(*arguments)
        stack_name, stack_id = arguments[-2:]
        stack = cloudformation._stacks[stack_name]
        if stack["StackStatus"] == "UPDATE_IN_PROGRESS":
            stack["StackStatus"] = CLEANUP
            self._add(stack_id, stack_name, stack_name, _STACK, CLEANUP, physical_id=stack_id)
        return resolved


def _key(stack_name: str, logical_id: str) -> Key:
    return cloudformation._stacks.get(stack_name, {}).get("StackId", ""), logical_id
