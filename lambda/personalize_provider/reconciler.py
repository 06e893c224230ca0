"""Bring a resource to what a request wants: observe, decide, act, and look again.

Every look starts from what is there now. So an answer that was lost, an event that came twice, a
throttle, a change made by hand and a waiter that outlived its deploy all take the same path.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from botocore.exceptions import BotoCoreError, ClientError

from personalize_provider.attempt import Attempt
from personalize_provider.clock import Clock
from personalize_provider.errors import (
    LifecycleError,
    SupersededError,
    error_code,
    error_message,
    may_pass,
    not_finished,
    refused,
)
from personalize_provider.log import logger
from personalize_provider.stack import StackState
from personalize_provider.steps import Done, Effect, Fail, Step, Wait

# A solution is ACTIVE about a second after its creation (rule 56), so one invocation looks again for
# a short while before it hands back to the waiter: most requests end in their first invocation.
_INVOCATION_SECONDS = 8.0
_FIRST_PAUSE_SECONDS = 1.0
_PAUSE_GROWTH = 1.5


class Resource(Protocol):
    """One resource of some kind, and what one request wants of it."""

    @property
    def label(self) -> str:
        """How messages name it, for example `solution movies-1a2b`."""
        ...

    def look(self, *, expired: bool) -> Step:
        """Observe what is there now and decide what follows from it; changes nothing.

        Args:
            expired: The request has reached its deadline: a Wait is a failure now.
        """
        ...

    def act(self, effect: Effect) -> Wait | None:
        """Carry an effect out; a Wait says that the service refuses it for now, and why."""
        ...


def reconcile(
    resource: Resource, attempt: Attempt, clock: Clock, stack_state: Callable[[], StackState]
) -> Done | Wait:
    """Work on a resource for as long as one invocation may.

    Args:
        resource: The resource and what is wanted of it.
        attempt: When the request began, when it must end, and what its stack was doing.
        clock: Tells and passes time.
        stack_state: Reads what the stack is doing now.

    Returns:
        Done when the resource is as wanted; Wait when another invocation should go on.

    Raises:
        LifecycleError: the request has failed for good.
    """
    hand_back_at = clock.now() + _INVOCATION_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        expired = clock.now() >= attempt.deadline
        step = _tick(resource, attempt, clock, stack_state, expired=expired)
        if isinstance(step, Done):
            return step
        if clock.now() + pause > hand_back_at:
            if expired:  # an effect that is refused, or that never shows, is no look's Wait
                raise not_finished(resource.label, step.reason)
            return step
        clock.sleep(pause)
        pause *= _PAUSE_GROWTH


def _tick(
    resource: Resource,
    attempt: Attempt,
    clock: Clock,
    stack_state: Callable[[], StackState],
    *,
    expired: bool,
) -> Done | Wait:
    try:
        step = resource.look(expired=expired)
        logger.info("step", step=type(step).__name__, detail=str(step))
        match step:
            case Done() | Wait():
                return step
            case Fail():
                if step.discard is not None:
                    _discard(resource, step.discard, attempt, stack_state)
                raise step.error
        _check_stack(resource, attempt, stack_state)
        return resource.act(step) or Wait(f"after {step}")
    except (ClientError, BotoCoreError) as error:
        operation = getattr(error, "operation_name", "calling AWS")
        if not may_pass(error, clock.now() - attempt.started_at):
            raise refused(resource.label, operation, error) from error
        logger.warning("call refused for now", operation=operation, error=str(error))
        return Wait(f"{operation}: {error_message(error)} ({error_code(error)})")


def _check_stack(resource: Resource, attempt: Attempt, stack_state: Callable[[], StackState]) -> None:
    now = stack_state()
    if now != attempt.stack:
        raise SupersededError(resource.label, _describe(attempt.stack), _describe(now))


def _describe(state: StackState) -> str:
    return f"{state.status} ({state.last_updated})" if state.last_updated else state.status


def _discard(
    resource: Resource, effect: Effect, attempt: Attempt, stack_state: Callable[[], StackState]
) -> None:
    """Start the clean-up of what the failed request made. Its failure must not hide the request's own."""
    try:
        _check_stack(resource, attempt, stack_state)
        resource.act(effect)
    except (ClientError, BotoCoreError, LifecycleError) as error:
        logger.warning("could not clean up", effect=str(effect), error=str(error))
