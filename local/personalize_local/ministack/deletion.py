"""Deletions of resources, where ministack differs from CloudFormation in three ways.

- After a failed deletion ministack goes on to delete what the failed resource needs. CloudFormation keeps
  everything that another resource of the stack still depends on, so a custom resource whose deletion failed
  keeps the function that its next deletion is sent to.
- What a rollback could not delete still belongs to the stack, and deleting the stack tries it again.
- The deletions at the end of an update have events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core import responses
from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

CLEANUP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
"""The status of a stack whose update is complete except for its deletions."""

_ENDING = ("DELETE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS")


class StillNeededError(Exception):
    """A resource was not deleted because one that depends on it could not be."""


def register() -> None:
    """Replace the deletion of a resource and the rollback of a stack."""
    deletions = _Deletions()
    stacks._delete_resource = deletions.delete_resource
    stacks._roll_back_operation = deletions.roll_back_operation


class _Deletions:
    """What could not be deleted, and the functions of ministack that this wraps."""

    def __init__(self) -> None:
        self._failed: dict[str, set[str]] = {}  # logical ids, by the stack's id
        self._delete = stacks._delete_resource
        self._roll_back = stacks._roll_back_operation

    def delete_resource(
        self,
        resource_type: str,
        physical_id: str,
        properties: Mapping[str, object],
        stack_name: str,
        logical_id: str,
    ) -> None:
        """Delete a resource of a stack. ministack has tried those that depend on it before."""
        stack = cloudformation._stacks.get(stack_name, {})

        # In the cleanup ministack itself records failures only.
        unrecorded = stack.get("StackStatus") == CLEANUP

        def record(status: str) -> None:
            if unrecorded:
                stacks._add_event(
                    stack["StackId"], stack_name, logical_id, resource_type, status, physical_id=physical_id
                )

        record("DELETE_IN_PROGRESS")
        failed = self._failed.setdefault(stack.get("StackId", stack_name), set())
        failed.discard(logical_id)  # it is tried again
        definitions = stack.get("_template", {}).get("Resources", {})
        if stack.get("StackStatus") in _ENDING and logical_id in stacks._with_dependencies(
            failed, definitions, set(definitions)
        ):
            failed.add(logical_id)
            raise StillNeededError("not deleted: a resource that depends on it could not be deleted")
        try:
            self._delete(resource_type, physical_id, properties, stack_name, logical_id)
        except Exception:
            failed.add(logical_id)
            raise
        record("DELETE_COMPLETE")

    async def roll_back_operation(
        self, stack_name: str, stack_id: str, stack: dict[str, Any], *rest: object
    ) -> None:
        """Undo a failed operation of a stack. What cannot be deleted stays in the stack."""
        await self._roll_back(stack_name, stack_id, stack, *rest)
        if stack["StackStatus"] == "ROLLBACK_FAILED":
            for logical_id, record in stack["_rollback_failed"].items():
                stack["_resources"][logical_id] = record | {
                    "LogicalResourceId": logical_id,
                    "ResourceStatus": "DELETE_FAILED",
                    "Timestamp": responses.now_iso(),
                }
