"""Rollbacks of failed custom resources, which CloudFormation deletes and ministack leaves behind.

A provider that responds FAILED sends a physical id. CloudFormation assumes that this resource can exist:

- after a failed Create it sends a Delete for it;
- after a failed Update it compares the ids. The old id: the in-place update failed, and CloudFormation sends
  the reverse Update. Another id: a replacement failed, so the old resource stays and the new id gets a
  Delete.

ministack drops the id of a failed response: it sends no Delete after a failed Create, and the reverse Update
after a failed replacement. And it does not delete a nested stack whose creation failed. This module keeps the
id and adds it to the rollback.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ministack.core import responses
from ministack.services import cloudformation
from ministack.services.cloudformation import custom_resource, stacks

Properties = Mapping[str, object]
Template = Mapping[str, Mapping[str, Mapping[str, str]]]
Stack = dict[str, Any]  # ministack's record of a stack
Key = tuple[str, str]  # the stack's id and the logical id


@dataclass(frozen=True, slots=True)
class _Failure:
    """A failed request: the id of what it might have left behind, and its properties."""

    physical_id: str
    properties: Properties


def register() -> None:
    """Make rollbacks delete what failed requests have created."""
    failures = _Failures()
    custom_resource.deliver_response = failures.deliver_response
    custom_resource.invoke_custom_resource = failures.invoke_custom_resource
    stacks._roll_back_operation = failures.roll_back_operation


class _Failures:
    """The failures that are not rolled back yet, and the functions of ministack that this wraps."""

    def __init__(self) -> None:
        self._answered: dict[Key, str] = {}
        self._failures: dict[Key, _Failure] = {}
        self._deliver = custom_resource.deliver_response
        self._invoke = custom_resource.invoke_custom_resource
        self._roll_back = stacks._roll_back_operation

    def deliver_response(self, token: str, response: Mapping[str, str]) -> bool:
        """Receive the response of a provider."""
        failed = response.get("Status") == "FAILED" and response.get("PhysicalResourceId")
        # A late response to a cancelled request does not belong to the current one.
        if failed and token in custom_resource._pending:
            key = (response.get("StackId", ""), response.get("LogicalResourceId", ""))
            self._answered[key] = response["PhysicalResourceId"]
        return bool(self._deliver(token, response))

    def invoke_custom_resource(
        self,
        request_type: str,
        logical_id: str,
        properties: Properties,
        stack_name: str,
        stack_id: str,
        *rest: object,
        **more: object,
    ) -> tuple[str, dict[str, object]]:
        """Send a request and wait for its response."""
        key = (stack_id, logical_id)
        self._answered.pop(key, None)
        self._failures.pop(key, None)
        try:
            made: tuple[str, dict[str, object]] = self._invoke(
                request_type, logical_id, properties, stack_name, stack_id, *rest, **more
            )
        except Exception as error:
            physical_id = self._answered.pop(key, None)
            if isinstance(error, TimeoutError) and request_type == "Create":
                # There is no response: CloudFormation generates an id.
                physical_id = f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
            if physical_id is not None and request_type != "Delete":
                self._failures[key] = _Failure(physical_id, properties)
            raise
        return made

    async def roll_back_operation(
        self, stack_name: str, stack_id: str, stack: Stack, operation: dict[str, object], *rest: object
    ) -> None:
        """Undo a failed operation of a stack."""
        logical_id = str(operation.get("failed_logical_id"))
        child = _nested_stack_that_failed(stack_name, logical_id, operation)
        failure = (
            self._failures.pop((stack_id, logical_id), None) if child is None else self._of_nested(child)
        )
        if failure is not None:
            _delete_too(failure, stack.setdefault("_resources", {}), operation)
        if stack["StackStatus"] == "DELETE_IN_PROGRESS" and not operation["is_update"]:
            return  # DeleteStack has cancelled the creation, and deletes everything.
        await self._roll_back(stack_name, stack_id, stack, operation, *rest)

    def _of_nested(self, child: Stack) -> _Failure:
        """The failure of a nested stack. The stack gets back its failed resources."""
        stack_id: str = child["StackId"]
        for key in [key for key in self._failures if key[0] == stack_id]:
            child["_resources"][key[1]] = _record(self._failures.pop(key), child["_template"], key[1])
        return _Failure(stack_id, {})


def _delete_too(failure: _Failure, resources: dict[str, object], operation: dict[str, object]) -> None:
    """Add what a failed request might have created to what the rollback deletes."""
    logical_id = str(operation["failed_logical_id"])
    created = cast("list[str]", operation["created"])
    replaced = cast("list[str]", operation["replaced_ids"])
    update = operation["failed_update"]
    if isinstance(update, list):
        old_id = update[2]
        if failure.physical_id == old_id:
            return
        # Without the applied properties there is no reverse Update.
        operation["failed_update"] = [logical_id, update[1], old_id, None, None, None]
        replaced.append(logical_id)
    resources[logical_id] = _record(failure, cast("Template", operation["template"]), logical_id)
    created.append(logical_id)


def _record(failure: _Failure, template: Template, logical_id: str) -> dict[str, object]:
    return {
        "PhysicalResourceId": failure.physical_id,
        "ResourceType": template["Resources"][logical_id]["Type"],
        "LogicalResourceId": logical_id,
        "ResourceStatus": "CREATE_FAILED",
        "Timestamp": responses.now_iso(),
        "Properties": failure.properties,
    }


def _nested_stack_that_failed(parent: str, logical_id: str, operation: Mapping[str, object]) -> Stack | None:
    """The nested stack whose creation has failed. ministack would leave it as it is."""
    definition = cast("Template", operation["template"]).get("Resources", {}).get(logical_id)
    if definition is None or definition["Type"] != "AWS::CloudFormation::Stack":
        return None
    nested = (stack for stack in cloudformation._stacks.values() if stack.get("_parent_stack_name") == parent)
    return next((stack for stack in nested if stack["StackStatus"] == "CREATE_FAILED"), None)
