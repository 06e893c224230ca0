"""The provider for teams without the CDK: deployed with boto3 alone, and used by somebody else's template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from plain import build

from personalize_local.testing.server_process import LocalAws
from support.pages.documents import ROOT
from support.processes.cloud import Cloud

TEMPLATE = (ROOT / "plain" / "solutions.yaml").read_text()
SAM_TEMPLATE = (ROOT / "plain" / "sam.yaml").read_text()
CAMPAIGN_TEMPLATE = (ROOT / "plain" / "campaigns.yaml").read_text()


@pytest.fixture
def cloud(local_aws: LocalAws, tmp_path: Path) -> Iterator[Cloud]:
    """An account with the provider in it. The fixture deletes it, and nothing is left behind."""
    made = Cloud(local_aws)
    template, zipped = build.build(tmp_path)
    s3, cloudformation = local_aws.client("s3"), local_aws.client("cloudformation")
    s3.create_bucket(Bucket="my-bucket")
    s3.put_object(Bucket="my-bucket", Key=zipped.name, Body=zipped.read_bytes())
    cloudformation.create_stack(
        StackName="provider",
        TemplateBody=template.read_text(),
        Parameters=[{"ParameterKey": "AssetBucket", "ParameterValue": "my-bucket"}],
        Capabilities=["CAPABILITY_IAM"],
    )
    assert local_aws.settled("provider") == "CREATE_COMPLETE", made.reasons("provider")
    yield made
    assert local_aws.delete("provider") == "DELETE_COMPLETE"
    assert made.rules() == []
    assert local_aws.client("lambda").list_functions()["Functions"] == []


def deploy(cloud: Cloud, name: str, *, update: bool = False, **parameters: str) -> str:
    given: dict[str, str] = {"DatasetGroupArn": Cloud.dataset_group_arn, **parameters}
    client = cloud.aws.client("cloudformation")
    operation: Any = client.update_stack if update else client.create_stack
    operation(
        StackName=name,
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )
    return cloud.aws.settled(name)


def test_template__without_the_cdk__creates_updates_replaces_and_deletes_its_solutions(cloud: Cloud) -> None:
    assert deploy(cloud, "films") == "CREATE_COMPLETE", cloud.reasons("films")
    outputs = cloud.aws.outputs("films")
    before = cloud.solutions()
    assert len(before) == 2
    assert before[outputs["MoreLikeThisName"]]["recipeArn"].endswith("aws-similar-items")
    for_you = cloud.describe(outputs["ForYouArn"])
    assert for_you["performAutoTraining"] is False
    assert for_you["solutionConfig"]["eventsConfig"] == {
        "eventParametersList": [{"eventType": "watch", "weight": 1.0}]
    }
    assert cloud.tags(outputs["ForYouArn"])["team"] == "films"

    changed = deploy(cloud, "films", update=True, Training="true", Recipe="aws-sims")
    assert changed == "UPDATE_COMPLETE", cloud.reasons("films")
    after = cloud.aws.outputs("films")
    assert after["ForYouArn"] == outputs["ForYouArn"]
    assert cloud.describe(after["ForYouArn"])["performAutoTraining"] is True
    assert after["MoreLikeThisName"] != outputs["MoreLikeThisName"]
    assert cloud.solutions().keys() == {for_you["name"], after["MoreLikeThisName"]}

    assert cloud.destroy("films") == "DELETE_COMPLETE", cloud.reasons("films")
    assert cloud.solutions() == {}


def test_two_stacks__on_the_one_provider__leave_each_other_alone(cloud: Cloud) -> None:
    for name in ("films", "series"):
        assert deploy(cloud, name) == "CREATE_COMPLETE", cloud.reasons(name)
    theirs = cloud.describe(cloud.aws.outputs("series")["ForYouArn"])

    assert deploy(cloud, "films", update=True, Training="true") == "UPDATE_COMPLETE"
    assert cloud.destroy("films") == "DELETE_COMPLETE", cloud.reasons("films")

    assert cloud.describe(theirs["solutionArn"]) == theirs
    assert len(cloud.solutions()) == 2
    assert cloud.destroy("series") == "DELETE_COMPLETE", cloud.reasons("series")
    assert cloud.solutions() == {}


def test_sam_template__deployed__its_function_trains_the_solution(cloud: Cloud) -> None:
    cloud.aws.client("cloudformation").create_stack(
        StackName="sam",
        TemplateBody=SAM_TEMPLATE,
        Parameters=[{"ParameterKey": "DatasetGroupArn", "ParameterValue": Cloud.dataset_group_arn}],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    assert cloud.aws.settled("sam") == "CREATE_COMPLETE", cloud.reasons("sam")
    solution = cloud.only_solution()
    resources = cloud.aws.client("cloudformation").describe_stack_resources(StackName="sam")["StackResources"]
    ids = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    assert ids.keys() == {"ForYou", "Train", "TrainRole"}

    answer = cloud.aws.client("lambda").invoke(FunctionName=ids["Train"])
    version = json.loads(answer["Payload"].read())

    assert "FunctionError" not in answer, version
    assert version.startswith(solution["solutionArn"] + "/")
    cloud.aws.control("POST", "clock", {"advance": 3600})
    assert cloud.destroy("sam") == "DELETE_COMPLETE", cloud.reasons("sam")
    assert cloud.solutions() == {}


def test_campaign__without_the_cdk__is_created_by_its_first_promotion_and_deleted_with_its_events(
    cloud: Cloud,
) -> None:
    """The request in the template's outputs makes a campaign that the stack owns."""
    cloud.aws.client("cloudformation").create_stack(StackName="live", TemplateBody=CAMPAIGN_TEMPLATE)
    assert cloud.aws.settled("live") == "CREATE_COMPLETE", cloud.reasons("live")
    outputs = cloud.aws.outputs("live")
    assert outputs["CampaignStatus"] == "AWAITING_VERSION"
    group = cloud.describe(outputs["SolutionArn"])["datasetGroupArn"]
    [events] = cloud.personalize.list_datasets(datasetGroupArn=group)["datasets"]
    assert events["datasetType"] == "EVENT_INTERACTIONS"

    trained = cloud.personalize.create_solution_version(solutionArn=outputs["SolutionArn"])
    cloud.aws.control("POST", "clock", {"advance": 24 * 3600})
    request = json.loads(outputs["CreateRequest"])
    created = cloud.personalize.create_campaign(solutionVersionArn=trained["solutionVersionArn"], **request)
    assert created["campaignArn"] == outputs["CampaignArn"]
    assert cloud.tags(outputs["CampaignArn"])["team"] == "films"

    cloud.aws.control("POST", "clock", {"advance": 24 * 3600})
    assert cloud.destroy("live") == "DELETE_COMPLETE", cloud.reasons("live")
    assert cloud.personalize.list_campaigns()["campaigns"] == []
    assert [group["name"] for group in cloud.personalize.list_dataset_groups()["datasetGroups"]] == ["movies"]
