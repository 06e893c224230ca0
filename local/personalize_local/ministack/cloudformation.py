"""AWS::Personalize types for ministack's CloudFormation."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from ministack.core import lambda_runtime
from ministack.services.cloudformation import provisioners, stacks

from personalize_local.ministack.service import scope
from personalize_local.native_types import NATIVE_TYPES, NativeType
from personalize_local.simulator import Personalize

Properties = Mapping[str, object]
Provisioned = tuple[str, dict[str, str]]  # the physical id and the attributes


def register(service: Personalize) -> None:
    """Register the types, so that templates can have them."""
    for kind in NATIVE_TYPES:
        _register_type(service, kind)
    _wait_off_the_event_loop({kind.name for kind in NATIVE_TYPES})
    _end_workers_of_deleted_functions()


def _register_type(service: Personalize, kind: NativeType) -> None:
    def create(_logical_id: str, properties: Properties, _stack_name: str) -> Provisioned:
        arn = kind.create(service, scope(), properties)
        return arn, kind.read(service, scope(), arn)

    def delete(arn: str, _properties: Properties) -> None:
        kind.delete(service, scope(), arn)

    def delete_then_create(arn: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        delete(arn, old)
        return create("", new, stack_name)

    def update(arn: str, old: Properties, new: Properties, _stack_name: str) -> Provisioned:
        kind.update(service, scope(), arn, old, new)
        return arn, kind.read(service, scope(), arn)

    handlers: dict[str, object] = {"create": create, "delete": delete}
    if kind.deletes_first:
        handlers["update"] = delete_then_create
    else:
        provisioners._REPLACING_PROPERTIES[kind.name] = kind.replacing
        if kind.updatable:
            handlers["update"] = update
    provisioners._RESOURCE_HANDLERS[kind.name] = handlers


def _wait_off_the_event_loop(types: set[str]) -> None:
    blocking = stacks._runs_on_worker_thread

    def runs_on_worker_thread(resource_type: str) -> bool:
        return resource_type in types or blocking(resource_type)

    stacks._runs_on_worker_thread = runs_on_worker_thread


def _end_workers_of_deleted_functions() -> None:
    # A server that lives for days would collect two processes for each function that a stack ever had.
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    forget = handlers["delete"]

    def delete(name: str, properties: Properties) -> None:
        forget(name, properties)
        where = scope()
        # On a thread, because it waits for the processes, and this is called on the event loop.
        threading.Thread(
            target=lambda_runtime.invalidate_worker,
            kwargs={"func_name": name, "account": where.account, "region": where.region},
            daemon=True,
        ).start()

    handlers["delete"] = delete
