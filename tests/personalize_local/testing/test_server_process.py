"""The fixture `local_aws`: CDK stacks deployed as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm

from personalize_local.testing.server_process import DeployError, LocalAws

pytestmark = pytest.mark.process


def parameter(scope: Any, value: str, id: str = "Parameter") -> ssm.StringParameter:
    return ssm.StringParameter(scope, id, string_value=value)


def test_deploy__a_stack_in_a_stage__deploys_what_it_depends_on_first(
    local_aws: LocalAws, tmp_path: Path
) -> None:
    tmp_path.joinpath("a.txt").write_text("an asset")
    stage = cdk.Stage(cdk.App(), "Prod")
    data, app, other = (cdk.Stack(stage, name) for name in ("Data", "App", "Other"))
    parameter(other, "unrelated")
    exported = parameter(data, "films")
    nested = cdk.NestedStack(app, "Nested")
    parameter(nested, exported.parameter_name)
    asset = assets.Asset(app, "Asset", path=str(tmp_path / "a.txt"))
    greeting = cdk.CfnParameter(app, "Greeting").value_as_string
    cdk.CfnOutput(app, "Name", value=exported.parameter_name)
    cdk.CfnOutput(app, "Bucket", value=asset.s3_bucket_name)
    cdk.CfnOutput(app, "Key", value=asset.s3_object_key)
    cdk.CfnOutput(app, "Greeted", value=greeting)

    outputs = local_aws.deploy(app, {"Greeting": "hello"})

    assert "Prod-Other" not in local_aws.stacks()
    value = local_aws.client("ssm").get_parameter(Name=outputs["Name"])["Parameter"]["Value"]
    assert (value, outputs["Greeted"]) == ("films", "hello")
    body = local_aws.client("s3").get_object(Bucket=outputs["Bucket"], Key=outputs["Key"])["Body"].read()
    assert body == b"an asset"


def test_deploy__again__changes_what_has_changed(local_aws: LocalAws) -> None:
    def stack(value: str) -> cdk.Stack:
        made = cdk.Stack(cdk.App(), "Films")
        cdk.CfnOutput(made, "Name", value=parameter(made, value).parameter_name)
        return made

    name = local_aws.deploy(stack("jaws"))["Name"]
    assert local_aws.deploy(stack("jaws"))["Name"] == name
    assert local_aws.deploy(stack("alien"))["Name"] == name

    assert local_aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"] == "alien"
    local_aws.destroy(stack("alien"))
    assert local_aws.stacks() == set()


def test_deploy__a_stack_that_fails__says_why(local_aws: LocalAws) -> None:
    stack = cdk.Stack(cdk.App(), "Films")
    cdk.CfnResource(stack, "Group", type="AWS::Personalize::DatasetGroup", properties={"Name": "not a name"})

    with pytest.raises(DeployError) as failed:
        local_aws.deploy(stack)

    assert (failed.value.stack, failed.value.status) == ("Films", "ROLLBACK_COMPLETE")
    assert "stack Films is ROLLBACK_COMPLETE:" in str(failed.value)
    assert "not a name" in str(failed.value)


def test_deploy__container_images__are_refused(local_aws: LocalAws, tmp_path: Path) -> None:
    tmp_path.joinpath("Dockerfile").write_text("FROM scratch")
    stack = cdk.Stack(cdk.App(), "Films")
    ecr_assets.DockerImageAsset(stack, "Image", directory=str(tmp_path))

    with pytest.raises(ValueError, match="stack Films has container images as assets"):
        local_aws.deploy(stack)


def test_environment__of_a_subprocess__leads_its_clients_there(local_aws: LocalAws) -> None:
    script = "import boto3; boto3.client('personalize').create_dataset_group(name='movies')"
    subprocess.run([sys.executable, "-c", script], env=local_aws.environment, check=True)

    (group,) = local_aws.client("personalize").list_dataset_groups()["datasetGroups"]
    assert group["name"] == "movies"


def test_runtime__of_a_served_campaign__answers_with_the_items_named(local_aws: LocalAws) -> None:
    kinds = ("dataset_group", "solution_create", "solution_version", "campaign")
    local_aws.control("POST", "durations", dict.fromkeys(kinds, 0))
    local_aws.control("POST", "items", {"items": ["jaws", "alien"]})
    client = local_aws.client("personalize")
    group = client.create_dataset_group(name="movies")["datasetGroupArn"]
    recipe = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
    solution = client.create_solution(
        name="movies", datasetGroupArn=group, recipeArn=recipe, performAutoTraining=False
    )
    version = client.create_solution_version(solutionArn=solution["solutionArn"])["solutionVersionArn"]
    campaign = client.create_campaign(name="home", solutionVersionArn=version)["campaignArn"]

    runtime = local_aws.client("personalize-runtime")

    answer = runtime.get_recommendations(campaignArn=campaign, userId="ann", numResults=1)
    assert answer["itemList"] == [{"itemId": "jaws"}]
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        runtime.get_recommendations(campaignArn=f"{campaign}-2", userId="ann")
