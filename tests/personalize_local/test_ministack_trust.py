"""State machines and schedules need a role that their service can assume, where IAM is enforced."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.services import iam, scheduler, stepfunctions
from ministack.services.cloudformation import provisioners

from personalize_local.address import REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import ROLE, machine, one

NAME = ROLE.rpartition("/")[2]
PASS = one({"Type": "Pass"})
MACHINE = "Neither the global service principal states.amazonaws.com"
SCHEDULE = "must allow AWS EventBridge Scheduler to assume the role"
WEEKLY = {
    "Name": "weekly",
    "ScheduleExpression": "rate(7 days)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:sns:listTopics", "RoleArn": ROLE},
}


def trust(*services: str) -> str:
    principal = {"Service": [f"{service}.amazonaws.com" for service in services]}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def create_role(aws: LocalAws, *services: str) -> None:
    aws.client("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=trust(*services))


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (lambda aws: machine(aws, PASS), f"AccessDeniedException.*{MACHINE}"),
        (lambda aws: aws.client("scheduler").create_schedule(**WEEKLY), f"ValidationException.*{SCHEDULE}"),
    ],
    ids=["machine", "schedule"],
)
def test_call__role_trusts_another_service__is_refused(
    enforcing_aws: LocalAws, call: Callable[[LocalAws], object], refusal: str
) -> None:
    with pytest.raises(ClientError, match=refusal):
        call(enforcing_aws)  # There is no such role.
    create_role(enforcing_aws, "lambda")
    with pytest.raises(ClientError, match=refusal):
        call(enforcing_aws)
    document = trust(f"states.{REGION}", "scheduler")
    enforcing_aws.client("iam").update_assume_role_policy(RoleName=NAME, PolicyDocument=document)
    call(enforcing_aws)


@pytest.mark.parametrize(
    ("kind", "properties", "refusal"),
    [
        (
            "AWS::StepFunctions::StateMachine",
            {"RoleArn": ROLE, "DefinitionString": json.dumps(PASS)},
            MACHINE,
        ),
        ("AWS::Scheduler::Schedule", WEEKLY, SCHEDULE),
    ],
    ids=["machine", "schedule"],
)
def test_template__role_trusts_another_service__stack_fails_with_the_reason(
    enforcing_aws: LocalAws, kind: str, properties: Mapping[str, Any], refusal: str
) -> None:
    create_role(enforcing_aws, "lambda")
    template = {"Resources": {"One": {"Type": kind, "Properties": properties}}}
    assert enforcing_aws.apply("s", template) == "ROLLBACK_COMPLETE"
    assert refusal in " ".join(enforcing_aws.reasons("s"))


def test_update__to_a_role_that_trusts_another_service__is_refused(enforcing_aws: LocalAws) -> None:
    create_role(enforcing_aws, "states")
    arn = machine(enforcing_aws, PASS)
    enforcing_aws.client("iam").create_role(RoleName="other", AssumeRolePolicyDocument=trust("lambda"))
    with pytest.raises(ClientError, match=MACHINE):
        enforcing_aws.client("stepfunctions").update_state_machine(
            stateMachineArn=arn, roleArn=ROLE.replace(NAME, "other")
        )


def test_seams__are_where_roles_are_taken() -> None:
    for function in (stepfunctions._create_state_machine, stepfunctions._update_state_machine):
        assert list(inspect.signature(function).parameters) == ["data"]
    for function in (scheduler._create_schedule, scheduler._update_schedule):
        assert list(inspect.signature(function).parameters) == ["name", "body"]
    assert list(inspect.signature(scheduler._error).parameters) == ["status", "code", "message"]
    assert list(inspect.signature(iam._roles.get_scoped).parameters)[:3] == ["account_id", "region", "key"]
    update = inspect.getsource(provisioners._sfn_state_machine_update)
    assert "resp = _sfn._update_state_machine(data)" in update
