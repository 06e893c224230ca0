"""A microburst proxy between a client and a server, whose rules inject faults."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# The proxy reads its input and ends with the process that started it. It would look for
# a service in the address 127.0.0.1, and read the models of them all for it: seconds, and much memory.
_PROGRAM = """
import logging, os, sys, threading
from microburst.cli import main
from microburst.detection import host

def end_with_the_starter():
    sys.stdin.read()
    os._exit(0)

host._endpoint_prefix_map = dict
logging.disable(logging.CRITICAL)
threading.Thread(target=end_with_the_starter, daemon=True).start()
sys.exit(main())
"""
_STARTS_WITHIN = 30.0
_ATTEMPTS = 5


class FaultProxy:
    """A running proxy.

    Args:
        port: Where on 127.0.0.1 it listens.
    """

    def __init__(self, port: int) -> None:
        self._port = port

    @property
    def url(self) -> str:
        """Where clients send what they would send to the server."""
        return f"http://127.0.0.1:{self._port}"

    def apply(self, *rules: Mapping[str, Any]) -> None:
        """Let these rules be all there are, and forget what fired before."""
        self._ask("DELETE", "fired")
        self._ask("POST", "rules", list(rules))

    def fired(self) -> int:
        """How many faults there were since the rules were applied."""
        return len(self._ask("GET", "fired?limit=2000"))

    def upstream(self) -> str:
        """Which server it passes requests on to."""
        return str(self._ask("GET", "health")["upstream"])

    def _ask(self, method: str, path: str, body: Sequence[Mapping[str, Any]] | None = None) -> Any:
        text = None if body is None else json.dumps(body)
        # A connection of its own each time: the proxy ends one that was idle while other tests ran.
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        with contextlib.closing(connection):
            connection.request(method, f"/_microburst/{path}", text, {"Content-Type": "application/json"})
            response = connection.getresponse()
            answer = response.read()
        assert response.status == http.HTTPStatus.OK, answer
        return json.loads(answer)


@contextlib.contextmanager
def fault_proxy(upstream: str) -> Iterator[FaultProxy]:
    """A proxy in front of the server at the address `upstream`, ended with the block."""
    for _ in range(_ATTEMPTS):
        port = _free_port()
        arguments = ["--upstream", upstream, "--port", str(port), "--no-resign"]
        with subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            proxy = FaultProxy(port)
            try:
                if _is_up(proxy, process, upstream):
                    yield proxy
                    return
            finally:
                process.kill()
    raise AssertionError(f"microburst did not start in {_ATTEMPTS} attempts")


def _is_up(proxy: FaultProxy, process: subprocess.Popen[bytes], upstream: str) -> bool:
    """Whether it came up. Its port was free a moment ago: another process may have taken it."""
    give_up_at = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < give_up_at:
        try:
            return proxy.upstream() == upstream
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)
    return False


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
