"""EventBridge rules are guarded as in AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws

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


def test_stack__changes_its_status__is_an_event(local_aws: LocalAws) -> None:
    sqs = local_aws.client("sqs")
    queue = sqs.create_queue(QueueName="statuses")["QueueUrl"]
    events = local_aws.client("events")
    events.put_rule(Name="statuses", EventPattern=json.dumps({"source": ["aws.cloudformation"]}))
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:statuses"
    events.put_targets(Rule="statuses", Targets=[{"Id": "1", "Arn": arn}])
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "films"}}}}
    assert local_aws.apply("Films", topic) == "CREATE_COMPLETE"
    found = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    told = [
        (event["detail-type"], event["detail"].get("logical-resource-id", ""), status(event))
        for event in found
    ]
    assert sorted(told) == [
        ("CloudFormation Resource Status Change", "Topic", "CREATE_COMPLETE"),
        ("CloudFormation Resource Status Change", "Topic", "CREATE_IN_PROGRESS"),
        ("CloudFormation Stack Status Change", "", "CREATE_COMPLETE"),
        ("CloudFormation Stack Status Change", "", "CREATE_IN_PROGRESS"),
    ]
    assert {event["detail"]["stack-id"].split("/")[1] for event in found} == {"Films"}


def status(event: Any) -> str:
    return str(event["detail"]["status-details"]["status"])
