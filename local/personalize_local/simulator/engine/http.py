"""The simulator as an ASGI application: the service's protocol, and `/_personalize/` for its controls."""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from personalize_local.simulator.engine.control import PREFIX, Control
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.engine.service import TARGET, Personalize
from personalize_local.simulator.engine.wire import Response, rest_paths

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]*/([^/]+)/")


def caller(authorization: str) -> Scope:
    """Return the scope of a SigV4 Authorization header.

    The Region is that of the credential scope. The account is the access key id if that is an account number,
    as in ministack, and 000000000000 otherwise. Unsigned requests belong to us-east-1.
    """
    match = _CREDENTIAL.search(authorization)
    key, region = match.groups() if match else ("", "us-east-1")
    return Scope.of(region, key if re.fullmatch(r"[0-9]{12}", key) else "000000000000")


def target(path: str, headers: Mapping[str, str]) -> str:
    """Return the operation of a request as an x-amz-target header. REST services name it in the path.

    Args:
        path: The request's path.
        headers: The headers, with names in lower case.
    """
    operation = rest_paths().get(path)
    return f"{TARGET}{operation}" if operation else headers.get("x-amz-target", "")


def app(service: Personalize) -> App:
    """Return an ASGI application that serves `service`."""
    control = Control(service)

    def handle(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        if path.startswith(PREFIX):
            return control.respond(method, path, headers.get("accept", ""), body)
        if method == "POST" and (path == "/" or path in rest_paths()):
            scope = caller(headers.get("authorization", ""))
            return service.respond(target(path, headers), body, scope)
        text = {"error": f"nothing at {method} {path}: expected POST / with x-amz-target, or {PREFIX}/"}
        return Response(404, {"content-type": "application/json"}, json.dumps(text).encode())

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
            }
            request = (scope["method"], scope["path"], headers, await _read(receive))
            # To advance the clock can mean to wait for imports and trainings.
            waits = scope["path"].rstrip("/") == f"{PREFIX}/clock"
            await _answer(send, await asyncio.to_thread(handle, *request) if waits else handle(*request))

    return application


async def _live(receive: Receive, send: Send) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        await send({"type": "lifespan.startup.complete"})
    await send({"type": "lifespan.shutdown.complete"})


async def _read(receive: Receive) -> bytes:
    chunks: list[bytes] = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


async def _answer(send: Send, response: Response) -> None:
    fields = response.headers | {
        "content-length": str(len(response.body)),
        "x-amzn-requestid": str(uuid.uuid4()),
    }
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in fields.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
