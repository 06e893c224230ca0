"""All that this project knows of ministack's inside: how Amazon Personalize becomes one of its services.

ministack has no plug-in interface, so this registers in its tables as its own services do. It is pinned to
one exact version, and a contract test holds every name used here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import ministack.app as gateway
from ministack.core import lambda_runtime, responses, router
from ministack.services.cloudformation import provisioners, stacks

from personalize_local.native_types import NATIVE_TYPES, NativeType
from personalize_local.simulator import Personalize, Scope
from personalize_local.simulator import http as simulator_http
from personalize_local.simulator.http import Message, Receive, Send

Properties = Mapping[str, object]
Provisioned = tuple[str, dict[str, str]]  # the physical id and the attributes

_SERVICE = "personalize"
_CONTROL = "/_personalize"


def application(run_id: str, service: Personalize | None = None) -> simulator_http.App:
    """The ASGI application: all of ministack, Personalize among its services, and `/_personalize/`.

    Args:
        run_id: What `/_personalize/health` answers with.
        service: The simulator. Default: - a new one.
    """
    personalize = service or Personalize()
    register(personalize)
    control = simulator_http.app(personalize)
    health = json.dumps({"service": "personalize-local", "run": run_id}).encode()

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if scope["type"] != "http" or not path.startswith(_CONTROL):
            await gateway.app(scope, receive, send)
        elif path == f"{_CONTROL}/health":
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": health})
        else:
            await control(scope, receive, send)

    return application


def register(service: Personalize) -> None:
    """Make Personalize a service of this process's ministack."""
    gateway.SERVICE_REGISTRY[_SERVICE] = {"module": _SERVICE}
    gateway._loaded_modules[_SERVICE] = _Service(service)
    gateway.SERVICE_HANDLERS[_SERVICE] = gateway._lazy_handler(_SERVICE)
    router.SERVICE_PATTERNS[_SERVICE] = {
        "target_prefixes": ["AmazonPersonalize."],
        "host_patterns": [r"personalize\."],
    }
    for kind in NATIVE_TYPES:
        _register_type(service, kind)
    _wait_off_the_event_loop({kind.name for kind in NATIVE_TYPES})


def end_lambda_workers() -> None:
    """End every process that runs a Lambda function."""
    lambda_runtime.reset()


class _Service:
    """What ministack takes for the module of a service."""

    def __init__(self, service: Personalize) -> None:
        self._service = service

    async def handle_request(
        self,
        _method: str,
        _path: str,
        headers: Mapping[str, str],
        body: bytes,
        _query: Mapping[str, list[str]],
    ) -> tuple[int, dict[str, str], bytes]:
        response = self._service.respond(headers.get("x-amz-target", ""), body, _scope())
        return response.status, response.headers, response.body

    def reset(self) -> None:
        self._service.reset()

    def get_state(self) -> None:
        """Nothing is kept between runs."""


def _scope() -> Scope:
    return Scope.of(responses.get_region(), responses.get_account_id())


def _register_type(service: Personalize, kind: NativeType) -> None:
    def create(_logical_id: str, properties: Properties, _stack_name: str) -> Provisioned:
        arn = kind.create(service, _scope(), properties)
        return arn, {kind.arn_attribute: arn}

    def delete(arn: str, _properties: Properties) -> None:
        kind.delete(service, _scope(), arn)

    def delete_then_create(arn: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
        delete(arn, old)
        return create("", new, stack_name)

    handlers: dict[str, object] = {"create": create, "delete": delete}
    if kind.deletes_first:
        handlers["update"] = delete_then_create
    else:
        provisioners._REPLACING_PROPERTIES[kind.name] = kind.properties
    provisioners._RESOURCE_HANDLERS[kind.name] = handlers


def _wait_off_the_event_loop(types: set[str]) -> None:
    blocking = stacks._runs_on_worker_thread

    def runs_on_worker_thread(resource_type: str) -> bool:
        return resource_type in types or blocking(resource_type)

    stacks._runs_on_worker_thread = runs_on_worker_thread
