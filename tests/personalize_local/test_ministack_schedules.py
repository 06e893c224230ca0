"""EventBridge Scheduler starts what its schedules name, by their roles."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import ROLE, machine, one

WEEK = 7 * 86400
UNIVERSAL = "arn:aws:scheduler:::aws-sdk:sfn:startExecution"
BOTH = {"Service": ["scheduler.amazonaws.com", "states.amazonaws.com"]}
STATES = {"Effect": "Allow", "Principal": BOTH, "Action": "sts:AssumeRole"}


def schedule(aws: LocalAws, target: dict[str, Any], expression: str = "rate(7 days)", **more: Any) -> None:
    aws.client("scheduler").create_schedule(
        Name="weekly",
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"RoleArn": ROLE, **target},
        **more,
    )


def until(condition: Callable[[], object], seconds: float = 5) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def executions(aws: LocalAws, arn: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = aws.client("stepfunctions").list_executions(stateMachineArn=arn)[
        "executions"
    ]
    return found


@pytest.mark.parametrize("universal", [False, True], ids=["templated", "universal"])
def test_schedule__clock_is_pushed_past_its_rate__starts_the_state_machine_with_its_input(
    local_aws: LocalAws, universal: bool
) -> None:
    arn = machine(local_aws, one({"Type": "Pass"}))
    given = json.dumps({"mode": "FULL"})
    if universal:
        target = {"Arn": UNIVERSAL, "Input": json.dumps({"StateMachineArn": arn, "Input": given})}
    else:
        target = {"Arn": arn, "Input": given}
    schedule(local_aws, target)
    time.sleep(0.3)
    assert executions(local_aws, arn) == []
    local_aws.control("POST", "clock", {"advance": WEEK})
    assert until(lambda: executions(local_aws, arn))
    (execution,) = executions(local_aws, arn)
    described = local_aws.client("stepfunctions").describe_execution(executionArn=execution["executionArn"])
    assert json.loads(described["input"]) == {"mode": "FULL"}


def test_schedule__time_is_scaled__ticks_within_a_second(local_aws: LocalAws) -> None:
    arn = machine(local_aws, one({"Type": "Pass"}))
    local_aws.control("POST", "clock", {"scale": 600})
    schedule(local_aws, {"Arn": arn}, "rate(1 minute)")
    assert until(lambda: len(executions(local_aws, arn)) > 2, 3)


@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "not-allowed"])
def test_schedule__policies_enforced__its_role_decides(enforcing_aws: LocalAws, allowed: bool) -> None:
    iam = enforcing_aws.client("iam")
    trust = json.dumps({"Version": "2012-10-17", "Statement": [STATES]})
    iam.create_role(RoleName="pipeline", AssumeRolePolicyDocument=trust)
    arn = machine(enforcing_aws, one({"Type": "Pass"}))
    statement = {
        "Effect": "Allow",
        "Action": "states:StartExecution",
        "Resource": arn if allowed else f"{arn}2",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName="pipeline", PolicyName="p", PolicyDocument=document)
    schedule(enforcing_aws, {"Arn": arn})
    enforcing_aws.control("POST", "clock", {"advance": WEEK})
    assert until(lambda: executions(enforcing_aws, arn), 2) is allowed


def test_schedule__in_a_template__keeps_its_start_and_time_zone(local_aws: LocalAws) -> None:
    arn = machine(local_aws, one({"Type": "Pass"}))
    properties = {
        "Name": "weekly",
        "ScheduleExpression": "rate(7 days)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "StartDate": "2999-01-01T00:00:00Z",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": arn, "RoleArn": ROLE},
    }
    template = {"Resources": {"S": {"Type": "AWS::Scheduler::Schedule", "Properties": properties}}}
    assert local_aws.apply("s", template) == "CREATE_COMPLETE"
    local_aws.control("POST", "clock", {"advance": WEEK})
    assert not until(lambda: executions(local_aws, arn), 1)
