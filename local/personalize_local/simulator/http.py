"""The simulator as an ASGI application."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from personalize_local.simulator.scope import Scope
from personalize_local.simulator.service import Personalize, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/]*/([^/]+)/")


def caller(authorization: str) -> Scope:
    """The scope that a SigV4 Authorization header names.

    The Region is the credential scope's; the account is the access key id when that is an account
    number, as ministack has it.
    """
    match = _CREDENTIAL.search(authorization)
    key, region = match.groups() if match else ("", "us-east-1")
    return Scope.of(region, key if re.fullmatch(r"\d{12}", key) else "000000000000")


async def _read(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


async def _answer(send: Send, response: Response) -> None:
    headers = [(name.encode(), value.encode()) for name, value in response.headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def app(service: Personalize) -> App:
    """An ASGI application that serves `service`."""

    def handle(headers: Mapping[str, str], body: bytes) -> Response:
        return service.respond(
            headers.get("x-amz-target", ""), body, caller(headers.get("authorization", ""))
        )

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode().lower(): value.decode() for name, value in scope["headers"]}
        await _answer(send, handle(headers, await _read(receive)))

    return application
