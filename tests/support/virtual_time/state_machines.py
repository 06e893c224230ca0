"""State machines in virtual time: ministack's interpreter over the simulator, without a server.

A wait takes no time: it advances the clock. The calls of other services are recorded.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from ministack.services import eventbridge, scheduler, stepfunctions

from personalize_local.ministack import (
    executions,
    one_clock,
    sdk_names,
    sdk_tasks,
    state_errors,
    state_output,
    state_paths,
)
from personalize_local.simulator import Clock, Personalize, Scope, ServiceError
from support.virtual_time.simulated import START, Simulated

SCOPE = Scope("aws", "us-east-1", "000000000000")
_LONGEST = 60.0  # real seconds
_state: ContextVar[str] = ContextVar("state", default="")


class JumpingClock(Clock):
    """A clock that jumps to whatever moment something waits for."""

    def __init__(self, now: Callable[[], datetime] = lambda: START) -> None:
        super().__init__(now)
        self.stands = True
        self.calls = 0
        """Calls that are being answered, and blocks of `Machines.still`."""

    def wait_until(self, moment: datetime, ended: Callable[[], bool]) -> None:
        """Jump to a moment. The other threads have a turn first, so that no loop outruns them."""
        time.sleep(0.001)
        while self.calls:
            time.sleep(0.001)
        if ended():
            return
        left = (moment - self.now()) / timedelta(seconds=1)
        if left > 0:
            self.advance(left)


@dataclass
class StateFault:
    """An error of the calls of one state.

    Attributes:
        state: The state's name.
        code: The error's code, such as `ThrottlingException`.
        times: How many calls get it. None: all.
        after: Whether the call takes effect first.
    """

    state: str
    code: str
    times: int | None = 1
    after: bool = False

    def strikes(self, state: str) -> bool:
        """Whether this call gets the error; it counts."""
        if state != self.state or self.times == 0:
            return False
        if self.times is not None:
            self.times -= 1
        return True


@dataclass
class Machines:
    """State machines, and the account that they work in."""

    clock: JumpingClock
    sim: Simulated
    faults: list[StateFault] = field(default_factory=list)
    calls: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    """The calls of other services than Personalize: state, operation, request."""
    alarms: Mapping[str, str] = field(default_factory=dict)
    """The states of alarms, by their names."""
    before: Callable[[str, Mapping[str, Any]], None] = lambda _operation, _request: None
    """What happens before each call."""
    approves: bool = False
    """Whether each message with a task token is answered with yes."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    answer: Callable[[str, Mapping[str, Any]], None] = lambda _operation, _request: None
    """What else happens at a call of another service."""
    after: Callable[[str, Mapping[str, Any]], None] = lambda _operation, _request: None
    """What happens after each call that succeeded, before its answer arrives."""
    told: Callable[[Mapping[str, Any]], None] = lambda _execution: None
    """What EventBridge does when an execution begins or ends."""

    def replace(self, name: str, definition: Mapping[str, Any]) -> str:
        """The ARN of a state machine, which has this definition from now on."""
        arn = f"arn:aws:states:{SCOPE.region}:{SCOPE.account}:stateMachine:{name}"
        stepfunctions._state_machines.pop(arn, None)
        request = {"name": name, "definition": json.dumps(definition), "roleArn": "role"}
        return str(_body(stepfunctions._create_state_machine(request))["stateMachineArn"])

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """Keep the clock from jumping in the block, so that executions that it starts begin together."""
        with self._lock:
            self.clock.calls += 1
        try:
            yield
        finally:
            with self._lock:
                self.clock.calls -= 1

    def start(self, arn: str, data: object = None, name: str | None = None) -> str:
        """The ARN of a new execution, which runs in a thread."""
        request = {
            "stateMachineArn": arn,
            "input": json.dumps(data or {}),
            **({"name": name} if name else {}),
        }
        return str(_body(stepfunctions._start_execution(request))["executionArn"])

    def ended(self, execution: str) -> Mapping[str, Any]:
        """The execution when it and all others have ended."""
        deadline = time.monotonic() + _LONGEST
        while any(one["status"] == "RUNNING" for one in self.executions()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{execution} still runs")
            time.sleep(0.001)
        return self.execution(execution)

    def run(self, arn: str, data: object = None) -> Mapping[str, Any]:
        """A new execution when it has ended."""
        return self.ended(self.start(arn, data))

    def delete(self, arn: str) -> None:
        """DeleteStateMachine."""
        stepfunctions._delete_state_machine({"stateMachineArn": arn})

    def stop(self, execution: str) -> None:
        """StopExecution."""
        stepfunctions._stop_execution({"executionArn": execution})

    def execution(self, arn: str) -> Mapping[str, Any]:
        """An execution."""
        found: Mapping[str, Any] = stepfunctions._executions.get(arn)
        return found

    def executions(self) -> list[Mapping[str, Any]]:
        """All executions."""
        return list(stepfunctions._executions.values())

    def called(self, operation: str) -> list[Mapping[str, Any]]:
        """The requests of an operation of another service."""
        return [request for _, name, request in self.calls if name == operation]

    def _send(self, model: Any, prefix: str, request: Mapping[str, Any], _role: object) -> dict[str, Any]:
        self.before(model.name, request)
        state, fault = _state.get(), next((f for f in self.faults if f.strikes(_state.get())), None)
        error = fault and stepfunctions._ExecutionError(
            sdk_names.error(model.service_model, prefix, fault.code), "injected by a test"
        )
        if error and fault and not fault.after:
            raise error
        with self.still():
            answer = self._answer(state, model, prefix, request)
        self.after(model.name, request)
        if error:
            raise error
        return answer

    def _answer(self, state: str, model: Any, prefix: str, request: Mapping[str, Any]) -> dict[str, Any]:
        if prefix == "Personalize":
            try:
                return dict(self.sim.call(model.name, **request))
            except ServiceError as error:
                name = sdk_names.error(model.service_model, prefix, error.code)
                raise stepfunctions._ExecutionError(name, error.message) from error
        self.calls.append((state, model.name, request))
        self.answer(model.name, request)
        if self.approves and '"token"' in str(request.get("Message")):
            stepfunctions._send_task_success(
                {"taskToken": json.loads(request["Message"])["token"], "output": "{}"}
            )
        match model.name:
            case "ListExecutions":
                running = [
                    {"executionArn": one["executionArn"], "startDate": _moment(one["startDate"])}
                    for one in self.executions()
                    if one["stateMachineArn"] == request["stateMachineArn"] and one["status"] == "RUNNING"
                ]
                return {"executions": running}
            case "DescribeStateMachine":
                return {"definition": stepfunctions._state_machines[request["stateMachineArn"]]["definition"]}
            case "StartExecution":
                # As over HTTP: the new execution knows nothing of the one that starts it.
                started = Context().run(stepfunctions._start_execution, request)
                return {"executionArn": _body(started)["executionArn"]}
            case "DescribeAlarms":
                found = [{"AlarmName": name, "StateValue": state} for name, state in self.alarms.items()]
                return {"MetricAlarms": found, "CompositeAlarms": []}
        return {}


@contextlib.contextmanager
def state_machines() -> Iterator[Machines]:
    """An account with state machines and a simulated Personalize. Afterwards ministack is as before."""
    clock = JumpingClock()
    sim = Simulated(Personalize(clock), SCOPE, SCOPE.arn("dataset-group", "films"))
    with interpreted(Machines(clock, sim)) as machines:
        yield machines


@contextlib.contextmanager
def interpreted(machines: Machines) -> Iterator[Machines]:
    """Let ministack run these state machines. Afterwards it is as before."""
    modules: tuple[ModuleType, ...] = (stepfunctions, eventbridge, scheduler)
    before = {module: dict(vars(module)) for module in modules}
    dispatch, send = dict(stepfunctions._SERVICE_DISPATCH), sdk_tasks._send
    clock = machines.clock
    stepfunctions.reset()
    executions.register(clock)
    one_clock.register(clock)
    state_errors.register()
    state_paths.register()
    state_output.register()
    sdk_tasks.register()
    sdk_tasks._send = machines._send  # type: ignore[assignment] # its arguments go by position
    stepfunctions.time = _Sleepless(time)
    _tell(machines)
    _remember_states()
    try:
        yield machines
    finally:
        stepfunctions.reset()
        sdk_tasks._send = send
        for module, names in before.items():
            vars(module).update(names)
        stepfunctions._SERVICE_DISPATCH.clear()
        stepfunctions._SERVICE_DISPATCH.update(dispatch)


def _tell(machines: Machines) -> None:
    """Let the beginning and the end of an execution be told."""
    emit = stepfunctions._emit_execution_status_event

    def tell(execution: Mapping[str, Any]) -> None:
        emit(execution)
        machines.told(execution)

    stepfunctions._emit_execution_status_event = tell


def _remember_states() -> None:
    """Let a call know of which state it is, in whatever thread it is made."""
    execute = stepfunctions._execute_task

    def execute_task(definition: Any, data: Any, execution: Any, context: Mapping[str, Any]) -> Any:
        token = _state.set(context["State"]["Name"])
        try:
            return execute(definition, data, execution, context)
        finally:
            _state.reset(token)

    stepfunctions._execute_task = execute_task


class _Sleepless:
    """The module `time`, where nothing sleeps."""

    def __init__(self, real: ModuleType) -> None:
        self._real = real

    def sleep(self, _seconds: float) -> None:
        threading.Event().wait(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def _body(answer: tuple[int, Any, bytes]) -> dict[str, Any]:
    status, _, body = answer
    assert status == 200, body
    found: dict[str, Any] = json.loads(body)
    return found


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
