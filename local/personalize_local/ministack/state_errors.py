"""Retry and Catch, where ministack catches what ends an execution, and retries at other moments.

`States.Runtime` and `States.DataLimitExceeded` always fail the execution: no Retry or Catch matches them.
The delay of a retry has a maximum and a jitter, and no other limit.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

HEARTBEAT = "States.HeartbeatTimeout"
"""The error of a task without a heartbeat. States that catch `States.Timeout` catch it too."""

_FATAL = ("States.Runtime", "States.DataLimitExceeded")

# ministack works out the delay after it has found the retrier, and waits no longer than a minute.
_delay: ContextVar[float | None] = ContextVar("delay", default=None)


def delay(retrier: Mapping[str, Any], attempts: int) -> float:
    """Seconds before the next attempt.

    Args:
        retrier: The retrier of the state.
        attempts: How often it has retried already.
    """
    seconds = float(retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** attempts)
    seconds = min(seconds, float(retrier.get("MaxDelaySeconds", seconds)))
    if retrier.get("JitterStrategy") == "FULL":
        return random.uniform(0, seconds)  # noqa: S311 - a delay, not a secret
    return seconds


def register() -> None:
    """Let states retry and catch as in Step Functions. After `one_clock`, whose sleep it makes use of."""
    matches, find, sleep = (
        stepfunctions._error_matches,
        stepfunctions._find_matching_retrier,
        stepfunctions._scaled_sleep,
    )

    def error_matches(names: Sequence[str], error: str) -> bool:
        if error == HEARTBEAT:
            return not {HEARTBEAT, "States.Timeout", "States.ALL"}.isdisjoint(names)
        return error not in _FATAL and bool(matches(names, error))

    def find_matching_retrier(
        retriers: Sequence[Mapping[str, Any]], error: str, attempts: Mapping[int, int]
    ) -> tuple[Mapping[str, Any] | None, int]:
        retrier, index = find(retriers, error, attempts)
        _delay.set(None if retrier is None else delay(retrier, attempts.get(index, 0)))
        return retrier, index

    def scaled_sleep(seconds: float) -> None:
        waited = _delay.get()
        _delay.set(None)
        sleep(seconds if waited is None else waited)

    stepfunctions._error_matches = error_matches
    stepfunctions._find_matching_retrier = find_matching_retrier
    stepfunctions._scaled_sleep = scaled_sleep
