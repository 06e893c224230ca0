"""The provider's clients, a proxy that injects faults, and a server for both services behind it."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

import pytest
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError
from hypercorn.asyncio import serve
from hypercorn.config import Config as ServerConfig

from personalize_local.simulator.engine import http
from personalize_local.simulator.engine.http import App, Message, Receive, Send
from personalize_provider.aws import sdk
from support.virtual_time.provider_world import SCOPE, World
from support.wire.fault_proxy import FaultProxy, fault_proxy

# Real seconds. Long enough for every honest answer of a busy machine; only faults that are about
# time-outs are met with the short one.
_READ_TIMEOUT = 10.0
_SHORT_READ_TIMEOUT = 0.2

_ANSWER = """<{action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
<{action}Result>{result}</{action}Result>
<ResponseMetadata><RequestId>{action}</RequestId></ResponseMetadata></{action}Response>"""


@dataclass
class Wire:
    """Clients as the provider makes them, and the proxy between them and the world of a test."""

    proxy: FaultProxy
    _served: list[World]
    calls: Counter[str] = field(default_factory=Counter)
    """The requests that the clients sent, by operation."""

    def __post_init__(self) -> None:
        self._clients = {
            (service, patient): self._client(service, patient=patient)
            for service in ("personalize", "cloudformation")
            for patient in (True, False)
        }

    def connect(self, world: World) -> None:
        """Serve this world from now on, with no faults."""
        self._served[:] = [world]
        self.calls.clear()

    def client(self, service: str, *, patient: bool = True) -> Any:
        """A client of the provider's own making; one without patience has a short read time-out."""
        return self._clients[service, patient]

    def _client(self, service: str, *, patient: bool) -> Any:
        """As the provider makes it, but for the address and the account, which the key stands for.

        botocore composes its user agent anew for each call, which takes a fifth of its time.
        """
        timeout = _READ_TIMEOUT if patient else _SHORT_READ_TIMEOUT
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", self.proxy.url)
            patch.setenv("AWS_ACCESS_KEY_ID", SCOPE.account)
            patch.setattr(sdk, "_CONFIG", sdk._CONFIG.merge(Config(read_timeout=timeout, user_agent="tests")))
            sdk._session.cache_clear()
            client = getattr(sdk, service).__wrapped__()
            sdk._session.cache_clear()
        client.meta.events.register("before-call", self._count)
        client.meta.events.register("after-call-error", self._wait)
        return client

    def _count(self, model: Any, **_event: Any) -> None:
        self.calls[model.name] += 1

    def _wait(self, exception: Exception, **_event: Any) -> None:
        """Let the time pass that the provider would have waited, had it not been shortened here."""
        if isinstance(exception, ReadTimeoutError):
            self._served[0].simulator.advance(sdk._CONFIG.read_timeout)


@contextmanager
def wired() -> Iterator[Wire]:
    """A server, the proxy before it and clients; all are ended with the block."""
    worlds: list[World] = []
    with _serving(_application(lambda: worlds[0])) as address, fault_proxy(address) as proxy:
        yield Wire(proxy, worlds)


def _application(world: Callable[[], World]) -> App:
    """Both services: CloudFormation's protocol is the one without a target."""

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not any(name == b"x-amz-target" for name, _ in scope["headers"]):
            await _cloudformation(world(), receive, send)
        elif scope["type"] == "http":
            await http.app(world().simulator)(scope, receive, send)

    return application


async def _cloudformation(world: World, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    parameters = {name: values[0] for name, values in parse_qs(body.decode()).items()}
    action = parameters.pop("Action")
    del parameters["Version"]
    page = getattr(world.stacks, xform_name(action))(**parameters)
    answer = _ANSWER.format(action=action, result=_elements(page)).encode()
    headers = [(b"content-type", b"text/xml"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def _elements(members: Mapping[str, Any]) -> str:
    """XML elements; a list has an element `member` for each item."""
    return "".join(f"<{name}>{_content(value)}</{name}>" for name, value in members.items())


def _content(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"<member>{_elements(item)}</member>" for item in value)
    return escape(value.isoformat() if isinstance(value, datetime) else value)


@contextmanager
def _serving(application: App) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = ServerConfig()
    config.bind = [f"fd://{listener.detach()}"]
    config.keep_alive_timeout = 3600  # the proxy keeps its connections, and would answer 502 for a closed one
    config.graceful_timeout = 0.1
    config.include_date_header = False  # it would be this machine's, and time is the simulator's here
    config.loglevel = "WARNING"
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    server = serve(application, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    thread = threading.Thread(target=loop.run_until_complete, args=(server,), daemon=True)
    thread.start()
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
