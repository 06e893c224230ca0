"""The fixture `local_aws`: CDK stacks deployed as they are."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm

from personalize_local.testing.server_process import (
    DeployError,
    LocalAws,
    command_of,
    failures,
    running,
)

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
    (reason,) = failed.value.reasons
    assert reason.startswith("Group: ")
    assert "not a name" in reason
    assert str(failed.value) == f"{reason}\nstack Films is ROLLBACK_COMPLETE"


def event(name: str, status: str, reason: str | None = None) -> dict[str, str]:
    event = {"LogicalResourceId": name, "ResourceStatus": status, "StackId": "arn:stack"}
    event["PhysicalResourceId"] = "arn:stack" if name == "Films" else name
    return event if reason is None else {**event, "ResourceStatusReason": reason}


def test_failures__of_several_deploys__are_those_of_the_last_one_in_their_order() -> None:
    oldest_first = [
        event("Films", "CREATE_IN_PROGRESS", "User Initiated"),
        event("Old", "CREATE_FAILED", "an earlier deploy"),
        event("Films", "ROLLBACK_COMPLETE"),
        event("Films", "UPDATE_IN_PROGRESS", "User Initiated"),
        event("A", "CREATE_FAILED", "no such key"),
        event("B", "CREATE_FAILED", "Resource creation cancelled"),
        event("Films", "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed: [A]"),
        event("C", "UPDATE_FAILED", "denied"),
        event("Films", "UPDATE_ROLLBACK_FAILED", "C could not be rolled back"),
    ]

    assert failures(oldest_first[::-1]) == [
        "A: no such key",
        "C: denied",
        "Films: C could not be rolled back",
    ]


def test_deploy_error__without_a_reason__says_so() -> None:
    assert str(DeployError("Films", "CREATE_FAILED", [])) == (
        "no resource says why\nstack Films is CREATE_FAILED"
    )


def test_command_of__where_to_find_it__goes_from_what_is_said_to_what_lies_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, pipx = tmp_path / "venv", tmp_path / "pipx"
    for folder in (own, pipx):
        folder.mkdir()
        (folder / "personalize-local").write_text("#!/bin/sh\n")
        (folder / "personalize-local").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(own), str(tmp_path / "none"), str(pipx)]))

    said = ["uvx", "personalize-local"]
    assert command_of(said, is_installed=True, own_scripts=str(own)) == said
    here = command_of([], is_installed=True, own_scripts=str(own))
    assert here == (sys.executable, "-m", "personalize_local")
    assert command_of([], is_installed=False, own_scripts=str(own)) == [str(pipx / "personalize-local")]
    monkeypatch.setenv("PATH", str(own))
    assert command_of([], is_installed=False, own_scripts=str(own)) is None


def test_running__another_command__starts_without_the_packages_of_this_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", "here")
    said = tmp_path / "said"
    script = f"import os; open({str(said)!r}, 'w').write(str(os.environ.get('PYTHONPATH')))"
    other = [sys.executable, "-c", script]

    with pytest.raises(RuntimeError, match="the local AWS did not start"), running(tmp_path, command=other):
        pass

    assert said.read_text() == "None"


def test_running__a_command_that_there_is_not__says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(RuntimeError, match="did not start: no-such-command: No such file"),
        running(tmp_path, command=["no-such-command"]),
    ):
        pass


def test_module_local_aws__first__keeps_what_is_made(module_local_aws: LocalAws) -> None:
    module_local_aws.client("personalize").create_dataset_group(name="movies")


def test_module_local_aws__second__finds_it_beside_an_empty_one(
    module_local_aws: LocalAws, local_aws: LocalAws
) -> None:
    assert len(module_local_aws.client("personalize").list_dataset_groups()["datasetGroups"]) == 1
    assert local_aws.client("personalize").list_dataset_groups()["datasetGroups"] == []


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
    assert answer["itemList"] == [{"itemId": "jaws", "score": 0.6666667}]
    with pytest.raises(runtime.exceptions.ResourceNotFoundException):
        runtime.get_recommendations(campaignArn=f"{campaign}-2", userId="ann")
