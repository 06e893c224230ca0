"""The provider's Lambda functions and the framework's around them, in virtual time.

Our handlers run in this process, and the framework's JavaScript in a Node process. What happens between them
is modeled: invocations, retries, the concurrency limit, and what ends a function early. `event_rules` has the
other transport.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, ClassVar, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from cdk_personalize.provider.timing import IS_COMPLETE_SECONDS, ON_EVENT_SECONDS, Timing
from personalize_provider import framework
from support.virtual_time.call_faults import Killed
from support.virtual_time.clock import VirtualTime
from support.virtual_time.framework_runtime import ON_EVENT_ARN, FrameworkRuntime, FunctionError, RefusedError

_COLD_START = 0.3
_OUR_MEMORY, _FRAMEWORK_MEMORY = 0.25, 0.125  # gigabytes
_SDK_PAUSES = (0.3, 0.6)  # the framework's SDK tries three times
_ASYNC_RETRIES = (60.0, 120.0)  # Lambda's, for an asynchronous event whose function failed
_MOST_INPUT = 262_144  # bytes that Step Functions takes
_BUSY_PAUSE = 2.0  # how soon Lambda looks again for room for an asynchronous event

Handler = Callable[[Mapping[str, Any], LambdaContext], Mapping[str, Any] | None]

_ends_at: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


class ThrottledError(Exception):
    """No execution is free."""


@dataclass
class Executions:
    """The Lambda functions of an account: how many run, and what ends them.

    Attributes:
        time: The time that passes.
        respond: Takes the answers to CloudFormation: path and body.
        timing: The provider's time limits.
        concurrency: How many functions may run at once; None for no limit.
        gigabyte_seconds: What Lambda bills, with the memory that the template gives.
        transitions: The state transitions that Step Functions bills.
        latest_after_deadline: How long after the handler's deadline an answer may come, in seconds.
        answers_once: Whether a request gets one answer even if functions are killed.
    """

    time: VirtualTime
    respond: Callable[[str, str], int]
    timing: Timing
    concurrency: int | None = None
    running: int = 0
    most_running: int = 0
    throttled: int = 0
    invocations: int = 0
    busy_seconds: float = 0.0
    gigabyte_seconds: float = 0.0
    transitions: int = 0
    # A request may find its end one pause of the waiter and one invocation after its deadline, and an
    # invocation that has begun may be slow in each of its calls.
    latest_after_deadline: ClassVar[float] = 100.0
    answers_once: ClassVar[bool] = True

    def sleep(self, seconds: float) -> None:
        """Let time pass in one of our functions, up to its time limit."""
        ends_at = _ends_at.get()
        if self.time.now() + seconds >= ends_at:
            self.time.sleep(max(0.0, ends_at - self.time.now()))
            raise Killed("timed out")
        self.time.sleep(seconds)

    def deliver(self, event: Mapping[str, Any]) -> None:
        """CloudFormation's request: an asynchronous invocation of the provider's first function."""
        self.time.spawn("deliver", lambda: self._deliver(dict(event)))

    def _deliver(self, event: Mapping[str, Any]) -> None:
        for pause in (*_ASYNC_RETRIES, None):
            while True:
                try:
                    self._receive(event)
                except ThrottledError:
                    self.time.sleep(_BUSY_PAUSE)
                    continue
                except FunctionError:
                    break
                return
            if pause is not None:
                self.time.sleep(pause)

    def _receive(self, event: Mapping[str, Any]) -> None:
        """Run the first function with an event."""
        raise NotImplementedError

    def run(self, handler: Handler, event: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Run one of our functions; returns what Lambda returns to the caller."""
        with self._execution(_OUR_MEMORY):
            token = _ends_at.set(self.time.now() + seconds)
            try:
                context = cast(LambdaContext, _Context(self.time, _ends_at.get()))
                return {"payload": _as_json(handler(_as_json(event), context))}
            except Killed:
                return {"payload": _DEAD, "error": "Unhandled"}
            except Exception as error:  # whatever the handler raises is Lambda's to report
                payload = {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": []}
                return {"payload": payload, "error": "Unhandled"}
            finally:
                _ends_at.reset(token)

    @contextlib.contextmanager
    def _execution(self, gigabytes: float) -> Iterator[None]:
        if self.concurrency is not None and self.running >= self.concurrency:
            self.throttled += 1
            raise ThrottledError
        self.running += 1
        self.most_running = max(self.running, self.most_running)
        self.invocations += 1
        began = self.time.now()
        try:
            self.time.sleep(_COLD_START)
            yield
        finally:
            self.running -= 1
            lasted = self.time.now() - began
            self.busy_seconds += lasted
            self.gigabyte_seconds += lasted * gigabytes


@dataclass(kw_only=True)
class Functions(Executions):
    """The functions of one provider behind the framework.

    Attributes:
        runtime: The framework's code.
        kill_framework: Called before and after each call that the framework makes; True ends its process.
    """

    runtime: FrameworkRuntime
    on_event: Handler = framework.on_event
    is_complete: Handler = framework.is_complete
    kill_framework: Callable[[], bool] = lambda: False

    def _receive(self, event: Mapping[str, Any]) -> None:
        self._framework("onEvent", event)

    def _wait(self, event: Mapping[str, Any]) -> None:
        """The waiter's state machine, as the CDK defines it."""
        attempts = 1 + int(self.timing.waiter / self.timing.interval)
        cause: Mapping[str, str] = {}
        for _ in range(attempts):
            self.transitions += 1
            try:
                self._framework("isComplete", event)
            except ThrottledError:
                cause = {"errorType": "Lambda.TooManyRequestsException", "errorMessage": "Rate Exceeded."}
            except FunctionError as error:
                cause = error.payload
            else:
                return
            self.time.sleep(self.timing.interval)
        with contextlib.suppress(FunctionError, ThrottledError):  # then there is no response
            self._framework("onTimeout", {"Cause": json.dumps(cause)})

    def _framework(self, handler: str, event: Mapping[str, Any]) -> None:
        with self._execution(_FRAMEWORK_MEMORY):
            try:
                self.runtime.call(handler, event, _Outside(self))
            except Killed:
                raise FunctionError(_DEAD) from None

    def invoke(self, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        """Invoke one of our functions and wait for what it returns."""
        on_event = function == ON_EVENT_ARN
        handler = self.on_event if on_event else self.is_complete
        return self.run(handler, payload, ON_EVENT_SECONDS if on_event else IS_COMPLETE_SECONDS)


class _Outside:
    """What a function of the framework's reaches."""

    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def invoke(self, *, function: str, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        self._survive()
        for pause in (*_SDK_PAUSES, None):
            try:
                answer = self._functions.invoke(function, payload)
            except ThrottledError:
                if pause is None:
                    raise RefusedError("Rate Exceeded.") from None
                self._functions.time.sleep(pause)
            else:
                self._survive()
                return answer
        raise AssertionError

    def start_execution(self, *, input: str) -> Mapping[str, Any]:
        self._survive()
        if len(input.encode()) > _MOST_INPUT:
            raise RefusedError("InvalidExecutionInput: input exceeds the maximum number of bytes allowed")
        event = json.loads(input)
        self._functions.time.spawn("waiter", lambda: self._functions._wait(event))
        self._survive()
        return {}

    def respond(self, *, path: str, body: str) -> int:
        self._survive()
        status = self._functions.respond(path, body)
        self._survive()
        return status

    def sleep(self, *, seconds: float) -> None:
        self._functions.time.sleep(seconds)

    def _survive(self) -> None:
        if self._functions.kill_framework():
            raise Killed


class _Context(SimpleNamespace):
    """Lambda's context object."""

    def __init__(self, time: VirtualTime, ends_at: float) -> None:
        super().__init__(
            function_name="provider",
            function_version="$LATEST",
            memory_limit_in_mb=256,
            invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:provider",
            aws_request_id="lambda-request",
        )
        self._time, self._ends_at = time, ends_at

    def get_remaining_time_in_millis(self) -> int:
        return int((self._ends_at - self._time.now()) * 1000)


_DEAD = {
    "errorType": "Runtime.ExitError",
    "errorMessage": "RequestId: 1 Error: Runtime exited with error: signal: killed",
}


def _as_json(value: object) -> Any:
    return json.loads(json.dumps(value))


# https://aws.amazon.com/lambda/pricing/ (x86, November 2026)
PER_GIGABYTE_SECOND = 0.0000166667
PER_INVOCATION = 0.20 / 1_000_000
# https://aws.amazon.com/step-functions/pricing/ (standard, November 2026). A retry is a transition too.
PER_TRANSITION = 0.025 / 1_000


def dollars(*, gigabyte_seconds: float, invocations: float, transitions: float) -> float:
    """The price of so much of each."""
    return (
        gigabyte_seconds * PER_GIGABYTE_SECOND + invocations * PER_INVOCATION + transitions * PER_TRANSITION
    )
