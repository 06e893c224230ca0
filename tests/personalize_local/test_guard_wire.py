"""The requests that the local AWS refuses: a real server, byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import h2.connection
import h2.events
import pytest
from hypercorn.asyncio import serve
from hypercorn.config import Config

from personalize_local.guard import MAX_BODY, App, Message, Receive, Send, guarded
from personalize_local.testing.server_process import LocalAws

MINE = "https://app.example.com"
LIMIT = 1000

Header = tuple[str, str]


class Served:
    """A guarded application behind a real server, and what it saw."""

    def __init__(self, port: int, seen: list[str]) -> None:
        self.port = port
        self.seen = seen

    def send(self, text: str | bytes, *, more: bool = False) -> bytes:
        """The answer to these bytes; with `more` the client says that others will follow."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(text.encode() if isinstance(text, str) else text)
            if not more:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while not _complete(answer):
                received = connection.recv(65536)
                if not received:
                    break
                answer += received
            return answer

    def status(self, text: str | bytes, *, more: bool = False) -> int:
        return int(self.send(text, more=more).split(b" ", 2)[1])


def _complete(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(end and lengths) and len(body) >= int(lengths[0].split(b":")[1])


@contextlib.contextmanager
def serving(app: App) -> Iterator[int]:
    """A port where hypercorn serves an application."""
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()
    sock = socket.create_server(("127.0.0.1", 0))
    port: int = sock.getsockname()[1]
    config = Config()
    config.bind = [f"fd://{sock.detach()}"]
    config.loglevel = "CRITICAL"
    config.graceful_timeout = 0.2
    running = serve(cast(Any, app), config, shutdown_trigger=ended.wait)
    thread = threading.Thread(target=loop.run_until_complete, args=(running,))
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()
        loop.close()


@pytest.fixture(scope="module")
def _port_and_seen() -> Iterator[tuple[int, list[str]]]:
    seen: list[str] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        """Answer as an emulator that grants everything to everybody."""
        if scope["type"] == "lifespan":
            return
        open_to_all = [(b"Access-Control-Allow-Origin", b"*"), (b"access-control-max-age", b"86400")]
        if scope["type"] == "websocket":
            seen.append("websocket")
            await receive()
            await send({"type": "websocket.accept", "headers": open_to_all})
            await send({"type": "websocket.close"})
            return
        body = b""
        more = True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        seen.append(f"{scope['method']} {scope['path']} {len(body)}")
        headers = [*open_to_all, (b"x-mine", b"kept"), (b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})

    with serving(guarded(app, {MINE}, LIMIT)) as port:
        yield port, seen


@pytest.fixture
def served(_port_and_seen: tuple[int, list[str]]) -> Served:
    port, seen = _port_and_seen
    seen.clear()
    return Served(port, seen)


def test_wire__a_program_of_this_machine__is_answered_without_cors(served: Served) -> None:
    answer = served.send("GET /a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"x-mine: kept" in answer
    assert b"access-control" not in answer.lower()
    assert served.seen == ["GET /a 0"]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ("GET / HTTP/1.0\r\n\r\n", 403),
        ("GET / HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
        ("GET / HTTP/1.1\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 403),
        ("GET / HTTP/1.1\r\nhOsT: evil.example\r\n\r\n", 403),
        ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nContent-Length: 2\r\n\r\nhi", 403),
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\noRIGIN: http://evil.example\r\nContent-Length: 0\r\n\r\n",
            403,
        ),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nOrigin:\r\n\r\n", 403),
        ("HEAD / HTTP/1.0\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n", 403),
        ("GET / HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-site\r\n\r\n", 403),
        (
            "OPTIONS / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
            "Access-Control-Request-Method: POST\r\n\r\n",
            403,
        ),
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
            "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi",
            403,
        ),
    ],
)
def test_wire__a_request__is_answered_or_refused(served: Served, request_: str, expected: int) -> None:
    answer = served.send(request_)
    assert int(answer.split(b" ", 2)[1]) == expected, answer
    assert b"access-control" not in answer.lower()
    assert len(served.seen) == (expected == 200)


def test_wire__refused_before_its_body_came__is_answered_at_once(served: Served) -> None:
    began = time.monotonic()
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Length: 500\r\n\r\n"
    assert served.status(head, more=True) == 403
    assert time.monotonic() - began < 2


def test_wire__refused_with_a_large_body__the_client_still_reads_the_answer(served: Served) -> None:
    body = b"x" * 20_000_000
    head = f"POST / HTTP/1.1\r\nHost: evil.example\r\nContent-Length: {len(body)}\r\n\r\n"
    assert served.status(head.encode() + body) == 403


def test_wire__a_body_within_the_bound__arrives_whole(served: Served) -> None:
    assert (
        served.status(f"POST /b HTTP/1.1\r\nHost: localhost\r\nContent-Length: {LIMIT}\r\n\r\n{'x' * LIMIT}")
        == 200
    )
    chunk = f"{LIMIT:x}\r\n{'x' * LIMIT}\r\n"
    head = "POST /c HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert served.status(f"{head}{chunk}0\r\n\r\n") == 200
    assert served.seen == [f"POST /b {LIMIT}", f"POST /c {LIMIT}"]


@pytest.mark.parametrize("length", [str(LIMIT + 1), "9" * 18])
def test_wire__a_length_over_the_bound__is_413_at_once(served: Served, length: str) -> None:
    answer = served.send(f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n", more=True)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"larger than 1,000 bytes" in answer
    assert served.seen == []


def test_wire__chunks_over_the_bound_and_no_end__is_413(served: Served) -> None:
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = served.send(head + f"{600:x}\r\n{'x' * 600}\r\n" * 2, more=True)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert served.seen == []


def test_wire__an_allowed_origin__gets_what_its_page_needs_and_no_more(served: Served) -> None:
    answer = served.send(f"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: {MINE}\r\n\r\n").lower()
    assert answer.startswith(b"http/1.1 200 ")
    assert answer.count(b"access-control-allow-origin:") == 1
    assert f"access-control-allow-origin: {MINE}\r\n".encode() in answer
    assert b"vary: origin\r\n" in answer

    preflight = served.send(
        f"OPTIONS / HTTP/1.0\r\nHost: localhost\r\nOrigin: {MINE}\r\n"
        "Access-Control-Request-Method: POST\r\n"
        "Access-Control-Request-Headers: authorization,x-amz-date\r\n\r\n"
    ).lower()
    assert preflight.startswith(b"http/1.1 204 ")
    assert b"access-control-allow-headers: authorization,x-amz-date\r\n" in preflight
    assert b"access-control-allow-methods: post\r\n" in preflight
    assert served.seen == ["GET / 0"]


UPGRADE = (
    "GET /w HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{more}\r\n"
)


@pytest.mark.parametrize(
    ("host", "more", "expected"),
    [
        ("localhost", "", 101),
        ("localhost", f"Origin: {MINE}\r\n", 101),
        ("localhost", "Origin: http://localhost\r\n", 101),
        ("localhost", "Origin: http://evil.example\r\n", 403),
        ("evil.example", "Origin: http://evil.example\r\n", 403),
    ],
)
def test_websocket__handshake__is_accepted_or_refused_as_a_request(
    served: Served, host: str, more: str, expected: int
) -> None:
    answer = served.send(UPGRADE.format(host=host, more=more), more=True)
    assert int(answer.split(b" ", 2)[1]) == expected
    assert (b"access-control-allow-origin: *" in answer.lower()) is False
    assert served.seen == ["websocket"] * (expected == 101)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ([(":authority", "localhost")], "200"),
        ([(":authority", "evil.example")], "403"),
        ([(":authority", "evil.example"), ("host", "evil.example")], "403"),
        ([(":authority", "localhost"), ("origin", "http://evil.example")], "403"),
    ],
)
def test_http2__without_tls__is_held_to_the_same(
    served: Served, headers: list[Header], expected: str
) -> None:
    client = h2.connection.H2Connection()
    client.initiate_connection()
    request = [(":method", "GET"), (":scheme", "http"), (":path", "/h2"), *headers]
    client.send_headers(client.get_next_available_stream_id(), request, end_stream=True)
    with socket.create_connection(("127.0.0.1", served.port), timeout=10) as connection:
        connection.sendall(client.data_to_send())
        answered: list[h2.events.ResponseReceived] = []
        while not answered:
            events = client.receive_data(connection.recv(65536))
            answered = [event for event in events if isinstance(event, h2.events.ResponseReceived)]
    assert dict(answered[0].headers)[b":status"] == expected.encode()
    assert len(served.seen) == (expected == "200")


LOCAL = ("/_personalize/", "/_personalize/health", "/_ministack/health", "/2015-03-31/functions", "/bucket")


@pytest.mark.parametrize("path", LOCAL)
def test_local_aws__each_part_of_it__refuses_a_page_and_has_no_cors(local_aws: LocalAws, path: str) -> None:
    aws = Served(local_aws.record.port, [])
    host = f"Host: 127.0.0.1:{aws.port}\r\n"
    for stranger in (f"{host}Origin: http://127.0.0.1:8000\r\n", "Host: evil.example\r\n"):
        for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
            assert aws.status(f"{method} {path} HTTP/1.1\r\n{stranger}Content-Length: 0\r\n\r\n") == 403
    answer = aws.send(f"GET {path} HTTP/1.1\r\n{host}Connection: close\r\n\r\n").lower()
    assert not answer.startswith(b"http/1.1 403 ")
    assert b"access-control" not in answer


def test_local_aws__a_body_over_the_bound__is_413(local_aws: LocalAws) -> None:
    aws = Served(local_aws.record.port, [])
    head = f"PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n"
    assert aws.status(head, more=True) == 413


def test_local_aws__an_object_as_large_as_a_lambda_package_may_be__is_stored(local_aws: LocalAws) -> None:
    s3 = local_aws.client("s3")
    s3.create_bucket(Bucket="assets")
    s3.put_object(Bucket="assets", Key="package", Body=b"\0" * 50 * 2**20)
    assert s3.head_object(Bucket="assets", Key="package")["ContentLength"] == 50 * 2**20


def test_local_aws__its_own_page_asks_its_controls__is_answered(local_aws: LocalAws) -> None:
    aws = Served(local_aws.record.port, [])
    body = json.dumps({"advance": 60})
    answer = aws.send(
        f"POST /_personalize/clock HTTP/1.1\r\nHost: localhost:{aws.port}\r\n"
        f"Origin: http://localhost:{aws.port}\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
