"""What every transport does with a request: read it, begin it once, and then work on it until it is done."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from personalize_provider.aws import sdk
from personalize_provider.aws.errors import (
    CALL_ERRORS,
    LifecycleError,
    SupersededError,
    is_denied,
    is_unreachable,
    refused,
)
from personalize_provider.engine.claims import is_named_elsewhere
from personalize_provider.engine.clock import Clock
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.identity import LOGICAL_ID_TAG
from personalize_provider.engine.log import logger
from personalize_provider.engine.patience import Patience
from personalize_provider.engine.reconciler import reconcile
from personalize_provider.engine.request import Request
from personalize_provider.engine.stack import UNKNOWN, StackState
from personalize_provider.engine.stack_watch import StackWatch
from personalize_provider.engine.steps import Done, Wait
from personalize_provider.kinds.solution import Solution
from personalize_provider.kinds.solution.desired import (
    GIVEN_UP_SECONDS,
    Absent,
    Present,
    abandoned_id,
    goal_of,
    predecessor_of,
)
from personalize_provider.kinds.solution.identify import identify
from personalize_provider.kinds.solution.resource import find, find_tags

_Answer = TypeVar("_Answer")

# Well within the minute that the framework's function has.
_PATIENCE_SECONDS = 40.0
_CLAIM_SECONDS = 10.0
_NOT_CLEANED_UP = Wait("what a cancelled update began is still there")


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


def begin(request: Request, clock: Clock, patience: float = _PATIENCE_SECONDS) -> tuple[str, Attempt]:
    """Settle a request's physical id, when it must end, and what its stack is doing; changes nothing.

    Args:
        request: The request.
        clock: Tells and passes time.
        patience: For how many seconds CloudFormation and Personalize are asked.

    Returns:
        The id to answer with, and what later events need to know.

    Raises:
        SupersededError: the stack can't want this any more.
        LifecycleError: what is to be made is there already; or CloudFormation doesn't say what the stack is
            doing, or Personalize what is there.
    """
    now = clock.now()
    watch = StackWatch(request, sdk.cloudformation(), clock, now)
    stack = _stack_at_first(request, watch, patience)
    stack, identity = _identity(request, stack, watch, now + patience - clock.now())
    attempt = Attempt(
        started_at=now,
        deadline=now + float(os.environ["TOTAL_TIMEOUT_SECONDS"]),
        stack=stack,
        abandoned=abandoned_id(request, identity),
        predecessor=predecessor_of(request, identity),
    )
    return identity, attempt


def _identity(
    request: Request, stack: StackState, watch: StackWatch, patience: float
) -> tuple[StackState, str]:
    """The id to answer with, and the state of the stack that it follows from.

    A rollback's Update may need another id than an ordinary one. Where that makes a difference, the state
    must not be an old reading: of the update that is rolled back, or of an earlier rollback.
    """
    ask = watch.patience(patience)
    identity = _identify(request, ask, is_rolling_back=stack.is_rolling_back)
    if request.type == "Update" and stack != UNKNOWN:
        other = _identify(request, ask, is_rolling_back=not stack.is_rolling_back)
        if identity != other:
            certain = watch.note(patience, is_certain=True)
            identity = identity if certain.is_rolling_back == stack.is_rolling_back else other
            stack = certain
    if isinstance(identity, LifecycleError):
        raise identity
    return stack, identity


def _identify(request: Request, patience: Patience, *, is_rolling_back: bool) -> str | LifecycleError:
    """The id to answer with, or why the request fails."""
    client = sdk.personalize()

    def ask(operation: str, call: Callable[[], _Answer]) -> _Answer:
        try:
            return patience(call)
        except CALL_ERRORS as error:
            operation = getattr(error, "operation_name", operation)
            raise refused(f"resource {request.logical_id}", operation, error) from error

    def is_claimed(arn: str, tags: Mapping[str, str]) -> bool:
        return ask("ListStackResources", lambda: _is_claimed(request, arn, tags))

    try:
        return identify(
            request,
            is_rolling_back=is_rolling_back,
            look=lambda arn: ask("DescribeSolution", lambda: find(client, arn, is_claimed)),
            tags_of=lambda arn: ask("ListTagsForResource", lambda: find_tags(client, arn)),
        )
    except LifecycleError as error:
        return error


def _is_claimed(request: Request, arn: str, tags: Mapping[str, str]) -> bool:
    tagged = tags.get(LOGICAL_ID_TAG, "")
    return is_named_elsewhere(sdk.cloudformation(), request.stack_id, request.logical_id, arn, tagged)


def proceed(request: Request, attempt: Attempt, clock: Clock, until: float) -> Done | Wait | None:
    """Work on a request for a short while.

    Args:
        request: The request, with the id that was answered for it.
        attempt: What `begin` noted.
        clock: Tells and passes time.
        until: When to be called again rather than go on, seconds since the epoch.

    Returns:
        Done, or Wait to be called again; None where the request is about no solution at all.

    Raises:
        LifecycleError: the request has failed; the message is what the stack's events show.
    """
    may_roll_back = attempt.stack.is_rolling_back or attempt.stack == UNKNOWN
    goal = goal_of(
        request,
        attempt.started_at,
        is_rolling_back=may_roll_back,
        identity=request.physical_id,
        predecessor=attempt.predecessor,
        operation_began=attempt.stack.began,
    )
    if goal is None:
        return None
    watch = StackWatch(request, sdk.cloudformation(), clock, attempt.started_at)
    ask = watch.patience(_CLAIM_SECONDS)

    def work_on(goal: Present | Absent) -> Done | Wait:
        solution = Solution(
            goal, sdk.personalize(), clock.now, lambda arn, tags: ask(lambda: _is_claimed(request, arn, tags))
        )
        return reconcile(solution, attempt, clock, lambda: watch.check(attempt.stack, solution.label), until)

    try:
        step = work_on(goal)
    except LifecycleError as error:
        if isinstance(goal, Absent) and goal.leaves_older:
            # Nothing was made, so there is nothing that has to be looked at.
            logger.warning("could not look for what was never made", error=str(error))
            return Done({})
        # After a failure no later request ends what a cancelled update began.
        if isinstance(error, SupersededError) or _is_cleaned_up(request, attempt, clock, work_on):
            raise
        return _NOT_CLEANED_UP
    if isinstance(step, Done) and not _is_cleaned_up(request, attempt, clock, work_on):
        return _NOT_CLEANED_UP
    return step


def _stack_at_first(request: Request, watch: StackWatch, patience: float) -> StackState:
    """What the stack is doing, asked at the beginning.

    If CloudFormation refuses to tell, the request may be late. An Update goes on, because it may be that of a
    rollback that finds everything in place, and CloudFormation is asked again before it changes anything. A
    Delete goes on, because cleaning up is all that can be done in such a stack.
    """
    try:
        return watch.note(patience)
    except LifecycleError as error:
        cause = error.__cause__
        is_refused = isinstance(cause, CALL_ERRORS) and (is_unreachable(cause) or is_denied(cause))
        if request.type == "Create" or not is_refused:
            raise
        logger.warning("it is not known what the stack does", error=str(error))
        return UNKNOWN


def _is_cleaned_up(
    request: Request, attempt: Attempt, clock: Clock, work_on: Callable[[Absent], Done | Wait]
) -> bool:
    """Whether what a cancelled update began is gone, or nothing more can be done about it.

    That it can't be ended must not fail the rollback; it is tried until the deadline all the same.
    """
    if not attempt.abandoned:
        return True
    goal = goal_of(
        request.delete_of(attempt.abandoned), attempt.started_at, operation_began=attempt.stack.began
    )
    if not isinstance(goal, Absent):
        return True
    try:
        given_up = replace(
            goal, quiet_seconds=GIVEN_UP_SECONDS, is_id_made_up=True, is_undone=True, leaves_older=True
        )
        return isinstance(work_on(given_up), Done)
    except LifecycleError as error:
        logger.error("what a cancelled update began is still there", error=str(error))
        return isinstance(error, SupersededError) or clock.now() >= attempt.deadline
