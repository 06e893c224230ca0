"""Executions end when Step Functions would end them."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError

from personalize_local.testing.server_process import LocalAws
from support.processes.process_faults import eventually
from support.processes.state_machines import ended, machine, one, run, start, task, waits

LONG = {"Type": "Wait", "Seconds": 3600}
FOREVER = task(
    "personalize:describeSolution",
    {"SolutionArn": "arn:aws:personalize:us-east-1:000000000000:solution/none"},
    Retry=[{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 1000, "BackoffRate": 1}],
)


def test_timeout_of_the_machine__passes_in_a_wait__execution_times_out(local_aws: LocalAws) -> None:
    arn = machine(local_aws, one(LONG) | {"TimeoutSeconds": 600})
    execution = start(local_aws, arn)
    waits(local_aws, execution, "WaitStateEntered")
    local_aws.control("POST", "clock", {"advance": 601})
    assert ended(local_aws, execution)["status"] == "TIMED_OUT"
    history = local_aws.client("stepfunctions").get_execution_history(executionArn=execution)["events"]
    assert history[-1]["type"] == "ExecutionTimedOut"


def test_timeout_of_the_machine__has_a_state_that_catches_all__times_out_nevertheless(
    local_aws: LocalAws,
) -> None:
    local_aws.control("POST", "clock", {"scale": 100})
    caught = FOREVER | {"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]}
    states = {"Try": {**caught, "End": True}, "Caught": {"Type": "Succeed"}}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Try", "States": states, "TimeoutSeconds": 60}
    assert run(local_aws, machine(local_aws, definition))["status"] == "TIMED_OUT"


@pytest.mark.parametrize("how", ["stop", "delete", "reset"])
def test_execution__ended_from_elsewhere__makes_no_more_calls(local_aws: LocalAws, how: str) -> None:
    local_aws.control("POST", "clock", {"scale": 20})
    arn = machine(local_aws, one(FOREVER))
    execution = start(local_aws, arn)
    eventually("a call", lambda: local_aws.control("GET", "calls")["calls"])
    if how == "stop":
        local_aws.client("stepfunctions").stop_execution(executionArn=execution)
    elif how == "delete":
        local_aws.client("stepfunctions").delete_state_machine(stateMachineArn=arn)
    else:
        local_aws.reset()
    time.sleep(0.2)
    local_aws.control("DELETE", "calls")
    local_aws.control("POST", "clock", {"advance": 60})
    time.sleep(0.5)
    assert local_aws.control("GET", "calls")["calls"] == []


def test_list_executions__of_a_machine_that_is_gone__is_refused(local_aws: LocalAws) -> None:
    arn = machine(local_aws, one(LONG))
    client = local_aws.client("stepfunctions")
    client.delete_state_machine(stateMachineArn=arn)
    with pytest.raises(client.exceptions.StateMachineDoesNotExist):
        client.list_executions(stateMachineArn=arn)


def test_start_execution__same_name_and_input_while_it_runs__answers_as_at_first(local_aws: LocalAws) -> None:
    arn = machine(local_aws, one(LONG))
    first = start(local_aws, arn, name="run")
    assert start(local_aws, arn, name="run") == first
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        start(local_aws, arn, {"other": "input"}, name="run")


def test_start_execution__name_with_a_colon__is_refused(local_aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="InvalidName"):
        start(local_aws, machine(local_aws, one(LONG)), name="2026-01-01T00:00:00Z")
