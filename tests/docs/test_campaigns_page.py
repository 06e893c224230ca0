"""The Python of docs/campaigns.md, run as a reader would run it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk.assertions import Template

from personalize_local.testing.in_process import SimulatedPersonalize
from support.pages.documents import ROOT, blocks

PAGE = ROOT / "docs" / "campaigns.md"


def run(block: str, names: dict[str, Any]) -> None:
    exec(compile(block, str(PAGE), "exec"), names)


@pytest.fixture(scope="module")
def stack() -> Template:
    names: dict[str, Any] = {}
    for block in blocks(PAGE, "python"):
        run(block, names)
    return Template.from_stack(names["stack"])


def test_page__its_stack__has_all_that_it_declares(stack: Template) -> None:
    stack.resource_count_is("Custom::PersonalizeCampaign", 1)
    stack.resource_count_is("AWS::CloudWatch::Alarm", 2)


def test_page__its_script__creates_the_campaign_and_then_promotes_to_it(
    stack: Template, personalize_simulator: SimulatedPersonalize
) -> None:
    [script] = blocks(PAGE, "python script")
    names: dict[str, Any] = {}
    run(script, names)
    personalize, advance = personalize_simulator.client, personalize_simulator.advance
    group = personalize.create_dataset_group(name="movies")["datasetGroupArn"]
    advance(seconds=3600)
    solution = personalize.create_solution(
        name="movies",
        datasetGroupArn=group,
        recipeArn="arn:aws:personalize:::recipe/aws-user-personalization",
        performAutoTraining=False,
    )["solutionArn"]
    advance(seconds=3600)
    versions = []
    for _ in range(2):
        created = personalize.create_solution_version(solutionArn=solution)
        versions.append(created["solutionVersionArn"])
        advance(seconds=24 * 3600)
    arn = f"{solution.partition(':solution/')[0]}:campaign/live"
    request = json.dumps(declared(stack, "live"))

    for version in versions:
        names["promote"](arn, request, version)
        advance(seconds=3600)
        campaign = personalize.describe_campaign(campaignArn=arn)["campaign"]
        assert campaign["solutionVersionArn"] == version
        assert campaign["campaignConfig"]["itemExplorationConfig"] == {"explorationWeight": "0.2"}

    tags = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
    assert {tag["tagKey"].partition(":")[0] for tag in tags} == {"cdk-personalize"}


def declared(stack: Template, name: str) -> dict[str, Any]:
    """The output of the stack as CloudFormation would give it, for a campaign of this name."""
    parts = stack.find_outputs("CreateRequest")["CreateRequest"]["Value"]["Fn::Join"][1]
    request = json.loads("".join(part if isinstance(part, str) else "x" for part in parts))
    return {**request, "name": name}
