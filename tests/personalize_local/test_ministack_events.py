"""EventBridge rules are guarded as in AWS, and CloudFormation sends each status once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws
from support.processes.process_faults import eventually

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:poll"


def put(events: Any, name: str) -> None:
    events.put_rule(Name=name, ScheduleExpression="rate(1 minute)")
    events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": FUNCTION}])


def test_delete_rule__with_a_target__is_refused_until_the_target_is_gone(local_aws: LocalAws) -> None:
    events = local_aws.client("events")
    put(events, "poll")
    with pytest.raises(ClientError, match=r"ValidationException.*since it has targets"):
        events.delete_rule(Name="poll")
    events.remove_targets(Rule="poll", Ids=["1"])
    events.delete_rule(Name="poll")
    assert events.list_rules()["Rules"] == []


def test_list_targets_by_rule__of_no_rule__is_not_found(local_aws: LocalAws) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        local_aws.client("events").list_targets_by_rule(Rule="poll")


def test_policy__on_a_rule_of_the_default_bus__allows_all_calls_for_it_and_no_other(
    enforcing_aws: LocalAws,
) -> None:
    iam = enforcing_aws.client("iam")
    iam.create_user(UserName="tester")
    rules = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/ours-*"
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "events:*", "Resource": rules}],
    }
    iam.put_user_policy(UserName="tester", PolicyName="test", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName="tester")["AccessKey"]
    events = enforcing_aws.client(
        "events", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    put(events, "ours-1")
    assert len(events.list_targets_by_rule(Rule="ours-1")["Targets"]) == 1
    events.remove_targets(Rule="ours-1", Ids=["1"])
    events.delete_rule(Name="ours-1")
    with pytest.raises(ClientError, match="AccessDenied"):
        put(events, "theirs-1")


@pytest.fixture
def told(local_aws: LocalAws) -> Callable[[], list[tuple[str, str, str]]]:
    """What CloudFormation has told EventBridge since the last call: stack, logical id, status."""
    sqs = local_aws.client("sqs")
    queue = sqs.create_queue(QueueName="statuses")["QueueUrl"]
    events = local_aws.client("events")
    events.put_rule(Name="statuses", EventPattern=json.dumps({"source": ["aws.cloudformation"]}))
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:statuses"
    events.put_targets(Rule="statuses", Targets=[{"Id": "1", "Arn": arn}])

    def received() -> list[tuple[str, str, str]]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(read(json.loads(message["Body"])))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    return received


def read(event: Any) -> tuple[str, str, str]:
    """The stack, the logical id if it is about a resource, and the status."""
    detail = event["detail"]
    kind = "Resource" if "logical-resource-id" in detail else "Stack"
    assert event["detail-type"] == f"CloudFormation {kind} Status Change"
    stack: str = detail["stack-id"].split("/")[1]
    return stack, detail.get("logical-resource-id", ""), detail["status-details"]["status"]


def ends(aws: LocalAws, status: str) -> None:
    stacks = aws.client("cloudformation").describe_stacks
    eventually(status, lambda: stacks(StackName="Films")["Stacks"][0]["StackStatus"] == status)


def wait_condition() -> dict[str, Any]:
    signal = {"ResourceSignal": {"Count": 1, "Timeout": "PT5M"}}
    return {"Resources": {"First": {"Type": "AWS::CloudFormation::WaitCondition", "CreationPolicy": signal}}}


def test_stack__changes_its_status__is_an_event(local_aws: LocalAws, told: Any) -> None:
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "films"}}}}
    assert local_aws.apply("Films", topic) == "CREATE_COMPLETE"
    assert sorted(told()) == [
        ("Films", "", "CREATE_COMPLETE"),
        ("Films", "", "CREATE_IN_PROGRESS"),
        ("Films", "Topic", "CREATE_COMPLETE"),
        ("Films", "Topic", "CREATE_IN_PROGRESS"),
    ]


def test_stack__from_a_change_set__has_each_status_once(local_aws: LocalAws, told: Any) -> None:
    """As the CDK CLI deploys."""
    cloudformation = local_aws.client("cloudformation")
    for kind in ("CREATE", "UPDATE"):
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": kind}}
        names = {"StackName": "Films", "ChangeSetName": kind}
        body = json.dumps({"Resources": {"Topic": topic}})
        cloudformation.create_change_set(**names, ChangeSetType=kind, TemplateBody=body)
        cloudformation.get_waiter("change_set_create_complete").wait(**names, WaiterConfig={"Delay": 1})
        cloudformation.execute_change_set(**names)
        ends(local_aws, f"{kind}_COMPLETE")
    assert [status for _, logical_id, status in told() if not logical_id] == [
        "REVIEW_IN_PROGRESS",
        "CREATE_IN_PROGRESS",
        "CREATE_COMPLETE",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_COMPLETE",
    ]


def test_stack__in_a_stack__has_each_status_once(local_aws: LocalAws, told: Any) -> None:
    storage = local_aws.client("s3")
    storage.create_bucket(Bucket="templates")
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    storage.put_object(Bucket="templates", Key="topic", Body=json.dumps(topic))
    url = "https://s3.us-east-1.amazonaws.com/templates/topic"
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url}}
    assert local_aws.apply("Films", {"Resources": {"Child": child}}) == "CREATE_COMPLETE"
    found = told()
    assert len(found) == 8
    assert len({*found}) == 8


def test_signal__for_a_wait_condition__is_one_more_event_in_progress(local_aws: LocalAws, told: Any) -> None:
    """The event has the signal as its reason. A rule for CREATE_IN_PROGRESS matches both."""
    cloudformation = local_aws.client("cloudformation")
    cloudformation.create_stack(StackName="Films", TemplateBody=json.dumps(wait_condition()))
    eventually("a wait", lambda: "First" in {logical_id for _, logical_id, _ in told()})
    signal = {"StackName": "Films", "LogicalResourceId": "First", "UniqueId": "PROMOTED"}
    cloudformation.signal_resource(**signal, Status="SUCCESS")
    ends(local_aws, "CREATE_COMPLETE")
    assert told() == [
        ("Films", "First", "CREATE_IN_PROGRESS"),
        ("Films", "First", "CREATE_COMPLETE"),
        ("Films", "", "CREATE_COMPLETE"),
    ]
