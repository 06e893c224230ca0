"""Tasks of state machines that wait for a token."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import ended, machine, one, start

TOKEN = "{% $states.context.Task.Token %}"
MESSAGE = {"token": TOKEN, "question": "Promote?"}


def destination(aws: LocalAws, service: str) -> dict[str, Any]:
    """A task whose token arrives in the queue."""
    queue = aws.client("sqs").create_queue(QueueName="tokens")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:tokens"
    if service == "sqs":
        return {
            "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
            "Arguments": {"QueueUrl": queue, "MessageBody": MESSAGE},
        }
    if service == "events":
        events = aws.client("events")
        events.put_rule(Name="r", EventPattern=json.dumps({"source": ["pipeline"]}))
        events.put_targets(Rule="r", Targets=[{"Id": "1", "Arn": arn}])
        entry = {"Source": "pipeline", "DetailType": "Approval", "Detail": MESSAGE}
        return {
            "Resource": "arn:aws:states:::events:putEvents.waitForTaskToken",
            "Arguments": {"Entries": [entry]},
        }
    topic = aws.client("sns").create_topic(Name="approvals")["TopicArn"]
    aws.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    if service == "sns":
        resource, message = "sns:publish", MESSAGE
    else:
        resource, message = "aws-sdk:sns:publish", "{% $string({'token': $states.context.Task.Token}) %}"
    return {
        "Resource": f"arn:aws:states:::{resource}.waitForTaskToken",
        "Arguments": {"TopicArn": topic, "Message": message},
    }


def token_of(aws: LocalAws) -> str:
    """The token of the next message in the queue."""
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="tokens")["QueueUrl"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    body = json.loads(message["Body"])
    found = json.loads(body["Message"]) if "Message" in body else body.get("detail", body)
    return str(found["token"])


def waiting(aws: LocalAws, service: str = "sqs", **fields: object) -> str:
    """An execution that waits for its token."""
    state = {"Type": "Task", **destination(aws, service), **fields}
    return start(aws, machine(aws, one(state)))


@pytest.mark.parametrize("service", ["sqs", "sns", "events", "aws-sdk"])
def test_token__arrives_and_is_answered__task_ends_with_the_answer(local_aws: LocalAws, service: str) -> None:
    execution = waiting(local_aws, service)
    states = local_aws.client("stepfunctions")
    states.send_task_success(taskToken=token_of(local_aws), output='{"by": "ann"}')
    assert json.loads(ended(local_aws, execution)["output"]) == {"by": "ann"}


def test_token__refused__error_is_caught_by_its_name(local_aws: LocalAws) -> None:
    state = {"Type": "Task", **destination(local_aws, "sqs"), "End": True}
    caught = {"ErrorEquals": ["Refused"], "Output": "{% $states.errorOutput.Cause %}", "Next": "Caught"}
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Ask",
        "States": {"Ask": {**state, "Catch": [caught]}, "Caught": {"Type": "Succeed"}},
    }
    execution = start(local_aws, machine(local_aws, definition))
    token = token_of(local_aws)
    local_aws.client("stepfunctions").send_task_failure(taskToken=token, error="Refused", cause="not better")
    assert ended(local_aws, execution)["output"] == '"not better"'


def test_token__answered_twice_or_unknown__second_answer_is_refused(local_aws: LocalAws) -> None:
    execution = waiting(local_aws)
    states, token = local_aws.client("stepfunctions"), token_of(local_aws)
    with pytest.raises(ClientError, match="InvalidOutput"):
        states.send_task_success(taskToken=token, output="no JSON")
    states.send_task_success(taskToken=token, output="{}")
    with pytest.raises(ClientError, match=r"TaskTimedOut.*Provided task does not exist anymore"):
        states.send_task_success(taskToken=token, output="{}")
    assert ended(local_aws, execution)["status"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="TaskTimedOut"):
        states.send_task_failure(taskToken=token)
    with pytest.raises(ClientError, match="InvalidToken"):
        states.send_task_heartbeat(taskToken="nobody's")


def test_heartbeat__stops_coming__task_fails_before_its_timeout(local_aws: LocalAws) -> None:
    execution = waiting(local_aws, TimeoutSeconds=86400, HeartbeatSeconds="{% 5 * 60 %}")
    states, token = local_aws.client("stepfunctions"), token_of(local_aws)
    for _ in range(3):
        local_aws.control("POST", "clock", {"advance": 200})
        states.send_task_heartbeat(taskToken=token)
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    local_aws.control("POST", "clock", {"advance": 301})
    assert ended(local_aws, execution)["error"] == "States.HeartbeatTimeout"
    with pytest.raises(ClientError, match="TaskTimedOut"):
        states.send_task_heartbeat(taskToken=token)


def test_heartbeat__missing_where_timeouts_are_caught__is_caught(local_aws: LocalAws) -> None:
    local_aws.control("POST", "clock", {"scale": 1000})
    state = {"Type": "Task", **destination(local_aws, "sqs"), "HeartbeatSeconds": 60, "End": True}
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Ask",
        "States": {
            "Ask": {**state, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]},
            "Caught": {"Type": "Succeed"},
        },
    }
    assert ended(local_aws, start(local_aws, machine(local_aws, definition)))["status"] == "SUCCEEDED"


def test_timeout__is_an_expression__passes(local_aws: LocalAws) -> None:
    execution = waiting(local_aws, TimeoutSeconds="{% 60 * 60 %}")
    token_of(local_aws)
    local_aws.control("POST", "clock", {"advance": 3599})
    time.sleep(0.1)
    assert local_aws.client("stepfunctions").describe_execution(executionArn=execution)["status"] == "RUNNING"
    local_aws.control("POST", "clock", {"advance": 2})
    assert ended(local_aws, execution)["error"] == "States.Timeout"


def test_timeout__is_a_path__passes(local_aws: LocalAws) -> None:
    local_aws.control("POST", "clock", {"scale": 1000})
    queue = local_aws.client("sqs").create_queue(QueueName="tokens")["QueueUrl"]
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue, "MessageBody": {"token.$": "$$.Task.Token"}},
        "TimeoutSecondsPath": "$.wait",
    }
    execution = start(local_aws, machine(local_aws, one(state, "JSONPath")), {"wait": 60})
    assert ended(local_aws, execution)["error"] == "States.Timeout"


def test_execution__stopped_while_it_waits__its_token_is_refused(local_aws: LocalAws) -> None:
    execution = waiting(local_aws)
    states, token = local_aws.client("stepfunctions"), token_of(local_aws)
    states.stop_execution(executionArn=execution, error="Aborted", cause="by a person")
    described = ended(local_aws, execution)
    assert (described["status"], described["error"]) == ("ABORTED", "Aborted")
    time.sleep(0.2)
    with pytest.raises(ClientError, match="TaskTimedOut"):
        states.send_task_success(taskToken=token, output="{}")


def test_function__fails_to_pass_its_token_on__task_fails(local_aws: LocalAws) -> None:
    arguments = {"FunctionName": "none", "Payload": {"token": TOKEN}}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Arguments": arguments,
    }
    execution = start(local_aws, machine(local_aws, one(state)))
    assert ended(local_aws, execution)["error"] == "Lambda.ResourceNotFoundException"
