"""A solution that another stack refers to, when a change replaces it: what the README promises."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm

from cdk_personalize import Recipe, Solution
from support.processes.cloud import Build, Cloud

PARAMETER = "/films/solution"


def exporting(recipe: Recipe) -> Build:
    """The solution, with its ARN as an export."""

    def build(stack: cdk.Stack) -> None:
        solution = Solution(stack, "Films", dataset_group=Cloud.dataset_group_arn, recipe=recipe)
        cdk.CfnOutput(stack, "Arn", value=solution.solution_arn, export_name="films")

    return build


def naming_in_parameter(recipe: Recipe) -> Build:
    """The solution, with its ARN in a parameter."""

    def build(stack: cdk.Stack) -> None:
        solution = Solution(stack, "Films", dataset_group=Cloud.dataset_group_arn, recipe=recipe)
        ssm.StringParameter(stack, "Arn", parameter_name=PARAMETER, string_value=solution.solution_arn)

    return build


def importing(read: Callable[[cdk.Stack], str]) -> Build:
    """The other stack, which keeps what it reads."""

    def build(stack: cdk.Stack) -> None:
        ssm.StringParameter(stack, "Kept", parameter_name="kept", string_value=read(stack))

    return build


def kept(cloud: Cloud) -> str:
    value: str = cloud.aws.client("ssm").get_parameter(Name="kept")["Parameter"]["Value"]
    return value


def test_replacement__its_arn_is_imported__is_rolled_back_and_the_old_solution_stays(cloud: Cloud) -> None:
    assert cloud.deploy(exporting(Recipe.SIMS)) == "CREATE_COMPLETE", cloud.reasons()
    before = cloud.only_solution()
    importer = importing(lambda _: cdk.Fn.import_value("films"))
    assert cloud.deploy(importer, "Other") == "CREATE_COMPLETE", cloud.reasons("Other")

    assert cloud.deploy(exporting(Recipe.SIMILAR_ITEMS)) == "UPDATE_ROLLBACK_COMPLETE"

    assert "Export films cannot be updated as it is in use by Other" in cloud.reasons()
    assert cloud.only_solution() == before
    assert kept(cloud) == before["solutionArn"]
    assert cloud.destroy() == "UPDATE_ROLLBACK_COMPLETE"  # refused, for the same reason
    assert cloud.destroy("Other") == "DELETE_COMPLETE"
    assert cloud.destroy() == "DELETE_COMPLETE", cloud.reasons()
    assert cloud.solutions() == {}


def test_replacement__its_arn_is_in_a_parameter__goes_through_and_shows_at_the_next_deploy(
    cloud: Cloud,
) -> None:
    assert cloud.deploy(naming_in_parameter(Recipe.SIMS)) == "CREATE_COMPLETE", cloud.reasons()
    before = cloud.only_solution()["solutionArn"]
    importer = importing(lambda stack: ssm.StringParameter.value_for_string_parameter(stack, PARAMETER))
    assert cloud.deploy(importer, "Other") == "CREATE_COMPLETE", cloud.reasons("Other")

    assert cloud.deploy(naming_in_parameter(Recipe.SIMILAR_ITEMS)) == "UPDATE_COMPLETE", cloud.reasons()

    after = cloud.only_solution()["solutionArn"]
    assert after != before
    assert cloud.aws.client("ssm").get_parameter(Name=PARAMETER)["Parameter"]["Value"] == after
    assert kept(cloud) == before
    assert cloud.deploy(importer, "Other") == "UPDATE_COMPLETE", cloud.reasons("Other")
    assert kept(cloud) == after
