"""Solutions made by hand that a stack takes over, through CloudFormation and with the real template."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk

from cdk_personalize import AutoTraining, Recipe, Solution
from support.processes.cloud import Build, Cloud

TAGS = {"owner": "the data team"}


def by_hand(cloud: Cloud) -> str:
    """A solution that a script has made, with a version."""
    cloud.aws.control("POST", "durations", {"solution_create": 0, "solution_version": 0})
    arn: str = cloud.personalize.create_solution(
        name="movies",
        datasetGroupArn=Cloud.dataset_group_arn,
        recipeArn="arn:aws:personalize:::recipe/aws-sims",
        tags=[{"tagKey": key, "tagValue": value} for key, value in TAGS.items()],
    )["solutionArn"]
    cloud.personalize.create_solution_version(solutionArn=arn)
    return arn


def movies(*, fails: bool = False, **arguments: Any) -> Build:
    """A stack that takes the solution over, and whose other one may fail."""

    def build(stack: cdk.Stack) -> None:
        given = {"recipe": Recipe.SIMS, "adopt_existing": True, **arguments}
        solution = Solution(
            stack, "Movies", dataset_group=Cloud.dataset_group_arn, solution_name="movies", **given
        )
        if fails:
            nowhere = Cloud.dataset_group_arn.replace("movies", "nowhere")
            other = Solution(stack, "Other", dataset_group=nowhere, recipe=Recipe.SIMS)
            other.node.add_dependency(solution)

    return build


def test_adopt__then_left_out__is_managed_and_at_last_deleted(cloud: Cloud) -> None:
    arn = by_hand(cloud)
    assert cloud.describe(arn)["performAutoTraining"] is True  # the service's default

    assert cloud.deploy(movies()) == "CREATE_COMPLETE", cloud.reasons()
    adopted = cloud.only_solution()
    assert adopted["solutionArn"] == arn
    assert adopted["performAutoTraining"] is False
    assert adopted["latestSolutionVersion"]["status"] == "ACTIVE"
    assert cloud.tags(arn).items() > TAGS.items()

    trains = movies(adopt_existing=False, auto_training=AutoTraining.every(days=3))
    assert cloud.deploy(trains) == "UPDATE_COMPLETE", cloud.reasons()
    assert cloud.only_solution()["performAutoTraining"] is True
    assert cloud.destroy() == "DELETE_COMPLETE"
    assert cloud.solutions() == {}


def test_adopt__the_stack_fails_elsewhere__the_solution_stays_without_marks(cloud: Cloud) -> None:
    arn = by_hand(cloud)

    assert cloud.deploy(movies(fails=True)) == "ROLLBACK_COMPLETE"

    assert "nowhere" in cloud.reasons()
    assert cloud.only_solution()["latestSolutionVersion"]["status"] == "ACTIVE"
    assert cloud.tags(arn) == TAGS


def test_adopt__another_than_the_declared__is_told_line_by_line_and_left_alone(cloud: Cloud) -> None:
    arn = by_hand(cloud)
    before = cloud.only_solution()

    declared = movies(recipe=Recipe.SIMILAR_ITEMS, event_type="watch")
    assert cloud.deploy(declared) == "ROLLBACK_COMPLETE"

    lines = cloud.reasons().splitlines()
    recipe = "arn:aws:personalize:::recipe/aws"
    assert f"  recipeArn is {recipe}-sims, declared is {recipe}-similar-items" in lines
    assert "  eventType is nothing, declared is watch" in lines
    assert cloud.only_solution() == before
    assert cloud.tags(arn) == TAGS
