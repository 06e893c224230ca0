"""How much of Step Functions' quotas a run can use at most."""

from __future__ import annotations

import math
from itertools import accumulate

from cdk_personalize.pipeline.definition.states import (
    FIRST_WAIT,
    GROWTH,
    LONGEST_WAIT,
    LOOK_RETRIES,
    promotion_timeout,
)

MOST_EVENTS = 25_000
"""Events in the history of an execution (rule 205)."""
MOST_ALARMS = 50
"""Alarms in a page of DescribeAlarms, unless more are requested."""

_LOOK = 9  # events of a Wait, a Task and a Choice: 2 + 5 + 2
_RETRIED = 3  # events of an attempt that is retried
TASKS, _RETRIES = 80, 8
"""Tasks of a run, more than there are."""
BUSY_TASKS, _BUSY_RETRIES = 12, 30
"""Those that wait while something else changes a resource."""
OTHERS = 700
"""Events of all states outside of loops, more than there are."""


def events_of_loop(seconds: int) -> int:
    """The most events of a loop that looks at something for a time.

    While its waits grow, each look may be retried as often as allowed. After that, retries add events to a
    look, and seconds until the next one. The costliest number of retries bounds every mixture of them.
    """
    growing: int = math.ceil(math.log(LONGEST_WAIT / FIRST_WAIT, GROWTH))
    delays = [
        min(LOOK_RETRIES["IntervalSeconds"] * LOOK_RETRIES["BackoffRate"] ** number, LONGEST_WAIT)
        for number in range(LOOK_RETRIES["MaxAttempts"])
    ]
    per_second: float = max(
        (_LOOK + _RETRIED * retries) / (LONGEST_WAIT + delayed)
        for retries, delayed in enumerate(accumulate(delays, initial=0))
    )
    most = _LOOK + _RETRIED * len(delays)
    # The first look has no wait before it, and the last one begins before the time is over.
    return (growing + 2) * most + math.ceil(seconds * per_second)


def history_events(*, timeout: int, trainings: int, imports: int, bake: int) -> int:
    """The most events that the history of a run can have.

    Args:
        timeout: Seconds for the turn, and again for the imports and trainings.
        trainings: How many versions are trained at once.
        imports: How many imports run at once.
        bake: Seconds of the bake.
    """
    loops = (1 + max(trainings, imports)) * events_of_loop(timeout)
    loops += 2 * events_of_loop(promotion_timeout(timeout)) + events_of_loop(bake)
    return loops + (TASKS * _RETRIES + BUSY_TASKS * _BUSY_RETRIES) * _RETRIED + OTHERS
