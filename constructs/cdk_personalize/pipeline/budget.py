"""How much of Step Functions' quotas a run can use at most."""

from __future__ import annotations

from cdk_personalize.pipeline.definition.states import FIRST_WAIT, GROWTH, LONGEST_WAIT, promotion_timeout

MOST_EVENTS = 25_000
"""Events in the history of an execution (rule 205)."""
MOST_ALARMS = 50
"""Alarms in a page of DescribeAlarms, unless more are requested."""

_POLL = 9  # events of a Wait, a Task and a Choice: 2 + 5 + 2
_RETRIED = 3  # events of an attempt that is retried
TASKS, _RETRIES = 80, 8
"""Tasks of a run, more than there are."""
BUSY_TASKS, _BUSY_RETRIES = 12, 30
"""Those that wait while something else changes a resource."""
OTHERS = 700
"""Events of all states outside of loops, more than there are."""


def polls(seconds: int) -> int:
    """How often a loop looks at something within a time, by the growing waits between two looks."""
    count, waited, wait = 1, 0, float(FIRST_WAIT)
    while waited <= seconds and wait < LONGEST_WAIT:
        waited += int(wait)
        wait *= GROWTH
        count += 1
    return count + max(0, seconds - waited) // LONGEST_WAIT + 1


def history_events(*, timeout: int, trainings: int, imports: int, bake: int) -> int:
    """The most events that the history of a run can have.

    Each look of a loop can be repeated, and then delays the next one. This counts with every second one.

    Args:
        timeout: Seconds for the turn, and again for the imports and trainings.
        trainings: How many versions are trained at once.
        imports: How many imports run at once.
        bake: Seconds of the bake.
    """
    looks = polls(timeout) * (1 + max(trainings, imports))
    looks += 2 * polls(promotion_timeout(timeout)) + polls(bake)
    retries = looks // 2 + TASKS * _RETRIES + BUSY_TASKS * _BUSY_RETRIES
    return looks * _POLL + retries * _RETRIED + OTHERS
