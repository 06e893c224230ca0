"""Everything that depends on the internals of ministack.

ministack has no plug-in interface, so Amazon Personalize is registered in its tables, as its own services
are. Its version is pinned exactly, and a contract test checks every name of it that is used here.

Import this only after the environment is set: ministack reads it when it is imported.
"""

from __future__ import annotations

import json

import ministack.app as gateway
from ministack.core import lambda_runtime

from personalize_local.ministack import (
    alarms,
    buckets,
    cancellation,
    cloudformation,
    custom_resources,
    definitions,
    deletion,
    events,
    executions,
    exports,
    nested,
    objects,
    one_clock,
    rollback,
    schedules,
    sdk_tasks,
    service,
    stack_events,
    stack_notices,
    state_errors,
    state_output,
    state_paths,
    tagged_resources,
    task_tokens,
    trust,
    urls,
    workers,
)
from personalize_local.simulator import Clock, Personalize
from personalize_local.simulator.engine import http as simulator_http
from personalize_local.simulator.engine.http import Message, Receive, Send

_CONTROL = "/_personalize"


def application(run_id: str, time_scale: float = 1) -> simulator_http.App:
    """Return the ASGI application: ministack with Personalize among its services, and `/_personalize/`.

    Args:
        run_id: The id in `/_personalize/health`.
        time_scale: Seconds that pass in Personalize, state machines and schedules in each real second.
    """
    personalize = Personalize(Clock(scale=time_scale), read_objects=objects.read, write_object=objects.write)
    service.register(personalize)
    cloudformation.register(personalize)
    cancellation.register()
    deletion.register()
    rollback.register()
    nested.register()
    exports.register()
    stack_notices.register()
    stack_events.register()
    events.register()
    urls.register()
    workers.register()
    custom_resources.register()
    buckets.register()
    executions.register(personalize.clock)
    one_clock.register(personalize.clock)
    alarms.register(personalize.clock)
    state_errors.register()
    state_paths.register()
    state_output.register()
    task_tokens.register(personalize.clock)
    definitions.register()
    sdk_tasks.register()
    schedules.register()
    trust.register()
    tagged_resources.register()
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


def end_lambda_workers() -> None:
    """End every process that runs a Lambda function."""
    lambda_runtime.reset()
