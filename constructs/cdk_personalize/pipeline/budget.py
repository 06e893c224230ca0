"""How much of Step Functions' quotas a run can use at most."""

from __future__ import annotations

from cdk_personalize.pipeline.definition.states import FIRST_WAIT, GROWTH, LONGEST_WAIT, promotion_timeout

MOST_EVENTS = 25_000
"""Events in the history of an execution (rule 205)."""
MOST_ALARMS = 50
"""Alarms in a page of DescribeAlarms, unless more are requested."""

_POLL = 9  # events of a Wait, a Task and a Choice: 2 + 5 + 2
_RETRIED = 3  # events of an attempt that is retried
_TASKS, _RETRIES = 40, 8  # tasks outside of loops, more than there are
_BUSY_TASKS, _BUSY_RETRIES = 8, 60
_OTHERS = 300  # events of all other states, more than there are


def polls(seconds: int) -> int:
    """How often a loop looks at something within a time, by the growing waits between two looks."""
    count, waited, wait = 1, 0, float(FIRST_WAIT)
    while waited <= seconds and wait < LONGEST_WAIT:
        waited += int(wait)
        wait *= GROWTH
        count += 1
    return count + max(0, seconds - waited) // LONGEST_WAIT + 1


def history_events(*, timeout: int, trainings: int, imports: int, bake: int) -> int:
    """The most events that the history of a run can have, if no more than one look in two must be repeated.

    Args:
        timeout: Seconds for the turn, and again for the imports and trainings.
        trainings: How many versions are trained at once.
        imports: How many imports run at once.
        bake: Seconds of the bake.
    """
    looks = polls(timeout) * (1 + max(trainings, imports))
    looks += 2 * polls(promotion_timeout(timeout)) + polls(bake)
    single = _TASKS * _RETRIES + _BUSY_TASKS * _BUSY_RETRIES
    return looks * (_POLL + _RETRIED) + single * _RETRIED + _OTHERS
