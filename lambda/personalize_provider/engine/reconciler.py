"""Bring a resource to its desired state: observe, decide, act, and look again.

Every look starts from the current state. So a lost answer, a duplicate event, a throttle, a manual change and
a waiter that outlived its deploy all take the same path.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from personalize_provider.aws.errors import (
    CALL_ERRORS,
    LifecycleError,
    crowded_out,
    error_code,
    error_message,
    is_throttle,
    is_unreachable,
    may_pass,
    not_finished,
    refused,
)
from personalize_provider.engine.clock import Clock
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.kind import Resource
from personalize_provider.engine.log import logger
from personalize_provider.engine.steps import Done, Effect, Fail, Wait

_PAUSE_SECONDS = 1.0  # the account has one look a second (rule 118), and most changes take effect by then

# The account has one look a second for all of its requests (rule 118). A request that has waited for long can
# wait a bit longer, so its pauses grow with its age. When they are as long as the waiter's own, the waiter
# does most of the waiting, which uses no function.
_PAUSE_OF_AGE = 1 / 30
_LONGEST_PAUSE_SECONDS = 5.0
_SHORT_SECONDS = 8.0  # long enough for more than one look: an effect that is refused unseen needs a look next

# A throttled request that has changed nothing returns early, so that sleeping functions don't use up the
# account's concurrency. A request that has changed something stays: it knows what to look for, and the next
# invocation would not.
_HAND_BACK_WHEN_THROTTLED = 1 / 4  # a probability, so that requests that began together spread out


def reconcile(
    resource: Resource,
    attempt: Attempt,
    clock: Clock,
    check_stack: Callable[[], Wait | None],
    until: float,
    chance: Callable[[], float] = random.random,
) -> Done | Wait:
    """Work on a resource for the time of one invocation: look again each second until it is done.

    Args:
        resource: The resource and its desired state.
        attempt: When the request began, when it must end, and what its stack was doing.
        clock: Tells and passes time.
        check_stack: Called before each change. Raises SupersededError if the stack no longer waits for the
            request, and returns a Wait if that can't be determined yet.
        until: When to return at the latest, in seconds since the epoch; a few looks are always made.
        chance: Returns a number from 0 to 1, to spread out requests that began together.

    Returns:
        Done when the resource is in its desired state; Wait when another invocation should continue.

    Raises:
        LifecycleError: the request has failed for good.
    """
    began = clock.now()
    worker = _Worker(resource, attempt, clock, check_stack)
    throttles = 0
    while True:
        expired = clock.now() >= attempt.deadline
        step = worker.tick(expired=expired)
        if isinstance(step, Done):
            return step
        throttles += step.throttled
        is_soon = throttles or worker.has_acted
        pause = _PAUSE_SECONDS if is_soon else _pause_at(clock.now() - attempt.started_at)
        if step.throttled:  # requests that all return at the same moment would be throttled again
            pause *= 0.25 + chance()
        stays = worker.has_acted if throttles else pause < _LONGEST_PAUSE_SECONDS
        hands_back_at = max(until, began + _SHORT_SECONDS) if stays else began + _SHORT_SECONDS
        crowded_out = (
            step.throttled and not expired and not worker.has_acted and chance() < _HAND_BACK_WHEN_THROTTLED
        )
        if crowded_out or clock.now() + pause > hands_back_at:
            if expired:  # this Wait is from an effect that was refused or had no result yet, not from a look
                raise _failure(resource.label, step, clock.now() - attempt.started_at)
            return step
        clock.sleep(pause)


def _failure(label: str, step: Wait, waited: float) -> LifecycleError:
    if step.throttled:
        return crowded_out(label, step.reason, waited)
    return not_finished(label, step.reason, waited, step.next_step)


def _pause_at(age: float) -> float:
    """The pause before the next look at a request of this age, both in seconds."""
    return min(max(_PAUSE_SECONDS, age * _PAUSE_OF_AGE), _LONGEST_PAUSE_SECONDS)


class _Worker:
    """Works on a resource tick by tick, for one invocation.

    Attributes:
        has_acted: The service has accepted an effect.
    """

    def __init__(
        self, resource: Resource, attempt: Attempt, clock: Clock, check_stack: Callable[[], Wait | None]
    ) -> None:
        self._resource = resource
        self._attempt = attempt
        self._clock = clock
        self._check_stack = check_stack
        self.has_acted = False

    def tick(self, *, expired: bool) -> Done | Wait:
        """Look, decide, and act once."""
        try:
            step = self._resource.look(expired=expired)
            logger.info("step", step=type(step).__name__, detail=str(step))
            match step:
                case Done() | Wait():
                    return step
                case Fail():
                    if step.discard is not None:
                        self._discard(step.discard)
                    raise step.error
            return self._act(step) or Wait(f"after {step}")
        except CALL_ERRORS as error:
            operation = getattr(error, "operation_name", "calling AWS")
            is_over = expired and is_unreachable(error)  # more time would not help
            if is_over or not may_pass(error, self._clock.now() - self._attempt.started_at):
                raise refused(self._resource.label, operation, error) from error
            logger.warning("call refused for now", operation=operation, error=str(error))
            reason = f"{operation}: {error_message(error)} ({error_code(error)})"
            return Wait(reason, throttled=is_throttle(error))

    def _act(self, effect: Effect) -> Wait | None:
        unknown = self._check_stack()
        if unknown is not None:
            return unknown
        refusal = self._resource.act(effect)
        self.has_acted = self.has_acted or refusal is None
        return refusal

    def _discard(self, effect: Effect) -> None:
        """Start to clean up what the failed request made. A failure here must not hide the request's own."""
        try:
            self._act(effect)
        except (*CALL_ERRORS, LifecycleError) as error:
            logger.warning("could not clean up", effect=str(effect), error=str(error))
