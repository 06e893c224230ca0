"""The record of calls, by which tests judge how often and where somebody asked."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta

from personalize_local.simulator.engine.errors import limit_exceeded
from personalize_local.simulator.engine.scope import Scope

KEPT = 10_000
"""How many calls are remembered, the latest."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call and what came of it.

    Attributes:
        operation: The operation, as the caller named it.
        scope: From which account, in which Region.
        time: When, by the simulator's clock.
        outcome: `ok`, or the code of the error answered.
        request: What was asked.
    """

    operation: str
    scope: Scope
    time: datetime
    outcome: str
    request: object


class RateLimit:
    """At most so many requests in any second, for each operation in each account and Region (rule 118)."""

    def __init__(self) -> None:
        self._recent: dict[tuple[Scope, str], deque[datetime]] = {}

    def admit(self, operation: str, scope: Scope, now: datetime, most: int) -> None:
        """Count one request.

        Raises:
            ServiceError: It is one too many (`LimitExceededException`).
        """
        recent = self._recent.setdefault((scope, operation), deque())
        while recent and recent[0] <= now - timedelta(seconds=1):
            recent.popleft()
        if len(recent) >= most:
            raise limit_exceeded("Rate exceeded")
        recent.append(now)
