"""Every name of ministack's state machines and schedules that is used or replaced."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from ministack.core import responses
from ministack.services import eventbridge, scheduler, stepfunctions, sts
from ministack.services.cloudformation import provisioners

FUNCTIONS: list[tuple[Callable[..., Any], list[str]]] = [
    (stepfunctions._run_execution, ["exec_arn"]),
    (stepfunctions._add_event, ["execution", "event_type", "details"]),
    (stepfunctions._stop_execution, ["data"]),
    (stepfunctions._start_execution, ["data"]),
    (stepfunctions._test_state, ["data"]),
    (stepfunctions.reset, []),
    (stepfunctions._emit_execution_status_event, ["execution"]),
    (stepfunctions._resolve_state_machine_arn, ["arn"]),
    (stepfunctions._scaled_sleep, ["seconds"]),
    (stepfunctions._sleep_until, ["iso_ts"]),
    (stepfunctions._parse_ts, ["v"]),
    (stepfunctions._register_sfn_jsonata_functions, ["expr"]),
    (stepfunctions._error_matches, ["error_equals", "error"]),
    (stepfunctions._find_matching_retrier, ["retriers", "error", "retry_counts"]),
    (stepfunctions._resolve_path, ["path", "data"]),
    (stepfunctions._parse_jsonpath_tokens, ["path"]),
    (stepfunctions._evaluate_rule, ["rule", "data", "ctx"]),
    (stepfunctions._apply_output_path, ["state_def", "data", "ctx"]),
    (
        stepfunctions._apply_jsonata_output,
        ["state_def", "raw_input", "ctx", "result", "error_output", "default"],
    ),
    (stepfunctions._apply_jsonata_arguments, ["state_def", "raw_input", "ctx"]),
    (stepfunctions._apply_state_assign, ["state_def", "raw_input", "ctx", "result", "error_output"]),
    (stepfunctions._run_parallel_branches, ["state_def", "raw_input", "execution", "ctx"]),
    (stepfunctions._run_sub_machine, ["states", "start_at", "input_data", "execution", "ctx"]),
    (stepfunctions._state_query_language, ["state_def", "ctx"]),
    (stepfunctions._invoke_aws_sdk_integration, ["resource", "input_data"]),
    (stepfunctions._invoke_resource, ["resource", "input_data"]),
    (stepfunctions._invoke_with_callback, ["resource", "input_data", "token", "state_def"]),
    (stepfunctions._execute_task, ["state_def", "raw_input", "execution", "ctx"]),
    (stepfunctions._apply_jsonata_template, ["value", "raw_input", "ctx", "result", "error_output"]),
    (stepfunctions._apply_input_path, ["state_def", "data", "ctx"]),
    (stepfunctions._resolve_path_or_ctx, ["path", "data", "ctx"]),
    (stepfunctions._send_task_success, ["data"]),
    (stepfunctions._send_task_failure, ["data"]),
    (stepfunctions._send_task_heartbeat, ["data"]),
    (stepfunctions._validate_definition_jsonata, ["definition_str"]),
    (stepfunctions._validate_state_machine_definition, ["data"]),
    (stepfunctions._ExecutionError, ["error", "cause"]),
    (provisioners._sfn_definition, ["props"]),
    (scheduler.reset, []),
    (scheduler._tick_schedules, []),
    (scheduler._ticker_loop, []),
    (scheduler._now, []),
    (eventbridge._invoke_target, ["target", "event", "rule", "view"]),
    (eventbridge._tick_scheduled_rules, []),
    (eventbridge._scheduler_loop, []),
    (eventbridge._now_ts, []),
    (sts.register_session, ["access_key", "session"]),
    (responses.json_response, ["data", "status", "content_type"]),
]


@pytest.mark.parametrize(
    ("function", "parameters"), FUNCTIONS, ids=lambda value: getattr(value, "__name__", "")
)
def test_function__takes_what_it_is_given(function: Callable[..., Any], parameters: list[str]) -> None:
    assert list(inspect.signature(function).parameters) == parameters


@pytest.mark.parametrize("kind", ["AWS::StepFunctions::StateMachine", "AWS::Scheduler::Schedule"])
def test_handlers__of_a_type_in_templates__take_what_they_are_given(kind: str) -> None:
    handlers = provisioners._RESOURCE_HANDLERS[kind]
    assert list(inspect.signature(handlers["create"]).parameters) == ["logical_id", "props", "stack_name"]


def test_retry__delay_is_waited_right_after_its_retrier_is_found() -> None:
    for function in (stepfunctions._execute_task, stepfunctions._with_retry_and_catch):
        source = inspect.getsource(function)
        found = source.index("_find_matching_retrier(")
        waited = source.index("_scaled_sleep(min(")
        assert "_scaled_sleep(" not in source[found:waited]


def test_time__is_looked_up_in_the_modules_when_it_is_needed() -> None:
    activity = inspect.getsource(stepfunctions._invoke_activity)
    assert "evt = threading.Event()" in activity
    assert "timeout = 99999" in activity
    assert "now = time.time()" in inspect.getsource(scheduler._tick_schedules)
    assert "now = _now_ts()" in inspect.getsource(eventbridge._tick_scheduled_rules)
    assert "target=_ticker_loop" in inspect.getsource(scheduler.start_scheduler)
    assert "target=_scheduler_loop" in inspect.getsource(eventbridge.start_scheduler)


def test_steps_of_an_execution__are_told_by_the_events_that_are_looked_at() -> None:
    source = inspect.getsource(stepfunctions._run_execution)
    assert 'f"{state_type}StateEntered"' in source
    assert 'f"{state_type}StateExited"' in source
    assert '"TaskScheduled"' in inspect.getsource(stepfunctions._execute_task)


def test_sdk_integrations__are_dispatched_by_these_tables() -> None:
    assert {"arn:aws:states:::sns:publish", "arn:aws:states:::events:putEvents"} <= set(
        stepfunctions._SERVICE_DISPATCH
    )
    assert stepfunctions._AWS_SDK_ERROR_PREFIX["sfn"] == "Sfn"
    assert "_invoke_aws_sdk_integration(resource, input_data)" in inspect.getsource(
        stepfunctions._invoke_resource
    )
