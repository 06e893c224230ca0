"""Tasks that wait for a token: heartbeats, and tokens whose task has ended.

ministack ignores `HeartbeatSeconds`, takes `TimeoutSeconds` only as a number, goes on waiting when the Lambda
function that gets the token fails, and can't tell a token that never existed from one whose task has ended.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import stepfunctions

from personalize_local.ministack import executions, state_errors
from personalize_local.simulator import Clock

Answer = tuple[int, dict[str, str], bytes]
Send = Callable[[Mapping[str, Any]], Answer]
State = Mapping[str, Any]

_CALLBACK = ".waitForTaskToken"
_LONGEST_SECONDS = 99999999  # the default of TimeoutSeconds


def register(clock: Clock) -> None:
    """Let tokens behave as in Step Functions. After `one_clock`, whose events wake the clock."""
    execute, reset = stepfunctions._execute_task, stepfunctions.reset
    ended: set[str] = set()

    def execute_task(state: State, data: Any, execution: Any, context: dict[str, Any]) -> Any:
        return execute(_with_seconds(state, data, context), data, execution, context)

    def invoke_with_callback(resource: str, parameters: Any, token: str, state: State) -> Any:
        event = stepfunctions.threading.Event()
        record = {"event": event, "result": None, "error": None, "heartbeat": clock.now()}
        stepfunctions._task_tokens[token] = record
        try:
            stepfunctions._invoke_resource(resource.replace(_CALLBACK, ""), parameters)
            _wait(record, state, clock)
        finally:
            stepfunctions._task_tokens.pop(token, None)
            ended.add(token)
        if record["error"]:
            raise stepfunctions._ExecutionError(record["error"]["Error"], record["error"]["Cause"])
        return json.loads(record["result"])

    def heartbeat(data: Mapping[str, Any]) -> Answer:
        stepfunctions._task_tokens[data["taskToken"]]["heartbeat"] = clock.now()
        clock.wake()
        answer: Answer = stepfunctions.json_response({})
        return answer

    def reset_all() -> None:
        ended.clear()
        reset()

    stepfunctions._execute_task = execute_task
    stepfunctions._invoke_with_callback = invoke_with_callback
    stepfunctions._send_task_success = _checked(stepfunctions._send_task_success, ended)
    stepfunctions._send_task_failure = _checked(stepfunctions._send_task_failure, ended)
    stepfunctions._send_task_heartbeat = _checked(heartbeat, ended)
    stepfunctions.reset = reset_all


def _with_seconds(state: State, data: Any, context: dict[str, Any]) -> State:
    """A Task with numbers for what it says in JSONata or by a path."""
    made = dict(state)
    is_jsonata = stepfunctions._state_query_language(state, context) == "JSONata"
    for name in ("TimeoutSeconds", "HeartbeatSeconds"):
        if is_jsonata and isinstance(state.get(name), str):
            made[name] = stepfunctions._apply_jsonata_template(state[name], data, context)
        elif f"{name}Path" in state:
            given = stepfunctions._apply_input_path(state, data, context)
            made[name] = stepfunctions._resolve_path_or_ctx(state[f"{name}Path"], given, context)
    return made


def _wait(record: Mapping[str, Any], state: State, clock: Clock) -> None:
    """Wait for the end of a task.

    Raises:
        _ExecutionError: Its timeout passed, or the time for its next heartbeat.
    """
    end = clock.now() + timedelta(seconds=float(state.get("TimeoutSeconds", _LONGEST_SECONDS)))
    pause = timedelta(seconds=float(state.get("HeartbeatSeconds", _LONGEST_SECONDS)))
    while not record["event"].is_set():
        beat = record["heartbeat"]
        executions.wait_until(clock, min(end, beat + pause), partial(_has_news, record, beat))
        if _has_news(record, beat):
            continue
        if clock.now() >= end:
            raise stepfunctions._ExecutionError("States.Timeout", "The task didn't end in time")
        raise stepfunctions._ExecutionError(
            state_errors.HEARTBEAT, "The task didn't send a heartbeat in time"
        )


def _has_news(record: Mapping[str, Any], beat: datetime) -> bool:
    """Whether the task ended, or sent a heartbeat after this one."""
    return bool(record["event"].is_set()) or record["heartbeat"] != beat


def _checked(send: Send, ended: set[str]) -> Send:
    """A call with a token, refused if the token's task doesn't wait."""

    def checked(data: Mapping[str, Any]) -> Answer:
        token = str(data.get("taskToken"))
        record = stepfunctions._task_tokens.get(token)
        if record is None and token not in ended:
            return _refused("InvalidToken", "Invalid Token: 'Invalid token'")
        if record is None or record["event"].is_set():
            return _refused("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'")
        if "output" in data and not _is_json(data["output"]):
            return _refused("InvalidOutput", "Invalid Output: 'The output is no JSON'")
        return send(data)

    return checked


def _refused(code: str, message: str) -> Answer:
    answer: Answer = error_response_json(code, message, 400)
    return answer


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
