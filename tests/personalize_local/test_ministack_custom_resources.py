"""Custom resources of the CDK's library, and those whose function can't be loaded."""

from __future__ import annotations

import time

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import custom_resources, triggers
from botocore.exceptions import ClientError

from personalize_local.testing.server_process import DeployError, LocalAws


def resource(
    stack: cdk.Stack, code: str, runtime: lambda_.Runtime, *, framework: bool = False, seconds: int = 3600
) -> None:
    handler = lambda_.Function(
        stack,
        "Handler",
        runtime=runtime,
        handler="index.handler",
        code=lambda_.Code.from_inline(code),
    )
    provider = custom_resources.Provider(stack, "Provider", on_event_handler=handler) if framework else None
    cdk.CustomResource(
        stack,
        "Resource",
        service_token=provider.service_token if provider else handler.function_arn,
        service_timeout=cdk.Duration.seconds(seconds),
    )


@pytest.mark.parametrize("framework", [False, True])
@pytest.mark.parametrize(
    ("runtime", "code", "reason"),
    [
        (lambda_.Runtime.NODEJS_22_X, "require('films')", "Cannot find module 'films'"),
        (lambda_.Runtime.PYTHON_3_13, "import films", "No module named 'films'"),
        (lambda_.Runtime.PYTHON_3_13, "raise SystemExit(1)", "exit status 1"),
    ],
)
def test_create__function_can_not_be_loaded__fails_at_once_with_the_reason(
    local_aws: LocalAws, runtime: lambda_.Runtime, code: str, reason: str, framework: bool
) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    resource(stack, code, runtime, framework=framework)
    began = time.monotonic()
    with pytest.raises(DeployError, match=reason) as failed:
        local_aws.deploy(stack)
    assert time.monotonic() - began < 30
    assert failed.value.status == "ROLLBACK_COMPLETE"


def test_create__function_is_killed_while_it_is_loaded__its_answer_is_waited_for(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    resource(stack, "import os; os.kill(os.getpid(), 9)", lambda_.Runtime.PYTHON_3_13, seconds=1)
    with pytest.raises(DeployError, match="timed out after 1s"):
        local_aws.deploy(stack)


def test_delete__function_can_no_longer_be_loaded__fails_at_once(local_aws: LocalAws) -> None:
    working = """
const https = require("https");
exports.handler = (event) => new Promise((done) => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const answer = { StackId, RequestId, LogicalResourceId, Status: "SUCCESS", PhysicalResourceId: "id" };
  https.request(event.ResponseURL, { method: "PUT" }, done).end(JSON.stringify(answer));
});
"""
    for code in (working, "require('films')"):  # the resource itself does not change
        stack = cdk.Stack(cdk.App(), "Stack")
        resource(stack, code, lambda_.Runtime.NODEJS_22_X)
        local_aws.deploy(stack)

    with pytest.raises(DeployError, match="Cannot find module 'films'") as failed:
        local_aws.destroy(stack)
    assert failed.value.status == "DELETE_FAILED"


def test_bucket__of_auto_delete_objects__is_emptied_and_deleted(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    bucket = s3.Bucket(
        stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY, auto_delete_objects=True, versioned=True
    )
    cdk.CfnOutput(stack, "Name", value=bucket.bucket_name)
    name = local_aws.deploy(stack)["Name"]
    client = local_aws.client("s3")
    tags = client.get_bucket_tagging(Bucket=name)["TagSet"]
    assert {"Key": "aws-cdk:auto-delete-objects", "Value": "true"} in tags
    for body in (b"one", b"two"):
        client.put_object(Bucket=name, Key="films", Body=body)

    local_aws.destroy(stack)

    assert name not in [bucket["Name"] for bucket in client.list_buckets()["Buckets"]]


def test_bucket__with_objects__is_not_deleted(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    bucket = s3.Bucket(stack, "Bucket", removal_policy=cdk.RemovalPolicy.DESTROY)
    cdk.CfnOutput(stack, "Name", value=bucket.bucket_name)
    name = local_aws.deploy(stack)["Name"]
    client = local_aws.client("s3")
    client.put_object(Bucket=name, Key="films", Body=b"one")

    with pytest.raises(DeployError, match="The bucket you tried to delete is not empty"):
        local_aws.destroy(stack)

    client.delete_object(Bucket=name, Key="films")
    local_aws.destroy(stack)
    with pytest.raises(ClientError):
        client.head_bucket(Bucket=name)


def test_bucket__its_tags_change__the_bucket_has_the_new_ones(local_aws: LocalAws) -> None:
    def deploy(**tags: str) -> dict[str, str]:
        stack = cdk.Stack(cdk.App(), "Stack")
        bucket = s3.Bucket(stack, "Bucket", bucket_name="films")
        for key, value in tags.items():
            cdk.Tags.of(bucket).add(key, value)
        local_aws.deploy(stack)
        found = local_aws.client("s3").get_bucket_tagging(Bucket="films")["TagSet"]
        return {tag["Key"]: tag["Value"] for tag in found if not tag["Key"].startswith("aws:")}

    assert deploy(team="films", stage="test") == {"team": "films", "stage": "test"}
    assert deploy(team="series") == {"team": "series"}


def test_log_retention__of_a_function__is_set(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    logs.LogRetention(stack, "Retention", log_group_name="/films", retention=logs.RetentionDays.ONE_WEEK)
    local_aws.deploy(stack)
    (group,) = local_aws.client("logs").describe_log_groups(logGroupNamePrefix="/films")["logGroups"]
    assert group["retentionInDays"] == 7
    local_aws.destroy(stack)


def test_trigger__of_a_function__runs_it(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    triggers.TriggerFunction(
        stack,
        "Trigger",
        runtime=lambda_.Runtime.NODEJS_22_X,
        handler="index.handler",
        code=lambda_.Code.from_inline("exports.handler = async () => { throw new Error('no films') }"),
    )
    with pytest.raises(DeployError, match="no films"):
        local_aws.deploy(stack)


def test_aws_custom_resource__calls_the_service_that_it_names(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    made = custom_resources.AwsCustomResource(
        stack,
        "Call",
        on_update=custom_resources.AwsSdkCall(
            service="S3",
            action="listBuckets",
            physical_resource_id=custom_resources.PhysicalResourceId.of("buckets"),
        ),
        policy=custom_resources.AwsCustomResourcePolicy.from_sdk_calls(resources=["*"]),
        install_latest_aws_sdk=False,
    )
    cdk.CfnOutput(stack, "First", value=made.get_response_field("Buckets.0.Name"))
    outputs = local_aws.deploy(stack)
    assert outputs["First"].startswith("cdk-")
    local_aws.destroy(stack)
