"""What every transport does with a request: read it, begin it once, and then work on it until it is done."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from personalize_provider import sdk
from personalize_provider.attempt import Attempt
from personalize_provider.claims import is_named_elsewhere
from personalize_provider.clock import Clock
from personalize_provider.errors import (
    CALL_ERRORS,
    LifecycleError,
    SupersededError,
    is_denied,
    is_unreachable,
    may_pass,
    refused,
)
from personalize_provider.identity import LOGICAL_ID_TAG
from personalize_provider.log import logger
from personalize_provider.reconciler import reconcile
from personalize_provider.request import Request
from personalize_provider.solution import Solution
from personalize_provider.solution.goal import (
    GIVEN_UP_SECONDS,
    Absent,
    Present,
    abandoned_id,
    goal_of,
    predecessor_of,
)
from personalize_provider.solution.identify import identify
from personalize_provider.solution.resource import find, find_tags
from personalize_provider.stack import StackState, rollback_updates
from personalize_provider.steps import Done, Wait

_Answer = TypeVar("_Answer")

# Well within the minute that the framework's function has.
_PATIENCE_SECONDS = 40.0
_PAUSE_SECONDS = 1.0
_EVENTS_SHOW_SECONDS = 15.0
_UNKNOWN = StackState("UNKNOWN")
_NOT_CLEANED_UP = Wait("what a cancelled update began is still there")
_CLOCKS_DIFFER_SECONDS = 3.0  # one of them for the part of a second that the response URL leaves out


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
    ask = _Patient(f"resource {request.logical_id}", clock, now, patience)
    stack = _stack_at_first(request, ask)
    is_known = stack != _UNKNOWN
    if is_known and (_is_late(request, stack) or (stack.is_rolling_back and _is_rolled_back(request, ask))):
        raise SupersededError(f"resource {request.logical_id}", request.type, stack.status)
    identity = _identity(request, stack, ask)
    attempt = Attempt(
        started_at=now,
        deadline=now + float(os.environ["TOTAL_TIMEOUT_SECONDS"]),
        stack=stack,
        abandoned=abandoned_id(request, identity),
        predecessor=predecessor_of(request, identity),
    )
    return identity, attempt


def _identity(request: Request, stack: StackState, ask: _Patient) -> str:
    client = sdk.personalize()

    def is_claimed(arn: str, tags: Mapping[str, str]) -> bool:
        return ask("ListStackResources", lambda: _is_claimed(request, arn, tags))

    return identify(
        request,
        is_rolling_back=stack.is_rolling_back,
        look=lambda arn: ask("DescribeSolution", lambda: find(client, arn, is_claimed)),
        tags_of=lambda arn: ask("ListTagsForResource", lambda: find_tags(client, arn)),
    )


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
    may_roll_back = attempt.stack.is_rolling_back or attempt.stack == _UNKNOWN
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
    try:
        step = _work_on(goal, request, attempt, clock, until)
    except LifecycleError as error:
        if isinstance(goal, Absent) and goal.leaves_older:
            # Nothing was made, so there is nothing that has to be looked at.
            logger.warning("could not look for what was never made", error=str(error))
            return Done({})
        # After a failure no later request ends what a cancelled update began.
        if isinstance(error, SupersededError) or _is_cleaned_up(request, attempt, clock, until):
            raise
        return _NOT_CLEANED_UP
    if isinstance(step, Done) and not _is_cleaned_up(request, attempt, clock, until):
        return _NOT_CLEANED_UP
    return step


def _work_on(
    goal: Present | Absent, request: Request, attempt: Attempt, clock: Clock, until: float
) -> Done | Wait:
    return reconcile(
        Solution(goal, sdk.personalize(), clock.now, lambda arn, tags: _is_claimed(request, arn, tags)),
        attempt,
        clock,
        lambda: _stack_now(request, attempt, clock),
        until,
    )


def _stack_at_first(request: Request, ask: _Patient) -> StackState:
    """What the stack is doing, asked at the beginning.

    If CloudFormation refuses to tell, the request may be late. An Update goes on, because it may be that of a
    rollback that finds everything in place, and CloudFormation is asked again before it changes anything. A
    Delete goes on, because cleaning up is all that can be done in such a stack.
    """
    client = sdk.cloudformation()
    try:
        return ask("DescribeStacks", lambda: StackState.read(client, request.stack_id))
    except LifecycleError as error:
        if request.type == "Create" or not _is_refused_for_good(error.__cause__):
            raise
        logger.warning("it is not known what the stack does", error=str(error))
        return _UNKNOWN


def _stack_now(request: Request, attempt: Attempt, clock: Clock) -> StackState:
    """What the stack is doing, asked before a change."""
    is_delete = request.type == "Delete"
    if is_delete and attempt.stack == _UNKNOWN:
        return _UNKNOWN
    try:
        state = StackState.read(sdk.cloudformation(), request.stack_id)
    except CALL_ERRORS as error:
        age = clock.now() - attempt.started_at
        if not is_delete or not _is_refused_for_good(error) or may_pass(error, age):
            raise
        logger.warning("it is deleted without knowing what the stack does", error=str(error))
        return attempt.stack
    if attempt.stack == _UNKNOWN:
        raise LifecycleError(
            f"resource {request.logical_id}",
            "DescribeStacks",
            "it was refused when the request began, so nobody knows whether the request is late",
            "deploy again",
        )
    return state


def _is_refused_for_good(cause: BaseException | None) -> bool:
    return isinstance(cause, CALL_ERRORS) and (is_unreachable(cause) or is_denied(cause))


def _is_cleaned_up(request: Request, attempt: Attempt, clock: Clock, until: float) -> bool:
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
        return isinstance(_work_on(given_up, request, attempt, clock, until), Done)
    except LifecycleError as error:
        logger.error("what a cancelled update began is still there", error=str(error))
        return isinstance(error, SupersededError) or clock.now() >= attempt.deadline


def _is_late(request: Request, stack: StackState) -> bool:
    """Whether a request is of an operation that is over, as far as the stack's state tells."""
    if not stack.may_ask_for(request.type):
        return True
    # Lambda may deliver an event again hours later, in the middle of another operation.
    return request.sent_at is not None and stack.has_begun_since(request.sent_at + _CLOCKS_DIFFER_SECONDS)


def _is_rolled_back(request: Request, ask: _Patient) -> bool:
    """Whether an Update is what the rollback under way takes back, and came late, or is the rollback's own.

    CloudFormation tells of an Update before it sends it, but may not tell at once.
    """
    if request.type != "Update":
        return False
    client = sdk.cloudformation()
    while True:
        try:
            asked = ask(
                "DescribeStackEvents", lambda: rollback_updates(client, request.stack_id, request.logical_id)
            )
        except LifecycleError as error:
            if not _is_refused_for_good(error.__cause__):
                raise
            logger.warning("it is not known what the rollback asked for", error=str(error))
            return False
        if asked:
            return request.is_undone_by(asked[0])
        if ask.age >= _EVENTS_SHOW_SECONDS:
            return asked is not None
        ask.pause()


@dataclass(frozen=True)
class _Patient:
    """Asks CloudFormation. An exception then ends the request, so what may pass is waited for.

    Attributes:
        resource: Who asks, for messages.
        clock: Tells and passes time.
        since: When the request began.
        patience: For how many seconds from then.
    """

    resource: str
    clock: Clock
    since: float
    patience: float

    def __call__(self, operation: str, call: Callable[[], _Answer]) -> _Answer:
        while True:
            try:
                return call()
            except CALL_ERRORS as error:
                if self.age > self.patience or not may_pass(error, self.age):
                    raise refused(
                        self.resource, getattr(error, "operation_name", operation), error
                    ) from error
                self.pause()

    @property
    def age(self) -> float:
        return self.clock.now() - self.since

    def pause(self) -> None:
        # At the same moments as a stack's other resources, most would be throttled again.
        self.clock.sleep(_PAUSE_SECONDS * (0.5 + random.random()))  # noqa: S311 (no secret)
