"""The transport of one function: crhelper answers CloudFormation, and polls by an EventBridge rule.

The first invocation works for as long as the function may, so most requests end in it. Only what takes longer
is polled for, each minute. What is begun, what travels from poll to poll, and what is done is the same as
behind the CDK provider framework: see `lifecycle`.

crhelper 2.0.12 is used as it is, but for what docs/providers.md lists; `_Resource` has all of that.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from crhelper import FAILED, CfnResource

from personalize_provider.aws import sdk
from personalize_provider.aws.cfn_response import respond
from personalize_provider.aws.errors import CALL_ERRORS, MAX_MESSAGE_BYTES, LifecycleError, may_pass, refused
from personalize_provider.aws.poll_rule import MAX_INPUT, PollRule, pack, unpack
from personalize_provider.engine.clock import SystemClock
from personalize_provider.engine.first_event import ATTEMPT, Attempt
from personalize_provider.engine.lifecycle import begin, proceed, read
from personalize_provider.engine.log import logger
from personalize_provider.engine.request import Request, malformed
from personalize_provider.engine.steps import Wait
from personalize_provider.kinds.solution.desired import NOT_CREATED, essentials, physical_id

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_CLOCK = SystemClock()

# What a look that has begun may still take, every call of it slow: the time of the framework's function.
_RESERVE_SECONDS = 120.0
_POLL_SECONDS = 45.0  # a poll is over before the next one comes
_PAUSE_SECONDS = 5.0
_ROOM = 600  # characters that a poll's event has more than the first one
_OLD = "OldResourceProperties"

# What crhelper reads before anything else. Without these nobody can be answered.
_ANSWERABLE = ("RequestType", "StackId", "RequestId", "LogicalResourceId", "ResponseURL")


# The event holds a credential: it is not logged, whatever POWERTOOLS_LOGGER_LOG_EVENT says.
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: Any, context: LambdaContext) -> None:
    """Work on a request, whether CloudFormation or the request's own rule sent it, and answer it when done.

    Raises:
        LifecycleError: there is nobody to answer.
        NotSettledError: the request is done, but CloudFormation could not be told, or its rule not be
            removed. Lambda tries again.
    """
    sent = unpack(event)
    if not isinstance(sent, Mapping):
        raise malformed(sent, [f"the event is of type {type(sent).__name__} and not an object"])
    missing = [name for name in _ANSWERABLE if not isinstance(sent.get(name), str)]
    if missing:
        raise malformed(sent, [f"{name} is missing, or no text" for name in missing])
    # One for each invocation: crhelper would otherwise answer a bad event to the URL of the one before.
    _Resource(sent)(dict(sent), context)


class NotSettledError(Exception):
    """A request is done, but its end is not complete: crhelper would now call it failed."""


class _Resource(CfnResource):  # type: ignore[misc] # crhelper's types are of another age
    """crhelper's resource, with its gaps closed.

    Args:
        event: What the function was invoked with.
    """

    def __init__(self, event: Mapping[str, Any]) -> None:
        with _no_clients():
            # DEBUG, the default, logs the event with its URL.
            super().__init__(log_level="WARNING", sleep_on_delete=0, polling_interval=1)
        self._sam_local = None
        self._is_poll = "CrHelperPoll" in event
        self._is_settled = False
        self._attributes: dict[str, str] = {}
        self._physical_id = str(event.get("PhysicalResourceId") or NOT_CREATED)
        self._rule: PollRule | None = None
        self._deadline = 0.0
        for first in (self.create, self.update, self.delete):
            first(self._begin)
        for later in (self.poll_create, self.poll_update, self.poll_delete):
            later(self._go_on)

    # What crhelper calls for a request and for each poll. What they raise is a failure, in its own words.

    def _begin(self, event: dict[str, Any], context: LambdaContext) -> str:
        request = read(event)
        physical_id(request)  # properties that make no request are told without a call
        seconds = context.get_remaining_time_in_millis() / 1000
        ends_at = _CLOCK.now() + seconds
        identity, attempt = begin(request, _CLOCK, patience=seconds / 2)
        if request.type == "Create":
            # Not before it is certain that it is no other solution's. Should this event have come twice, the
            # other one may be at work already: the Delete of NOT_CREATED finds what that has made.
            self._physical_id = identity
        # One that fails keeps the whole stack, or leaves it in the middle of an update.
        if request.type != "Delete" and not attempt.stack.is_rolling_back:
            _refuse_what_no_poll_carries(event, request)
        logger.info("identity", physical_id=identity, attempt=attempt.to_event())
        self.Data[ATTEMPT] = attempt.to_event()
        self._work(replace(request, physical_id=identity), identity, attempt, ends_at)
        return identity

    def _go_on(self, event: dict[str, Any], context: LambdaContext) -> str | None:
        carried = event["CrHelperData"]
        attempt = Attempt.from_event(carried)
        identity = carried["PhysicalResourceId"]
        request = read({**event, "PhysicalResourceId": identity})
        seconds = min(_POLL_SECONDS + _RESERVE_SECONDS, context.get_remaining_time_in_millis() / 1000)
        self._work(request, identity, attempt, _CLOCK.now() + seconds)
        return identity if self._is_settled else None

    def _work(self, request: Request, identity: str, attempt: Attempt, ends_at: float) -> None:
        """Work on a request until the reserve is all that is left of the function's time."""
        self._physical_id = identity
        self._rule = PollRule(sdk.events, request, attempt.started_at)
        self._deadline = attempt.deadline
        until = ends_at - _RESERVE_SECONDS
        while isinstance(step := proceed(request, attempt, _CLOCK, until), Wait):
            if _CLOCK.now() + _PAUSE_SECONDS > until:
                return
            _CLOCK.sleep(_PAUSE_SECONDS)
        self._is_settled = True
        self._attributes = dict(step.attributes) if step else {}

    # What crhelper does by itself, and how it is done here.

    def _poll_enabled(self) -> bool:
        """Whether a rule is wanted, or there already. crhelper has one for every request with polls."""
        return self._is_poll or not (self._is_settled or self.Status == FAILED)

    def _set_timeout(self) -> None:
        """Set no timer: its thread would answer without an id, and the main one might answer too."""

    def _setup_polling(self) -> None:
        """Make the rule. That it can't be made is a failure with the request's own id."""
        try:
            super()._setup_polling()
        except (*CALL_ERRORS, LifecycleError) as error:
            operation = getattr(error, "operation_name", "polling")
            label = f"resource {self.LogicalResourceId}"
            failure = error if isinstance(error, LifecycleError) else refused(label, operation, error)
            self.Status, self.Reason = FAILED, str(failure)

    def _put_rule(self) -> str:
        return self._the_rule.put()

    def _add_permission(self, _rule_arn: str) -> str:
        """Nothing: the template allows this function's rules once, for all of them."""
        return "in the template"

    def _put_targets(self, _function_name: str) -> None:
        self._the_rule.put_target(self._context.invoked_function_arn, _as_it_fits(self._event))

    def _remove_polling(self) -> None:
        """Nothing: `_send` does it, for requests without a poll too."""

    def _cfn_response(self, event: Mapping[str, Any]) -> None:
        """Answer with the request's own id: without one, crhelper makes one up by chance."""
        self.PhysicalResourceId = self._physical_id
        super()._cfn_response(event)

    def _send(self, status: str | None = None, reason: str = "", send_response: Any = None) -> None:
        """Answer, once and for all, after nothing is left of the polling."""
        if status is not None:  # crhelper turns whatever went wrong with an answer into another one
            raise NotSettledError(reason)
        self._end_polling()
        reason = _fitting(self.Reason)  # before crhelper cuts it
        whole = {"Reason": reason, "Data": self._attributes}

        def send(url: str, body: Mapping[str, Any], _verify: object) -> None:
            respond(url, {**body, **whole}, _CLOCK)

        super()._send(send_response=send_response or send)

    def _end_polling(self) -> None:
        # A Delete also takes away what a request before it has left: nobody comes after it.
        if self._rule is None or not (self._is_poll or self.RequestType == "Delete" or self.Status == FAILED):
            return
        try:
            self._rule.remove()
        except CALL_ERRORS as error:
            # The rule calls again, and that poll finds the request done.
            if self._is_poll and may_pass(error, age=0) and _CLOCK.now() < self._deadline:
                raise NotSettledError(f"the rule {self._rule.name} can't be removed yet") from error
            logger.error("a rule is left", rule=self._rule.name, error=str(error))

    @property
    def _the_rule(self) -> PollRule:
        assert self._rule is not None  # noqa: S101 (polling begins after the work)
        return self._rule


def _as_it_fits(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """An event without those of its old properties for which a rule has no room."""
    shorter = [event, *({**event, _OLD: old} for old in essentials(event.get(_OLD, {})))]
    return next((one for one in shorter if _size(one) <= MAX_INPUT), shorter[-1])


def _size(event: Mapping[str, Any]) -> int:
    """Characters of an event as a rule carries it."""
    try:
        return len(pack(event))
    except RecursionError:  # old properties may be anything
        return sys.maxsize


def _refuse_what_no_poll_carries(event: Mapping[str, Any], request: Request) -> None:
    """Refuse properties that no rule has room for. Only the new ones count: a rollback brings them back."""
    *_, least = essentials(request.old_properties)
    size = _size({**event, _OLD: least}) + _ROOM
    if size > MAX_INPUT:
        raise LifecycleError(
            f"resource {request.logical_id}",
            request.type,
            f"its event has {size} characters after compression, and an EventBridge rule carries {MAX_INPUT}",
            "use the PersonalizeProvider with the provider framework for properties as large as these",
        )


def _fitting(reason: str) -> str:
    """A reason that leaves room in the answer; all that we write does, what Python says may not."""
    return reason if len(reason.encode(errors="replace")) <= MAX_MESSAGE_BYTES else f"{reason[:200]}..."


@contextlib.contextmanager
def _no_clients() -> Iterator[None]:
    """Keep crhelper from making three clients, which takes long: one of them is used, and rarely."""
    name = "AWS_SAM_LOCAL"
    before = os.environ.get(name)
    os.environ[name] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
