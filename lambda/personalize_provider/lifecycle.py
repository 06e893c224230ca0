"""What every transport does with a request: read it, begin it once, and then work on it until it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from personalize_provider import sdk
from personalize_provider.attempt import Attempt
from personalize_provider.clock import Clock
from personalize_provider.errors import LifecycleError, SupersededError
from personalize_provider.log import logger
from personalize_provider.reconciler import reconcile
from personalize_provider.request import Request
from personalize_provider.solution import Solution
from personalize_provider.solution.goal import GIVEN_UP_SECONDS, Absent, Present, abandoned_id, goal_of
from personalize_provider.stack_watch import StackWatch
from personalize_provider.steps import Done, Wait

# Well within the minute that the framework's function has.
_PATIENCE_SECONDS = 40.0


def read(event: Mapping[str, Any]) -> Request:
    """The request that an event makes; the log names it from here on.

    Raises:
        LifecycleError: CloudFormation sends no such event.
    """
    request = Request.from_event(event)
    logger.append_keys(
        request_id=request.request_id,
        request_type=request.type,
        stack_id=request.stack_id,
        logical_id=request.logical_id,
        physical_id=request.physical_id,
    )
    return request


def begin(request: Request, clock: Clock, patience: float = _PATIENCE_SECONDS) -> Attempt:
    """Note when a request began, when it must end, and what its stack is doing; changes nothing.

    Args:
        request: The request.
        clock: Tells and passes time.
        patience: For how many seconds CloudFormation is asked what the stack is doing.

    Raises:
        SupersededError: the stack can't want this any more.
        LifecycleError: CloudFormation doesn't say what the stack is doing.
    """
    now = clock.now()
    stack = StackWatch(request, sdk.cloudformation(), clock, now).note(patience)
    return Attempt(
        started_at=now,
        deadline=now + float(os.environ["TOTAL_TIMEOUT_SECONDS"]),
        stack=stack,
        abandoned=abandoned_id(request),
    )


def proceed(request: Request, attempt: Attempt, clock: Clock, until: float) -> Done | Wait | None:
    """Work on a request for a short while.

    Args:
        request: The request.
        attempt: What `begin` noted.
        clock: Tells and passes time.
        until: When to be called again rather than go on, seconds since the epoch.

    Returns:
        Done, or Wait to be called again; None where the request is about no solution at all.

    Raises:
        LifecycleError: the request has failed; the message is what the stack's events show.
    """
    goal = goal_of(request, attempt.started_at, is_rolling_back=attempt.stack.is_rolling_back)
    if goal is None:
        return None
    watch = StackWatch(request, sdk.cloudformation(), clock, attempt.started_at)

    def work_on(goal: Present | Absent) -> Done | Wait:
        solution = Solution(goal, sdk.personalize(), clock.now)
        return reconcile(solution, attempt, clock, lambda: watch.check(attempt.stack, solution.label), until)

    step = work_on(goal)
    if isinstance(step, Done) and not _is_cleaned_up(request, attempt, clock, work_on):
        return Wait("what a cancelled update began is still there")
    return step


def _is_cleaned_up(
    request: Request, attempt: Attempt, clock: Clock, work_on: Callable[[Absent], Done | Wait]
) -> bool:
    """Whether what a cancelled update began is gone, or nothing more can be done about it.

    That it can't be ended must not fail the rollback; it is tried until the deadline all the same.
    """
    goal = goal_of(request.delete_of(attempt.abandoned), attempt.started_at) if attempt.abandoned else None
    if not isinstance(goal, Absent):
        return True
    try:
        given_up = replace(goal, quiet_seconds=GIVEN_UP_SECONDS, is_id_made_up=True)
        return isinstance(work_on(given_up), Done)
    except LifecycleError as error:
        logger.error("what a cancelled update began is still there", error=str(error))
        return isinstance(error, SupersededError) or clock.now() >= attempt.deadline
