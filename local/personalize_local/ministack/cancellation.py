"""Cancelled operations, which CloudFormation ends and ministack continues.

After a cancellation CloudFormation does not wait for the response of a custom resource:

- CancelUpdateStack makes the resource's update fail, so CloudFormation sends the reverse Update;
- DeleteStack ends the creation of a stack. The resource in progress is deleted with the others, with a
  physical id that CloudFormation generates, because it has received none.

ministack checks for a cancellation only between two resources. Its DeleteStack deletes what is finished while
the creation continues, so that what is finished later stays.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, custom_resource, handlers

_LOOK_AGAIN_SECONDS = 0.02


class CancelledError(TimeoutError):
    """A request that CloudFormation no longer waits for. It is treated as one without a response."""


def register() -> None:
    """Make operations cancellable. Call it before `rollback.register`."""
    operations = _Operations()
    custom_resource.register_token = operations.register_token
    custom_resource.invoke_custom_resource = operations.invoke_custom_resource
    handlers._deploy_stack_async = changesets._deploy_stack_async = operations.deploy_stack
    handlers._delete_stack_async = operations.delete_stack
    handlers._ACTION_HANDLERS["CancelUpdateStack"] = operations.cancel_update_stack


class _Operations:
    """The operations in progress, and the functions of ministack that this wraps."""

    def __init__(self) -> None:
        self._deploying: set[str] = set()
        self._waiting: dict[
            str, str
        ] = {}  # the token of the request that a stack waits for, by the stack's id
        self._cancelled: set[str] = set()  # tokens
        self._here = threading.local()  # each request has a thread
        self._register_token = custom_resource.register_token
        self._invoke = custom_resource.invoke_custom_resource
        self._deploy = handlers._deploy_stack_async
        self._delete = handlers._delete_stack_async
        self._cancel_update = handlers._ACTION_HANDLERS["CancelUpdateStack"]

    def register_token(self, token: str) -> threading.Event:
        """Expect a response."""
        event: threading.Event = self._register_token(token)
        self._here.token = token
        self._waiting[self._here.stack_id] = token
        return event

    def invoke_custom_resource(
        self,
        request_type: str,
        logical_id: str,
        properties: Mapping[str, object],
        stack_name: str,
        stack_id: str,
        *rest: object,
        **more: object,
    ) -> tuple[str, dict[str, object]]:
        """Send a request and wait for its response, or until it is cancelled."""
        self._here.stack_id, self._here.token = stack_id, ""
        try:
            made: tuple[str, dict[str, object]] = self._invoke(
                request_type, logical_id, properties, stack_name, stack_id, *rest, **more
            )
        except TimeoutError as error:
            if self._here.token not in self._cancelled:
                raise
            verb = "creation" if request_type == "Create" else "update"
            raise CancelledError(f"Resource {verb} cancelled") from error
        finally:
            self._waiting.pop(stack_id, None)
            self._cancelled.discard(self._here.token)
        return made

    async def deploy_stack(self, stack_name: str, stack_id: str, *rest: object, **more: object) -> None:
        """Create or update a stack."""
        self._deploying.add(stack_id)
        try:
            await self._deploy(stack_name, stack_id, *rest, **more)
        finally:
            self._deploying.discard(stack_id)

    def delete_stack(
        self, stack_name: str, stack_id: str, *rest: object, **more: object
    ) -> Coroutine[Any, Any, None]:
        """Delete a stack. DeleteStack calls it, and ministack awaits it later."""
        if stack_id in self._deploying:
            # Now, so that the creation knows why it fails: what it has begun is left to the deletion.
            cloudformation._stacks[stack_name]["StackStatus"] = "DELETE_IN_PROGRESS"
            self._stop_waiting(stack_id)

        async def when_creation_has_ended() -> None:
            while stack_id in self._deploying:
                await asyncio.sleep(_LOOK_AGAIN_SECONDS)
            await self._delete(stack_name, stack_id, *rest, **more)

        return when_creation_has_ended()

    def cancel_update_stack(self, parameters: Mapping[str, object]) -> tuple[int, dict[str, str], bytes]:
        """Answer CancelUpdateStack."""
        answer: tuple[int, dict[str, str], bytes] = self._cancel_update(parameters)
        stack = handlers._resolve_stack(handlers._p(parameters, "StackName"))
        if stack is not None and stack.get("_cancel_requested"):
            self._stop_waiting(stack["StackId"])
        return answer

    def _stop_waiting(self, stack_id: str) -> None:
        token = self._waiting.get(stack_id)
        with custom_resource._lock:
            waiting = custom_resource._pending.get(token)
            # Whatever was answered before counts.
            if token is not None and waiting is not None and waiting["result"] is None:
                self._cancelled.add(token)
                waiting["event"].set()
