"""Executions end when Step Functions would end them: at the machine's timeout, when stopped, and at a reset.

ministack ignores `TimeoutSeconds` of a state machine, and an execution that was stopped, or forgotten by a
reset or with its state machine, goes on with its retries and calls.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from personalize_local.simulator import Clock

Answer = tuple[int, dict[str, str], bytes]

# An end of an execution that came from elsewhere is looked for before each of these.
_STEPS = ("StateEntered", "StateExited", "TaskScheduled")
_LONGEST_NAME = 80
_NOT_IN_NAMES = set(' \n\t<>{}[]?*"#%\\^|~`$&,;:/')


class Ended(SystemExit):
    """The execution of this thread has ended. No state can catch it, and a thread ends by it in silence."""


@dataclass(frozen=True)
class Run:
    """An execution that a thread works for.

    Attributes:
        execution: ministack's record of it.
        role: The ARN of the state machine's role, by which it calls other services.
        deadline: When it times out, if ever.
        parent: The execution that waits for this one.
        clock: The clock of the deadline.
    """

    execution: dict[str, Any]
    role: str
    deadline: datetime | None
    parent: Run | None
    clock: Clock

    def timed_out(self) -> bool:
        """Whether the timeout has passed."""
        return self.deadline is not None and self.clock.now() >= self.deadline

    def over(self) -> bool:
        """Whether nothing more is to be done for it."""
        if self.execution["status"] != "RUNNING" or self.timed_out():
            return True
        return self.parent is not None and self.parent.over()


_current: ContextVar[Run | None] = ContextVar("run", default=None)


def role() -> str | None:
    """The role of the state machine that this thread works for, if it works for one."""
    run = _current.get()
    return run.role if run else None


def wait_until(clock: Clock, moment: datetime, ended: Callable[[], bool] = lambda: False) -> None:
    """Block until a moment, or until `ended` is true after a `wake`.

    Raises:
        Ended: The execution of this thread ended meanwhile.
    """
    run = _current.get()
    end = min(moment, run.deadline) if run and run.deadline else moment
    clock.wait_until(end, lambda: ended() or (run is not None and run.over()))
    _require_running()


def register(clock: Clock) -> None:
    """Let executions end in time."""
    stepfunctions._run_execution = _running(stepfunctions._run_execution, clock)
    stepfunctions._add_event = _while_running(stepfunctions._add_event)
    stepfunctions._stop_execution = _stopping(stepfunctions._stop_execution, clock)
    stepfunctions._delete_state_machine = _deleting(stepfunctions._delete_state_machine, clock)
    stepfunctions._list_executions = _listing(stepfunctions._list_executions)
    stepfunctions._start_execution = _starting(stepfunctions._start_execution)
    stepfunctions._test_state = _testing(stepfunctions._test_state, clock)
    stepfunctions.reset = _resetting(stepfunctions.reset, clock)


def _running(run_execution: Callable[[str], None], clock: Clock) -> Callable[[str], None]:
    """The life of an execution."""

    def run(arn: str) -> None:
        execution = stepfunctions._executions.get(arn)
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"]) if execution else None
        if machine is None:
            run_execution(arn)
            return
        timeout = json.loads(machine["definition"]).get("TimeoutSeconds")
        deadline = None if timeout is None else clock.now() + timedelta(seconds=timeout)
        current = Run(execution, machine["roleArn"], deadline, _current.get(), clock)
        token = _current.set(current)
        try:
            run_execution(arn)
        except Ended:
            if execution["status"] == "RUNNING":
                _end(execution, "TIMED_OUT" if current.timed_out() else "ABORTED")
        finally:
            _current.reset(token)

    return run


def _while_running(add_event: Callable[..., Any]) -> Callable[..., Any]:
    def checked(execution: dict[str, Any], kind: str, details: Any = None) -> Any:
        if kind.endswith(_STEPS):
            _require_running()
        return add_event(execution, kind, details)

    return checked


def _stopping(
    stop: Callable[[Mapping[str, Any]], Answer], clock: Clock
) -> Callable[[Mapping[str, Any]], Answer]:
    def stop_execution(data: Mapping[str, Any]) -> Answer:
        answer = stop(data)
        clock.wake()
        return answer

    return stop_execution


def _deleting(
    delete: Callable[[Mapping[str, Any]], Answer], clock: Clock
) -> Callable[[Mapping[str, Any]], Answer]:
    """DeleteStateMachine ends the executions. Their error is from AWS re:Post, "stuck deleting status"."""

    def delete_state_machine(data: Mapping[str, Any]) -> Answer:
        machine = data.get("stateMachineArn", "")
        for execution in list(stepfunctions._executions.values()):
            if execution["stateMachineArn"] == machine and execution["status"] == "RUNNING":
                cause = f"State machine {machine.rpartition(':')[2]} has been deleted."
                stepfunctions._fail_execution(execution, "States.Runtime", cause)
        answer = delete(data)
        clock.wake()
        return answer

    return delete_state_machine


def _listing(list_: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """ListExecutions refuses a state machine that doesn't exist, instead of answering that it has none."""

    def list_executions(data: Mapping[str, Any]) -> Answer:
        found = stepfunctions._describe_state_machine(data) if "stateMachineArn" in data else None
        return found if found and found[0] != HTTPStatus.OK else list_(data)

    return list_executions


def _resetting(reset: Callable[[], None], clock: Clock) -> Callable[[], None]:
    def end_all_and_reset() -> None:
        for execution in list(stepfunctions._executions._data.values()):
            if execution["status"] == "RUNNING":
                execution["status"] = "ABORTED"
        reset()
        clock.wake()

    return end_all_and_reset


def _testing(
    test: Callable[[Mapping[str, Any]], Answer], clock: Clock
) -> Callable[[Mapping[str, Any]], Answer]:
    """TestState by the role that it names."""

    def test_state(data: Mapping[str, Any]) -> Answer:
        named = data.get("roleArn")
        token = _current.set(Run({"status": "RUNNING"}, named, None, None, clock) if named else None)
        try:
            return test(data)
        finally:
            _current.reset(token)

    return test_state


def _require_running() -> None:
    run = _current.get()
    if run is not None and run.over():
        raise Ended


def _end(execution: dict[str, Any], status: str) -> None:
    execution |= {"status": status, "stopDate": stepfunctions.now_iso()}
    kind = {"TIMED_OUT": "ExecutionTimedOut", "ABORTED": "ExecutionAborted"}[status]
    stepfunctions._add_event(execution, kind)
    stepfunctions._emit_execution_status_event(execution)


def _starting(start: Callable[[Mapping[str, Any]], Answer]) -> Callable[[Mapping[str, Any]], Answer]:
    """StartExecution with its rules for names (API_StartExecution in the API Reference)."""

    def start_execution(data: Mapping[str, Any]) -> Answer:
        name = data.get("name")
        if name and (len(name) > _LONGEST_NAME or _NOT_IN_NAMES & set(name)):
            refusal: Answer = error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
            return refusal
        machine = stepfunctions._state_machines.get(
            stepfunctions._resolve_state_machine_arn(data.get("stateMachineArn", ""))
        )
        if name and machine:
            arn = machine["stateMachineArn"].replace(":stateMachine:", ":execution:") + f":{name}"
            running = stepfunctions._executions.get(arn)
            if running and running["status"] == "RUNNING" and running["input"] == data.get("input", "{}"):
                answer: Answer = json_response({"executionArn": arn, "startDate": running["startDate"]})
                return answer
        return start(data)

    return start_execution
