"""The log of calls, for tests that count them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from personalize_local.simulator.engine.errors import limit_exceeded
from personalize_local.simulator.engine.scope import Scope

KEPT = 10_000
"""The number of calls that the log keeps. Older ones are dropped."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its outcome.

    Attributes:
        operation: The name of the operation, as sent.
        scope: The caller's account and Region.
        time: The time of the simulator's clock.
        outcome: `ok` or an error code.
        request: The request.
    """

    operation: str
    scope: Scope
    time: datetime
    outcome: str
    request: object


class RateLimit:
    """Limits the requests per second for each operation in each account and Region (rule 118)."""

    def __init__(self) -> None:
        self._recent: dict[tuple[Scope, str], deque[datetime]] = {}

    def admit(self, operation: str, scope: Scope, now: datetime, most: int) -> None:
        """Count one request.

        Raises:
            ServiceError: The limit is exceeded (`LimitExceededException`).
        """
        recent = self._recent.setdefault((scope, operation), deque())
        while recent and recent[0] <= now - timedelta(seconds=1):
            recent.popleft()
        if len(recent) >= most:
            raise limit_exceeded("Rate exceeded")
        recent.append(now)
