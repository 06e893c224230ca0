"""What CloudFormation does about a custom resource that failed, where ministack leaves it behind.

A provider that answers FAILED names a physical id. CloudFormation takes it for something that may exist:

- after a failed Create it sends a Delete for it;
- after a failed Update it compares. The old id: the update failed in place, and the reverse Update goes out.
  Another id: a replacement failed, so the old resource stays as it is and the new id gets a Delete.

ministack forgets the id of a failed answer: no Delete after a failed Create, and the reverse Update after a
failed replacement. Here the id is kept, and the rollback is told of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from typing import cast

from ministack.services.cloudformation import custom_resource, stacks

Properties = Mapping[str, object]
Key = tuple[str, str]  # the stack's id and the logical id


@dataclass(frozen=True, slots=True)
class _Failure:
    """A request that failed: what it may have left behind, and how it was asked for."""

    physical_id: str
    properties: Properties


def register() -> None:
    """Let rollbacks end what failed requests have begun."""
    answered: dict[Key, str] = {}
    failures: dict[Key, _Failure] = {}
    deliver, invoke, roll_back = (
        custom_resource.deliver_response,
        custom_resource.invoke_custom_resource,
        stacks._roll_back_operation,
    )

    def deliver_response(token: str, response: Mapping[str, str]) -> bool:
        if response.get("Status") == "FAILED" and response.get("PhysicalResourceId"):
            key = (response.get("StackId", ""), response.get("LogicalResourceId", ""))
            answered[key] = response["PhysicalResourceId"]
        return bool(deliver(token, response))

    def invoke_custom_resource(
        request_type: str,
        logical_id: str,
        properties: Properties,
        stack_name: str,
        stack_id: str,
        *rest: object,
        **more: object,
    ) -> tuple[str, dict[str, object]]:
        key = (stack_id, logical_id)
        answered.pop(key, None)
        failures.pop(key, None)
        try:
            made: tuple[str, dict[str, object]] = invoke(
                request_type, logical_id, properties, stack_name, stack_id, *rest, **more
            )
        except Exception as error:
            physical_id = answered.pop(key, None)
            if isinstance(error, TimeoutError) and request_type == "Create":
                # Nothing was answered: CloudFormation makes an id up.
                physical_id = f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12].upper()}"
            if physical_id is not None and request_type != "Delete":
                failures[key] = _Failure(physical_id, properties)
            raise
        return made

    async def roll_back_operation(
        stack_name: str,
        stack_id: str,
        stack: MutableMapping[str, dict[str, object]],
        operation: dict[str, object],
        *rest: object,
    ) -> None:
        failure = failures.pop((stack_id, str(operation.get("failed_logical_id"))), None)
        if failure is not None:
            _delete_too(failure, stack.setdefault("_resources", {}), operation)
        await roll_back(stack_name, stack_id, stack, operation, *rest)

    custom_resource.deliver_response = deliver_response
    custom_resource.invoke_custom_resource = invoke_custom_resource
    stacks._roll_back_operation = roll_back_operation


def _delete_too(failure: _Failure, resources: dict[str, object], operation: dict[str, object]) -> None:
    """Put what a failed request may have made among what the rollback deletes."""
    logical_id = str(operation["failed_logical_id"])
    template = cast("Mapping[str, Mapping[str, Mapping[str, str]]]", operation["template"])
    created = cast("list[str]", operation["created"])
    replaced = cast("list[str]", operation["replaced_ids"])
    update = operation["failed_update"]
    if isinstance(update, list):
        old_id = update[2]
        if failure.physical_id == old_id:
            return
        # Without what was applied there is nothing to send back to the old resource.
        operation["failed_update"] = [logical_id, update[1], old_id, None, None, None]
        replaced.append(logical_id)
    resources[logical_id] = {
        "PhysicalResourceId": failure.physical_id,
        "ResourceType": template["Resources"][logical_id]["Type"],
        "LogicalResourceId": logical_id,
        "Properties": failure.properties,
    }
    created.append(logical_id)
