"""State machines of tests, and their executions on the local AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from personalize_local.address import ACCOUNT
from personalize_local.testing.server_process import LocalAws
from support.processes.process_faults import eventually

ROLE = f"arn:aws:iam::{ACCOUNT}:role/pipeline"

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def task(action: str, arguments: object, language: str = "Arguments", **more: object) -> dict[str, object]:
    """An SDK integration, such as `sns:listTopics`."""
    return {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:{action}", language: arguments, **more}


def one(state: Mapping[str, object], language: str = "JSONata") -> dict[str, object]:
    """A definition with this state only."""
    return {"QueryLanguage": language, "StartAt": "One", "States": {"One": {"End": True, **state}}}


def machine(aws: LocalAws, definition: Mapping[str, object], name: str = "pipeline") -> str:
    """The ARN of a new state machine."""
    made = aws.client("stepfunctions").create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=ROLE
    )
    return str(made["stateMachineArn"])


def run(aws: LocalAws, arn: str, data: object = None, seconds: float = 20) -> dict[str, Any]:
    """The execution when it has ended."""
    return ended(aws, start(aws, arn, data), seconds)


def start(aws: LocalAws, arn: str, data: object = None, **more: str) -> str:
    """The ARN of a new execution."""
    states = aws.client("stepfunctions")
    return str(
        states.start_execution(stateMachineArn=arn, input=json.dumps(data or {}), **more)["executionArn"]
    )


def waits(aws: LocalAws, execution: str, event: str) -> None:
    """Return when an execution waits, after this event. A clock pushed earlier doesn't end the wait."""
    client = aws.client("stepfunctions")

    def has_come() -> bool:
        history = client.get_execution_history(executionArn=execution)["events"]
        return any(one["type"] == event for one in history)

    eventually(event, has_come)
    time.sleep(0.3)


def ended(aws: LocalAws, execution: str, seconds: float = 20) -> dict[str, Any]:
    """The execution when it has ended."""
    client = aws.client("stepfunctions")

    def if_ended() -> dict[str, Any] | None:
        described: dict[str, Any] = client.describe_execution(executionArn=execution)
        return None if described["status"] == "RUNNING" else described

    found: dict[str, Any] = eventually("the execution ended", if_ended, seconds)
    return found
