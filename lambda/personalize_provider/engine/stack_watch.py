"""Whether a stack still waits for a request, although readings of the stack can be out of date.

DescribeStacks and DescribeStackEvents are eventually consistent, and two readings can come from different
replicas, so that the second is older than the first (https://github.com/aws/aws-cdk-cli/issues/1802). Two
things still hold. A reading never shows the future: a state after the noted one is final at once. And a
reading is at most `request.STALE_SECONDS` old: a later one shows nothing from before the request. Until then,
a state that can't have sent the request is read again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TypeVar

from personalize_provider.aws.errors import (
    CALL_ERRORS,
    CallError,
    LifecycleError,
    SupersededError,
    error_code,
    is_denied,
    is_throttle,
    is_unreachable,
    may_pass,
    refused,
)
from personalize_provider.aws.sdk import CloudFormation
from personalize_provider.engine.clock import Clock
from personalize_provider.engine.log import logger
from personalize_provider.engine.request import CLOCKS_DIFFER_SECONDS, Request
from personalize_provider.engine.stack import UNKNOWN, StackState, rollback_updates
from personalize_provider.engine.steps import Wait

_Answer = TypeVar("_Answer")

# A look has two minutes for all of its calls, and a call that has begun by then can take 13 seconds.
_CHECK_SECONDS = 10.0

_SENT_AT_LEAVES_OUT_SECONDS = 1.0  # the response URL has whole seconds

_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Patience:
    """Makes calls, and repeats each while its error may pass.

    Attributes:
        clock: Tells and passes time.
        since: When asking began.
        seconds: For how many seconds from then a call is repeated.
        passes: Whether an error may pass, given the seconds since asking began.
    """

    clock: Clock
    since: float
    seconds: float
    passes: Callable[[CallError, float], bool]

    def __call__(self, call: Callable[[], _Answer]) -> _Answer:
        """Make a call. Raises its last error when that can't pass, or when time is up."""
        while True:
            try:
                return call()
            except CALL_ERRORS as error:
                if self.is_over or not self.passes(error, self.clock.now() - self.since):
                    raise
                self.pause()

    @property
    def is_over(self) -> bool:
        """Whether time is up."""
        return self.clock.now() - self.since > self.seconds

    def pause(self) -> None:
        """Wait about a second, at random: otherwise the stack's other resources call at the same moment."""
        self.clock.sleep(_PAUSE_SECONDS * (0.5 + random.random()))  # noqa: S311 (no secret)


class Standing(Enum):
    """What a reading says about a request."""

    WANTED = auto()
    SUPERSEDED = auto()
    UNKNOWN = auto()
    """The reading can be from before the request was sent."""
    IN_ROLLBACK = auto()
    """An Update can be the rollback's own, or the one that it reverts: the stack's events tell which."""


def standing(request: Request, was: StackState, now: StackState, *, may_be_old: bool) -> Standing:
    """What a reading says about a request. Pure.

    Args:
        request: The request.
        was: The state that was noted when the request began.
        now: The reading.
        may_be_old: The reading can be from before the request was sent.
    """
    if request.type == "Delete" and now.status == "DELETE_IN_PROGRESS":
        return Standing.WANTED  # the whole stack is deleted
    if now == was or _is_of_the_sender(request, was, now):
        is_either = request.type == "Update" and now.is_rolling_back
        return Standing.IN_ROLLBACK if is_either else Standing.WANTED
    if may_be_old and not now.is_after(was):
        return Standing.UNKNOWN
    return Standing.SUPERSEDED


def _is_of_the_sender(request: Request, was: StackState, now: StackState) -> bool:
    """Whether the noted state was out of date: this later one is of the operation that sent the request."""
    if not (now.sends(request.type) and now.is_after(was)):
        return False
    if now.last_updated == was.last_updated:
        return True
    sent_at = request.sent_at
    return sent_at is not None and not now.has_begun_since(sent_at + _SENT_AT_LEAVES_OUT_SECONDS)


class StackWatch:
    """Asks CloudFormation on behalf of one request.

    Args:
        request: The request.
        client: Calls CloudFormation.
        clock: Tells and passes time.
        started_at: When the request's first event came, seconds since the epoch.
    """

    def __init__(self, request: Request, client: CloudFormation, clock: Clock, started_at: float) -> None:
        self._request = request
        self._client = client
        self._clock = clock
        self._started_at = started_at
        self._stale_until = request.stale_until(started_at)
        self._confirmed: StackState | None = None

    def note(self, patience: float, *, is_certain: bool = False) -> StackState:
        """What the stack is doing when the request begins.

        Args:
            patience: For how many seconds to ask CloudFormation.
            is_certain: Ask until the reading can't be from before the request, or is of the rollback that
                sent it.

        Raises:
            SupersededError: the stack can't want this request any more.
            LifecycleError: CloudFormation doesn't say what the stack is doing.
        """
        resource = f"resource {self._request.logical_id}"
        ask = self.patience(patience)
        while True:
            try:
                state = ask(self._read)
            except CALL_ERRORS as error:
                raise refused(resource, "DescribeStacks", error) from error
            if self._is_late(state):
                raise SupersededError(resource, self._request.type, state.status)
            if not self._may_be_old or ask.is_over:
                break
            if state.sends(self._request.type) and (not is_certain or self._has_sent_it(state, ask)):
                break
            ask.pause()
        if not state.may_ask_for(self._request.type):
            raise SupersededError(resource, self._request.type, state.status)
        return state

    def check(self, was: StackState, resource: str) -> Wait | None:
        """Make sure, before a change, that the stack still waits for the request.

        Args:
            was: What `note` has returned.
            resource: The resource to change, in messages.

        Returns:
            A Wait if CloudFormation doesn't tell yet.

        Raises:
            SupersededError: the stack no longer waits.
            LifecycleError: CloudFormation didn't say what the stack was doing when the request began.
        """
        is_delete = self._request.type == "Delete"
        if is_delete and was == UNKNOWN:
            return None
        ask = self.patience(_CHECK_SECONDS)
        # The first step of a Create or Delete needs no look, so the reconciler handles a throttle: repeated
        # calls here would leave no room for first events. An Update would have to look again (rule 118).
        hands_over = self._request.type != "Update"
        read = replace(
            ask,
            passes=lambda error, age: self._passes(error, age) and not (hands_over and is_throttle(error)),
        )
        while True:
            try:
                now = read(self._read)
            except CALL_ERRORS as error:
                if not (is_delete and self._is_refused_for_good(error)):
                    raise
                logger.warning("deleting without knowing what the stack is doing", error=str(error))
                return None
            if was == UNKNOWN:
                raise LifecycleError(
                    f"resource {self._request.logical_id}",
                    "DescribeStacks",
                    "it was refused when the request began, so the request may be out of date",
                    "deploy again",
                )
            says = standing(self._request, self._confirmed or was, now, may_be_old=self._may_be_old)
            if says is Standing.IN_ROLLBACK and now != self._confirmed:
                is_own = self._is_rollbacks_own(was, now, ask)
                refusal = Standing.UNKNOWN if self._may_be_old else Standing.SUPERSEDED
                says = Standing.WANTED if is_own else refusal
            if says in (Standing.WANTED, Standing.IN_ROLLBACK):
                self._confirmed = now
                return None
            if says is Standing.SUPERSEDED:
                raise SupersededError(resource, f"waiting in {was}", str(now))
            if ask.is_over:
                return Wait(f"CloudFormation shows {now}, which may be from before this request")
            ask.pause()

    def _is_rollbacks_own(self, was: StackState, now: StackState, ask: Patience) -> bool:
        """Whether an Update is the rollback's own. CloudFormation writes the event, then sends the Update."""
        request = self._request
        try:
            sent = rollback_updates(
                lambda page: ask(lambda: self._client.describe_stack_events(**page)),
                request.stack_id,
                request.logical_id,
                now.began,
            )
        except CALL_ERRORS as error:
            if not self._is_refused_for_good(error):
                raise
            logger.warning("could not read what the rollback sent", error=str(error))
            return True  # only a rollback reads events, and it must not need more rights than the update
        if sent is None:  # if they never show the rollback, it began before the request
            return now == was and not self._may_be_old
        if not sent:
            return False
        return not request.is_undone_by(sent[0]) if now == was else request.has_properties(sent[0])

    def _has_sent_it(self, state: StackState, ask: Patience) -> bool:
        """Whether the stack is in a rollback whose events show the request."""
        return state.is_rolling_back and self._is_rollbacks_own(UNKNOWN, state, ask)

    def _is_late(self, state: StackState) -> bool:
        """Whether the request is of an operation that is over, however old the reading is."""
        if state.is_beyond(self._request.type):
            return True
        # Lambda can deliver an event again hours later, during another operation.
        sent_at = self._request.sent_at
        return sent_at is not None and state.has_begun_since(sent_at + CLOCKS_DIFFER_SECONDS)

    def _is_refused_for_good(self, error: CallError) -> bool:
        age = self._clock.now() - self._started_at
        return (is_unreachable(error) or is_denied(error)) and not may_pass(error, age)

    def _read(self) -> StackState:
        return StackState.read(self._client, self._request.stack_id)

    @property
    def _may_be_old(self) -> bool:
        return self._clock.now() < self._stale_until

    def patience(self, seconds: float) -> Patience:
        """Makes calls about the stack, and repeats each for so many seconds."""
        return Patience(self._clock, self._clock.now(), seconds, self._passes)

    def _passes(self, error: CallError, age: float) -> bool:
        # A new stack may not be visible yet.
        return may_pass(error, age) or (error_code(error) == "ValidationError" and self._may_be_old)
