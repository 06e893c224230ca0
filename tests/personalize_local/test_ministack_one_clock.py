"""State machines and rules keep the simulator's time."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import ROLE, ended, machine, one, run, start, waits


def test_wait__clock_is_pushed__ends(local_aws: LocalAws) -> None:
    execution = start(local_aws, machine(local_aws, one({"Type": "Wait", "Seconds": 86400})))
    waits(local_aws, execution, "WaitStateEntered")
    assert local_aws.client("stepfunctions").describe_execution(executionArn=execution)["status"] == "RUNNING"
    local_aws.control("POST", "clock", {"advance": 86400})
    assert ended(local_aws, execution)["status"] == "SUCCEEDED"


def test_wait_until_a_moment__clock_has_passed_it__ends_at_once(local_aws: LocalAws) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=20000)).strftime("%Y-%m-%dT%H:%M:%SZ")
    arn = machine(local_aws, one({"Type": "Wait", "Timestamp": tomorrow}))
    execution = start(local_aws, arn)
    time.sleep(0.3)
    local_aws.control("POST", "clock", {"advance": 86400 * 20001})
    assert ended(local_aws, execution)["status"] == "SUCCEEDED"


def test_jsonata__now_and_millis__are_of_the_clock(local_aws: LocalAws) -> None:
    now = local_aws.control("POST", "clock", {"advance": 86400 * 365})["now"]
    arn = machine(local_aws, one({"Type": "Pass", "Output": "{% [$now(), $fromMillis($millis())] %}"}))
    for told in json.loads(run(local_aws, arn)["output"]):
        moment = datetime.fromisoformat(told)
        assert (
            timedelta() <= moment - datetime.fromisoformat(now) + timedelta(seconds=1) < timedelta(minutes=1)
        )


def test_task_token__times_out_on_the_clock(local_aws: LocalAws) -> None:
    queue = local_aws.client("sqs").create_queue(QueueName="approvals")["QueueUrl"]
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Arguments": {"QueueUrl": queue, "MessageBody": "{% $states.context.Task.Token %}"},
        "TimeoutSeconds": 86400,
    }
    execution = start(local_aws, machine(local_aws, one(state)))
    sqs = local_aws.client("sqs")
    assert sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    time.sleep(0.2)
    local_aws.control("POST", "clock", {"advance": 86401})
    assert ended(local_aws, execution)["error"] == "States.Timeout"


def test_rule__clock_is_pushed_past_its_rate__starts_the_state_machine(local_aws: LocalAws) -> None:
    arn = machine(local_aws, one({"Type": "Pass"}))
    events, states = local_aws.client("events"), local_aws.client("stepfunctions")
    events.put_rule(Name="weekly", ScheduleExpression="rate(7 days)")
    events.put_targets(Rule="weekly", Targets=[{"Id": "1", "Arn": arn, "RoleArn": ROLE}])
    time.sleep(0.5)
    assert states.list_executions(stateMachineArn=arn)["executions"] == []
    local_aws.control("POST", "clock", {"advance": 7 * 86400})
    time.sleep(1)
    assert len(states.list_executions(stateMachineArn=arn)["executions"]) == 1
