"""The entry point of the single function: crhelper answers, and polls with an EventBridge rule.

The first invocation works for as long as the function may run, so most requests end in it. A request that
takes longer is polled each minute. The rest is the same as behind the CDK provider framework: see
`lifecycle`.

crhelper 2.0.12 is used unchanged, except for the gaps that docs/providers.md lists; `_Resource` closes them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crhelper import FAILED, CfnResource

from personalize_provider.aws import sdk
from personalize_provider.aws.cfn_response import respond
from personalize_provider.aws.errors import CALL_ERRORS, MAX_MESSAGE_BYTES, LifecycleError, may_pass, refused
from personalize_provider.aws.poll_rule import MAX_INPUT, PollRule, pack, unpack
from personalize_provider.engine.clock import SystemClock
from personalize_provider.engine.first_event import ATTEMPT, Attempt
from personalize_provider.engine.kind import Desired
from personalize_provider.engine.lifecycle import begin, proceed, read
from personalize_provider.engine.log import logger
from personalize_provider.engine.request import NOT_CREATED, malformed
from personalize_provider.engine.steps import Wait
from personalize_provider.kinds import KINDS

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

_CLOCK = SystemClock()

# How long a look that has begun can take if all of its calls are slow, as for the framework's function.
_RESERVE_SECONDS = 120.0
_POLL_SECONDS = 45.0  # so a poll ends before the next one comes
_PAUSE_SECONDS = 5.0
_ROOM = 600  # characters that a poll's event has in addition to the first one's
_OLD = "OldResourceProperties"

# crhelper reads these before anything else. Without them, there is nobody to answer.
_ANSWERABLE = ("RequestType", "StackId", "RequestId", "LogicalResourceId", "ResponseURL")


# The event holds a credential, so it isn't logged, whatever POWERTOOLS_LOGGER_LOG_EVENT says.
@logger.inject_lambda_context(clear_state=True, log_event=False)
def handler(event: Any, context: LambdaContext) -> None:
    """Work on a request from CloudFormation or from the request's own rule, and answer it when it is done.

    Raises:
        LifecycleError: there is nobody to answer.
        NotSettledError: the request is done, but CloudFormation did not get the answer, or the rule could not
            be removed. Lambda tries again.
    """
    sent = unpack(event)
    if not isinstance(sent, Mapping):
        raise malformed(sent, [f"the event is of type {type(sent).__name__} and not an object"])
    missing = [name for name in _ANSWERABLE if not isinstance(sent.get(name), str)]
    if missing:
        raise malformed(sent, [f"{name} is missing, or is not a string" for name in missing])
    # A new one for each invocation: otherwise crhelper would answer a bad event at the URL of the previous
    # one.
    _Resource(sent)(dict(sent), context)


class NotSettledError(Exception):
    """A request is done, but not everything after it: crhelper would now report it as failed."""


class _Resource(CfnResource):  # type: ignore[misc] # crhelper has no types
    """crhelper's resource, with its gaps closed.

    Args:
        event: The event of this invocation.
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
        self._desired: Desired | None = None
        self._rule: PollRule | None = None
        self._deadline = 0.0
        for first in (self.create, self.update, self.delete):
            first(self._begin)
        for later in (self.poll_create, self.poll_update, self.poll_delete):
            later(self._go_on)

    # crhelper calls these for a request and for each poll. An exception fails the request with its message.

    def _begin(self, event: dict[str, Any], context: LambdaContext) -> str:
        desired = read(event, KINDS)
        seconds = context.get_remaining_time_in_millis() / 1000
        ends_at = _CLOCK.now() + seconds
        identity, attempt = begin(desired, _CLOCK, patience=seconds / 2)
        if desired.request.type == "Create":
            # Only now is it certain that the id isn't another resource's. If this event came twice, the other
            # invocation may be at work already: the Delete of NOT_CREATED finds what that has made.
            self._physical_id = identity
        # A Delete or a rollback that fails keeps the whole stack, or leaves it in the middle of an update.
        if desired.request.type != "Delete" and not attempt.stack.is_rolling_back:
            _refuse_too_large_for_polls(event, desired)
        logger.info("identity", physical_id=identity, attempt=attempt.to_event())
        self.Data[ATTEMPT] = attempt.to_event()
        self._work(desired.answered(identity), identity, attempt, ends_at)
        return identity

    def _go_on(self, event: dict[str, Any], context: LambdaContext) -> str | None:
        carried = event["CrHelperData"]
        attempt = Attempt.from_event(carried)
        identity = carried["PhysicalResourceId"]
        desired = read({**event, "PhysicalResourceId": identity}, KINDS)
        seconds = min(_POLL_SECONDS + _RESERVE_SECONDS, context.get_remaining_time_in_millis() / 1000)
        self._work(desired, identity, attempt, _CLOCK.now() + seconds)
        return identity if self._is_settled else None

    def _work(self, desired: Desired, identity: str, attempt: Attempt, ends_at: float) -> None:
        """Work on a request until only the reserve is left of the function's time."""
        self._physical_id = identity
        self._rule = PollRule(sdk.events, desired.request, attempt.started_at)
        self._desired = desired
        self._deadline = attempt.deadline
        until = ends_at - _RESERVE_SECONDS
        while isinstance(step := proceed(desired, attempt, _CLOCK, until), Wait):
            if _CLOCK.now() + _PAUSE_SECONDS > until:
                return
            _CLOCK.sleep(_PAUSE_SECONDS)
        self._is_settled = True
        self._attributes = dict(step.attributes) if step else {}

    # Steps of crhelper that work differently here.

    def _poll_enabled(self) -> bool:
        """Whether a rule is needed, or exists already. crhelper has one for every request with polls."""
        return self._is_poll or not (self._is_settled or self.Status == FAILED)

    def _set_timeout(self) -> None:
        """Set no timer: its thread would answer without an id, and the main thread could answer too."""

    def _setup_polling(self) -> None:
        """Create the rule. If that fails, the request fails with its own id."""
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
        """Do nothing: the template has one permission for all rules of this function."""
        return "in the template"

    def _put_targets(self, _function_name: str) -> None:
        self._the_rule.put_target(self._context.invoked_function_arn, self._fitting_event)

    def _remove_polling(self) -> None:
        """Do nothing: `_send` does it, for requests without a poll too."""

    def _cfn_response(self, event: Mapping[str, Any]) -> None:
        """Answer with the request's own id: without one, crhelper makes up a random one."""
        self.PhysicalResourceId = self._physical_id
        super()._cfn_response(event)

    def _send(self, status: str | None = None, reason: str = "", send_response: Any = None) -> None:
        """Answer once, after the polling has ended."""
        if status is not None:  # crhelper answers a failed answer with another one
            raise NotSettledError(reason)
        self._end_polling()
        reason = _shortened(self.Reason)  # before crhelper cuts it
        whole = {"Reason": reason, "Data": self._attributes}

        def send(url: str, body: Mapping[str, Any], _verify: object) -> None:
            respond(url, {**body, **whole}, _CLOCK)

        super()._send(send_response=send_response or send)

    def _end_polling(self) -> None:
        # A Delete also removes what an earlier request has left: no request comes after it.
        if self._rule is None or not (self._is_poll or self.RequestType == "Delete" or self.Status == FAILED):
            return
        try:
            self._rule.remove()
        except CALL_ERRORS as error:
            # The rule calls again, and that poll finds that the request is done.
            if self._is_poll and may_pass(error, age=0) and _CLOCK.now() < self._deadline:
                raise NotSettledError(f"the rule {self._rule.name} can't be removed yet") from error
            logger.error("could not remove a rule", rule=self._rule.name, error=str(error))

    @property
    def _fitting_event(self) -> Mapping[str, Any]:
        """The event, with shorter old properties if a rule has no room for all of them."""
        assert self._desired is not None  # noqa: S101 (polling begins after the work)
        shorter = [self._event, *({**self._event, _OLD: old} for old in self._desired.essentials())]
        return next((one for one in shorter if _size(one) <= MAX_INPUT), shorter[-1])

    @property
    def _the_rule(self) -> PollRule:
        assert self._rule is not None  # noqa: S101 (polling begins after the work)
        return self._rule


def _size(event: Mapping[str, Any]) -> int:
    """Characters of an event as the input of a rule's target."""
    try:
        return len(pack(event))
    except RecursionError:  # old properties can be of any depth
        return sys.maxsize


def _refuse_too_large_for_polls(event: Mapping[str, Any], desired: Desired) -> None:
    """Refuse properties that are too large for a rule. Only the new ones count: a rollback swaps them."""
    *_, least = desired.essentials()
    size = _size({**event, _OLD: least}) + _ROOM
    if size > MAX_INPUT:
        raise LifecycleError(
            f"resource {desired.request.logical_id}",
            desired.request.type,
            f"its event has {size} characters after compression, and an EventBridge rule accepts {MAX_INPUT}",
            "use the PersonalizeProvider with the provider framework for properties as large as these",
        )


def _shortened(reason: str) -> str:
    """A reason that fits into the answer: the provider's own failures do, Python's exceptions may not."""
    return reason if len(reason.encode(errors="replace")) <= MAX_MESSAGE_BYTES else f"{reason[:200]}..."


@contextlib.contextmanager
def _no_clients() -> Iterator[None]:
    """Keep crhelper from creating three clients, which is slow: it rarely uses one of them."""
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
