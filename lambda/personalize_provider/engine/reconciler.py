"""Bring a resource to what a request wants: observe, decide, act, and look again.

Every look starts from what is there now. So an answer that was lost, an event that came twice, a
throttle, a change made by hand and a waiter that outlived its deploy all take the same path.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Protocol

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
from personalize_provider.engine.log import logger
from personalize_provider.engine.steps import Done, Effect, Fail, Step, Wait

_PAUSE_SECONDS = 1.0  # the account has one look a second (rule 118), and what was changed is done by then

# The account has one look a second for all of its requests (rule 118). One that has waited for long can wait
# a bit longer: its pauses are a part of its age. As soon as they are as long as the waiter's own, most of the
# waiting is left to the waiter, which costs no function.
_PAUSE_OF_AGE = 1 / 30
_LONGEST_PAUSE_SECONDS = 5.0
_SHORT_SECONDS = 8.0  # for more than one look: what is refused without one is looked at next

# Whoever is throttled is one of many. Who has nothing to show for it soon leaves the waiting to the waiter
# too: hundreds that wait inside of their functions could take up all that an account may run at once. Who has
# changed something knows what to look for, and the next invocation would not: it stays.
_HAND_BACK_WHEN_THROTTLED = 1 / 4  # by chance, so that those that began together don't stay so


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
    resource: Resource,
    attempt: Attempt,
    clock: Clock,
    check_stack: Callable[[], Wait | None],
    until: float,
    chance: Callable[[], float] = random.random,
) -> Done | Wait:
    """Work on a resource for as long as one invocation may: look again each second until it is done.

    Args:
        resource: The resource and what is wanted of it.
        attempt: When the request began, when it must end, and what its stack was doing.
        clock: Tells and passes time.
        check_stack: Called before each change. Raises SupersededError where the stack doesn't wait for the
            request any more, and answers with a Wait where that can't be told yet.
        until: When to hand back at the latest, seconds since the epoch; but not before a few looks.
        chance: Gives a number from 0 to 1, to spread out what would come all at once.

    Returns:
        Done when the resource is as wanted; Wait when another invocation should go on.

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
        if step.throttled:  # at the same moments as everybody else, most would be throttled again
            pause *= 0.25 + chance()
        stays = worker.has_acted if throttles else pause < _LONGEST_PAUSE_SECONDS
        hands_back_at = max(until, began + _SHORT_SECONDS) if stays else began + _SHORT_SECONDS
        crowded_out = (
            step.throttled and not expired and not worker.has_acted and chance() < _HAND_BACK_WHEN_THROTTLED
        )
        if crowded_out or clock.now() + pause > hands_back_at:
            if expired:  # an effect that is refused, or that never shows, is no look's Wait
                raise _failure(resource.label, step, clock.now() - attempt.started_at)
            return step
        clock.sleep(pause)


def _failure(label: str, step: Wait, waited: float) -> LifecycleError:
    if step.throttled:
        return crowded_out(label, step.reason, waited)
    return not_finished(label, step.reason, waited, step.next_step)


def _pause_at(age: float) -> float:
    """How long to wait for the next look at what has been waited for so long, in seconds."""
    return min(max(_PAUSE_SECONDS, age * _PAUSE_OF_AGE), _LONGEST_PAUSE_SECONDS)


class _Worker:
    """Works on a resource tick by tick, for one invocation.

    Attributes:
        has_acted: The service has taken an effect.
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
            is_over = expired and is_unreachable(error)  # more time is no advice for that
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
        """Start the clean-up of what the failed request made. Its failure must not hide the request's own."""
        try:
            self._act(effect)
        except (*CALL_ERRORS, LifecycleError) as error:
            logger.warning("could not clean up", effect=str(effect), error=str(error))
