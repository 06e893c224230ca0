"""The transport for the CDK provider framework.

`on_event` answers with an identity and changes nothing, so a crash or a lost answer always leaves
something that a Delete can find. All changes are made by `is_complete`, which the framework's waiter
calls until it is done; an exception there is final.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from personalize_provider import sdk
from personalize_provider.attempt import Attempt
from personalize_provider.clock import SystemClock
from personalize_provider.errors import CALL_ERRORS, LifecycleError, SupersededError, may_pass, refused
from personalize_provider.log import logger
from personalize_provider.reconciler import reconcile
from personalize_provider.request import Request, malformed
from personalize_provider.solution import Solution
from personalize_provider.solution.goal import (
    GIVEN_UP_SECONDS,
    Absent,
    Present,
    abandoned_id,
    goal_of,
    physical_id,
)
from personalize_provider.stack import StackState, rollback_updates
from personalize_provider.steps import Done, Wait

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_Answer = TypeVar("_Answer")

_CLOCK = SystemClock()
_ATTEMPT = "Attempt"

# With the client's own retries, well within the function's minute.
_PATIENCE_SECONDS = 40.0
_PAUSE_SECONDS = 2.0
_EVENTS_SHOW_SECONDS = 15.0
_CLOCKS_DIFFER_SECONDS = 3.0  # one of them for the part of a second that the response URL leaves out
_END_OF_TIME = 1e11  # seconds since the epoch; NaN and infinity are beyond it


# The event holds a credential: it is not logged, whatever POWERTOOLS_LOGGER_LOG_EVENT says.
_with_log = logger.inject_lambda_context(clear_state=True, log_event=False)


@_with_log
def on_event(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 (Lambda passes it)
    """Answer a request's first event with its physical id and what later events need to know.

    Raises:
        InvalidPropertiesError: the properties make no request to the service.
        LifecycleError: the event is none of CloudFormation's, is about somebody else's solution, or
            CloudFormation doesn't say what the stack is doing.
    """
    request = _begin(event)
    identity = physical_id(request)
    now = _CLOCK.now()
    stack = _stack_state(request, now)
    if _is_late(request, stack) or (stack.is_rolling_back and _is_rolled_back(request, now)):
        raise SupersededError(f"resource {request.logical_id}", request.type, stack.status)
    attempt = Attempt(
        started_at=now,
        deadline=now + float(os.environ["TOTAL_TIMEOUT_SECONDS"]),
        stack=stack,
        abandoned=abandoned_id(request),
    )
    logger.info("identity", physical_id=identity, attempt=attempt.to_event())
    return {"PhysicalResourceId": identity, _ATTEMPT: attempt.to_event()}


@_with_log
def is_complete(event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    """Work on a request for a short while.

    Raises:
        LifecycleError: the request has failed; the message is what the stack's events show.
    """
    request = _begin(event)
    attempt = _attempt_of(event)
    goal = goal_of(request, attempt.started_at, is_rolling_back=attempt.stack.is_rolling_back)
    if goal is None:
        return {"IsComplete": True}
    step = _work_on(goal, request, attempt)
    if isinstance(step, Done) and _is_cleaned_up(request, attempt):
        return {"IsComplete": True, "Data": dict(step.attributes)}
    return {"IsComplete": False}


def _work_on(goal: Present | Absent, request: Request, attempt: Attempt) -> Done | Wait:
    return reconcile(
        Solution(goal, sdk.personalize(), _CLOCK.now),
        attempt,
        _CLOCK,
        lambda: StackState.read(sdk.cloudformation(), request.stack_id),
    )


def _is_cleaned_up(request: Request, attempt: Attempt) -> bool:
    """Whether what a cancelled update began is gone, or nothing more can be done about it.

    That it can't be ended must not fail the rollback; it is tried until the deadline all the same.
    """
    goal = goal_of(request.delete_of(attempt.abandoned), attempt.started_at) if attempt.abandoned else None
    if not isinstance(goal, Absent):
        return True
    try:
        return isinstance(
            _work_on(replace(goal, quiet_seconds=GIVEN_UP_SECONDS, is_id_made_up=True), request, attempt),
            Done,
        )
    except LifecycleError as error:
        logger.error("what a cancelled update began is still there", error=str(error))
        return isinstance(error, SupersededError) or _CLOCK.now() >= attempt.deadline


def _stack_state(request: Request, since: float) -> StackState:
    client = sdk.cloudformation()
    return _told(request, since, "DescribeStacks", lambda: StackState.read(client, request.stack_id))


def _is_late(request: Request, stack: StackState) -> bool:
    """Whether a request is of an operation that is over, as far as the stack's state tells."""
    if not stack.may_ask_for(request.type):
        return True
    # Lambda may deliver an event again hours later, in the middle of another operation.
    is_older = request.sent_at is not None and stack.has_begun_since(request.sent_at + _CLOCKS_DIFFER_SECONDS)
    return is_older and request.type != "Delete"


def _is_rolled_back(request: Request, since: float) -> bool:
    """Whether an Update is what the rollback under way takes back, and came late, or is the rollback's own.

    CloudFormation tells of an Update before it sends it, but may not tell at once.
    """
    if request.type != "Update":
        return False
    client = sdk.cloudformation()
    while True:
        asked = _told(
            request,
            since,
            "DescribeStackEvents",
            lambda: rollback_updates(client, request.stack_id, request.logical_id),
        )
        if asked:
            return request.is_undone_by(asked[0])
        if _CLOCK.now() >= since + _EVENTS_SHOW_SECONDS:
            return asked is not None
        _pause()


def _told(request: Request, since: float, operation: str, ask: Callable[[], _Answer]) -> _Answer:
    """What CloudFormation says. An exception here ends the request, so what may pass is waited for."""
    while True:
        try:
            return ask()
        except CALL_ERRORS as error:
            age = _CLOCK.now() - since
            if age > _PATIENCE_SECONDS or not may_pass(error, age):
                raise refused(f"resource {request.logical_id}", operation, error) from error
            _pause()


def _pause() -> None:
    # At the same moments as a stack's other resources, most would be throttled again.
    _CLOCK.sleep(_PAUSE_SECONDS * (0.5 + random.random()))  # noqa: S311 (no secret)


def _begin(event: Mapping[str, Any]) -> Request:
    request = Request.from_event(event)
    logger.append_keys(
        request_id=request.request_id,
        request_type=request.type,
        stack_id=request.stack_id,
        logical_id=request.logical_id,
        physical_id=request.physical_id,
    )
    return request


def _attempt_of(event: Mapping[str, Any]) -> Attempt:
    """What `on_event` noted. It comes back from outside, through the waiter, so it is checked."""
    try:
        attempt = Attempt.from_event(event[_ATTEMPT])
    except (KeyError, TypeError):
        raise malformed(
            event, [f"{_ATTEMPT} is missing, or not what the first event was answered with"]
        ) from None
    times = (attempt.started_at, attempt.deadline)
    texts = (attempt.stack.status, attempt.stack.last_updated, attempt.abandoned)
    if not all(isinstance(time, int | float) and 0 <= time < _END_OF_TIME for time in times):
        raise malformed(event, [f"{_ATTEMPT} holds a time that is none"])
    if not all(isinstance(text, str) for text in texts):
        raise malformed(event, [f"{_ATTEMPT} holds a text that is none"])
    return attempt
