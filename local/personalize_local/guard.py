"""Decides which requests reach the local AWS.

A caller of the local AWS can run code on this machine: a Lambda function is a process of the user that runs
it. Programs on this machine can call it. Pages in a browser cannot, unless the user allows their origin,
because a browser also runs pages that others wrote and lets them send requests to 127.0.0.1.

`refusal` is the decision. `guarded` puts it in front of an ASGI application.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

MAX_BODY = 256 * 2**20
"""The largest request body, in bytes. A Lambda package has 250 MiB at most, and the CDK CLI, the AWS CLI and
boto3's `upload_file` send larger files to S3 in parts."""

_LINGER_SECONDS = 5.0

# `*.localhost` is this machine by definition (RFC 6761). A name that ends in a number is no DNS name, so no
# page can have one; clients form such names from our address, for example `sync-127.0.0.1`.
_OUR_HOST = re.compile(
    r"(?:(?:[a-z0-9_-]+\.)*localhost|(?:[a-z0-9._-]+[.-])?127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?"
)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@*,]+")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
# Response headers that allow pages to read responses.
_CORS_HEADERS = ("access-control-", "timing-allow-origin")
_RESPONSE_STARTS = ("http.response.start", "websocket.accept", "websocket.http.response.start")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A response that refuses a request.

    Attributes:
        status: The HTTP status.
        text: The reason and the next step.
    """

    status: int
    text: str


class _BodyTooLargeError(Exception):
    """The request body is larger than the limit."""


def origin(text: str) -> str:
    """Return an origin in the form that browsers send.

    Args:
        text: Scheme, host and, unless it is the default one, port: `http://localhost:3000`.

    Raises:
        ValueError: it is not an origin, or matches more than one.
    """
    found = text.lower().removesuffix("/")
    if not _ORIGIN.fullmatch(found):
        raise ValueError(f"{text!r} is not an origin: give scheme, host and port, like http://localhost:3000")
    scheme = found.partition("://")[0]
    return found.removesuffix(_DEFAULT_PORTS.get(scheme, "\0"))


def refusal(scope: Mapping[str, Any], allowed: Collection[str] = ()) -> Refusal | None:
    """Return why a request must not reach the local AWS, or None.

    Args:
        scope: The ASGI scope of an HTTP request or a WebSocket handshake.
        allowed: The allowed origins, as returned by `origin`.
    """
    headers = _headers(scope)
    if not scope.get("raw_path", b"/").startswith(b"/"):
        return Refusal(400, "The request target must begin with '/': the local AWS is not a proxy.\n")
    hosts = headers.get("host", [])
    if len(hosts) != 1 or not _OUR_HOST.fullmatch(hosts[0].lower()):
        return _foreign_host(hosts, scope)
    origins = headers.get("origin", [])
    if len(origins) == 1 and origins[0] in allowed:
        return None
    own = f"http://{hosts[0].lower()}"
    if any(found.lower() != own for found in origins):
        return _foreign_origin(origins)
    sites = headers.get("sec-fetch-site", [])
    if any(site not in ("none", "same-origin") for site in sites):
        return Refusal(
            403,
            "The local AWS refuses what a browser sends for a page of another origin "
            f"(Sec-Fetch-Site: {_shown(sites)}): "
            "a caller can run code on this machine. Type the address into the browser instead of following "
            "a link. A page of yours may call with fetch() if you start the local AWS with "
            "--allow-origin and the page's origin.\n",
        )
    return None


def guarded(app: App, allowed: Collection[str] = (), max_body: int = MAX_BODY) -> App:
    """Return an ASGI application that passes on requests unless `refusal` refuses them.

    CORS headers in the application's responses are removed. Pages of an allowed origin get the ones they
    need.

    Args:
        app: The application.
        allowed: The allowed origins, as returned by `origin`.
        max_body: The largest request body, in bytes.
    """

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, send)
            return
        refused = refusal(scope, allowed)
        headers = _headers(scope)
        lengths = headers.get("content-length", [])
        if refused is None and any(_exceeds(length, max_body) for length in lengths):
            refused = _too_large(max_body)
        if refused is not None:
            await _refuse(scope, receive, send, refused)
            return
        grants = _grants(headers, allowed)
        if grants and scope.get("method") == "OPTIONS" and "access-control-request-method" in headers:
            await send({"type": "http.response.start", "status": 204, "headers": grants})
            await send({"type": "http.response.body", "body": b""})
            return
        answered = _without_cors(send, grants)
        if scope["type"] == "http":
            await _bounded(app, scope, receive, answered, max_body)
        else:
            await app(scope, receive, answered)

    return application


async def _bounded(app: App, scope: Message, receive: Receive, send: Send, max_body: int) -> None:
    size = 0
    started = False

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > max_body:
            raise _BodyTooLargeError
        return message

    async def unless_too_large(message: Message) -> None:
        nonlocal started
        # The application might catch the error and answer it.
        if size <= max_body:
            started = True
            await send(message)

    with contextlib.suppress(_BodyTooLargeError):
        await app(scope, counted, unless_too_large)
    if size > max_body and not started:
        await _refuse(scope, receive, send, _too_large(max_body))


async def _refuse(scope: Message, receive: Receive, send: Send, refused: Refusal) -> None:
    body = refused.text.encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(body))]
    start = {"status": refused.status, "headers": headers}
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.http.response.start", **start})
        await send({"type": "websocket.http.response.body", "body": body})
        return
    await send({"type": "http.response.start", **start})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    # Closing with an unread body would reset the connection, and the client would not see the response.
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_SECONDS):
            while (await receive()).get("more_body", False):
                pass
    await send({"type": "http.response.body", "body": b""})


def _without_cors(send: Send, grants: list[tuple[bytes, bytes]]) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] in _RESPONSE_STARTS:
            kept = [
                (name, value)
                for name, value in message.get("headers", [])
                if not name.decode("latin-1").lower().startswith(_CORS_HEADERS)
            ]
            message = {**message, "headers": [*kept, *grants]}
        await send(message)

    return sent


def _grants(headers: Mapping[str, list[str]], allowed: Collection[str]) -> list[tuple[bytes, bytes]]:
    origins = headers.get("origin", [])
    if len(origins) != 1 or origins[0] not in allowed:
        return []
    grants = [
        ("access-control-allow-origin", origins[0]),
        ("access-control-expose-headers", "*"),
        ("vary", "Origin"),
    ]
    # By name: `*` does not include Authorization, which every SDK sends.
    for asked, granted in (("method", "methods"), ("headers", "headers")):
        for value in headers.get(f"access-control-request-{asked}", []):
            grants.append((f"access-control-allow-{granted}", value))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in grants]


def _headers(scope: Mapping[str, Any]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1").strip(" \t"))
    return headers


def _exceeds(length: str, most: int) -> bool:
    return length.isdecimal() and (len(length) > len(str(most)) or int(length) > most)


def _too_large(most: int) -> Refusal:
    return Refusal(
        413,
        f"The request body is larger than {most:,} bytes, the maximum of the local AWS. "
        "Upload a larger object to S3 in parts, as `aws s3 cp` and boto3's upload_file do.\n",
    )


def _foreign_host(hosts: list[str], scope: Mapping[str, Any]) -> Refusal:
    found = f"The Host header is {_shown(hosts)}" if hosts else "There is no Host header"
    address = ":".join(str(part) for part in scope.get("server") or ("127.0.0.1",) if part is not None)
    return Refusal(
        403,
        f"{found}. The local AWS answers to 127.0.0.1, localhost, [::1] and names that end in .localhost "
        "only: a page from elsewhere could reach it by a DNS name that leads to this machine, and run code "
        f"here. Use http://{address}.\n",
    )


def _foreign_origin(origins: list[str]) -> Refusal:
    shown = _shown(origins)
    try:
        way = f"start the local AWS with --allow-origin {origin(origins[0])}" if len(origins) == 1 else ""
    except ValueError:
        # `null`, which is the origin of every file and every sandboxed frame.
        way = ""
    return Refusal(
        403,
        f"The local AWS refuses pages of other origins (Origin: {shown}): a caller can run code on this "
        f"machine. If the page is yours, {way or 'serve it from an http:// address, and allow that one'}.\n",
    )


def _shown(values: list[str]) -> str:
    # Untrusted text: short, and on one line.
    text = ", ".join(values)
    return repr(text if len(text) <= 100 else f"{text[:100]}...")  # noqa: PLR2004 (as much as a line takes)
