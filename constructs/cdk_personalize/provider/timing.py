"""How the provider's time limits follow from one another: the innermost always ends first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from aws_cdk import Duration

from cdk_personalize.model.findings import Problem

ON_EVENT_SECONDS = 60
"""Timeout of the function that receives requests."""
IS_COMPLETE_SECONDS = 120
"""Timeout of the function that waits."""

SINGLE_FUNCTION_SECONDS = 300
"""Timeout of the function of a single-function provider."""
POLL_SECONDS = 60
"""How often a single function is invoked again: EventBridge has no shorter rate."""

_TOTAL_SECONDS = range(60, 50 * 60 + 1)
_INTERVAL_SECONDS = range(1, 60 + 1)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """The time limits of a provider, all in seconds.

    Attributes:
        total: After this time the handler gives up and reports why.
        interval: Pause between two invocations of the waiting function.
    """

    total: float = 30 * 60
    interval: float = 5

    @property
    def waiter(self) -> int:
        """How long the waiter goes on, counting only its pauses; a multiple of the interval.

        It counts attempts. Even if each took no time, it must outlast the handler's deadline by the
        invocation that received the request and the one that finds the deadline passed.
        """
        longest = self.total + ON_EVENT_SECONDS + IS_COMPLETE_SECONDS
        return math.ceil(longest / self.interval) * int(self.interval)

    @property
    def service_timeout(self) -> int:
        """How long CloudFormation waits: longer than the waiter, and less than its limit of an hour."""
        return self.waiter + 2 * ON_EVENT_SECONDS

    def problems(self) -> Iterator[Problem]:
        """Find what is out of range."""
        if self.total not in _TOTAL_SECONDS:
            yield Problem(
                argument="total_timeout",
                value=f"{self.total} seconds",
                rule="must be whole seconds, from 1 to 50 minutes",
                fix="choose a time in that range: CloudFormation itself waits an hour at most",
            )
        if self.interval not in _INTERVAL_SECONDS:
            yield Problem(
                argument="query_interval",
                value=f"{self.interval} seconds",
                rule="must be whole seconds, 1 to 60",
                fix="leave it out for 5 seconds",
            )


def given(**durations: Duration | None) -> dict[str, float]:
    """The durations that are not None, in seconds."""
    return {
        name: duration.to_seconds(integral=False)
        for name, duration in durations.items()
        if duration is not None
    }
