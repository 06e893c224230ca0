"""The service itself: every account and Region in one object."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from personalize_local.simulator.clock import Clock
from personalize_local.simulator.errors import NOT_SIMULATED, ServiceError
from personalize_local.simulator.scope import Scope
from personalize_local.simulator.settings import Durations


@dataclass(frozen=True, slots=True)
class Response:
    """An answer on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes


class Personalize:
    """Amazon Personalize's control plane, thread safe."""

    def __init__(self, clock: Clock | None = None, durations: Durations | None = None) -> None:
        self.clock = clock or Clock()
        self.durations = durations or Durations()
        self._lock = threading.RLock()

    def call(self, operation: str, params: Mapping[str, object], scope: Scope) -> dict[str, object]:
        """Run one operation, its members in the API's names."""
        raise ServiceError(NOT_SIMULATED, f"{operation} is not simulated")

    def respond(self, target: str, body: bytes, scope: Scope) -> Response:
        """Answer one request of the JSON 1.1 protocol."""
        try:
            answer = self.call(target.partition(".")[2], json.loads(body or b"{}"), scope)
            return Response(200, {"content-type": "application/x-amz-json-1.1"}, json.dumps(answer).encode())
        except ServiceError as error:
            text = json.dumps({"__type": error.code, "message": error.message})
            headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": error.code}
            return Response(error.status, headers, text.encode())

    def state(self) -> dict[str, object]:
        """The whole state, ready for JSON."""
        return {"now": self.clock.now().isoformat()}

    def reset(self) -> None:
        """Forget every resource."""
