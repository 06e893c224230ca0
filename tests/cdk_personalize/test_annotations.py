"""Warnings and infos of synthesis about solutions."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Annotations, Match

from cdk_personalize import (
    AutoMLConfig,
    Bake,
    Campaign,
    DatasetGroup,
    EventTracker,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingPipeline,
)

V1 = Recipe.USER_PERSONALIZATION


def said(stack: cdk.Stack, level: str) -> list[str]:
    found = getattr(Annotations.from_stack(stack), f"find_{level}")("*", Match.any_value())
    return [str(entry.entry.data) for entry in found]


def test_solution__of_a_known_recipe__says_nothing(stack: cdk.Stack, dataset_group: str) -> None:
    Solution(stack, "Movies", dataset_group=dataset_group, recipe=V1, perform_hpo=True)

    assert said(stack, "warning") == said(stack, "info") == said(stack, "error") == []


def test_solution__of_an_unknown_recipe__says_once_that_it_is_not_checked(
    stack: cdk.Stack, dataset_group: str
) -> None:
    Solution(
        stack,
        "Movies",
        dataset_group=dataset_group,
        recipe=Recipe.from_arn("arn:aws:personalize:::recipe/aws-user-personalisation-v2"),
        solution_config=SolutionConfig(algorithm_hyper_parameters={"a": 1, "b": 2}),
    )

    [warning] = said(stack, "warning")
    assert "recipe is not in the catalog, so nothing is checked against it" in warning
    assert "did you mean aws-user-personalization-v2?" in warning
    assert "[ack: cdk-personalize:unknown-recipe]" in warning
    assert said(stack, "info") == []


def test_solution__of_a_recipe_known_at_deploy_time__says_nothing(
    stack: cdk.Stack, dataset_group: str
) -> None:
    arn = cdk.CfnParameter(stack, "Recipe").value_as_string
    Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.from_arn(arn))

    assert said(stack, "warning") == []


def test_solution__that_is_doubted__warns_with_an_id_that_can_be_acknowledged(
    app: cdk.App, dataset_group: str
) -> None:
    loud, quiet = cdk.Stack(app, "Loud"), cdk.Stack(app, "Quiet")
    for stack in (loud, quiet):
        Solution(
            stack,
            "Movies",
            dataset_group=dataset_group,
            recipe=V1,
            solution_config=SolutionConfig(algorithm_hyper_parameters={"training.bptt": 32}),
        )

    cdk.Annotations.of(quiet).acknowledge_warning("cdk-personalize:parameter-spelling")

    [warning] = said(loud, "warning")
    assert "algorithm_hyper_parameters['training.bptt'] is spelled 'bptt' in requests" in warning
    assert warning.endswith("[ack: cdk-personalize:parameter-spelling]")
    assert said(quiet, "warning") == []


IRELAND = cdk.Environment(account="111122223333", region="eu-west-1")


@pytest.mark.parametrize(
    ("arguments", "said_of_it"),
    [
        ({"dataset_group": "arn:aws:personalize:eu-west-1:111122223333:dataset-group/movies"}, []),
        (
            {"dataset_group": "arn:aws:personalize:us-east-1:111122223333:dataset-group/movies"},
            ["dataset_group must be in the stack's Region, eu-west-1"],
        ),
        (
            {"dataset_group": "arn:aws:personalize:us-east-1:444455556666:dataset-group/movies"},
            [
                "dataset_group must be in the stack's Region",
                "dataset_group must be in the stack's account, 111122223333",
            ],
        ),
        (
            {"recipe": Recipe.from_arn("arn:aws-cn:personalize:::recipe/aws-sims")},
            ["recipe must be in the stack's partition, aws"],
        ),
        (
            {
                "recipe": None,
                "perform_auto_ml": True,
                "solution_config": SolutionConfig(
                    auto_ml_config=AutoMLConfig(recipe_list=["arn:aws-cn:personalize:::recipe/aws-sims"])
                ),
            },
            ["solution_config.auto_ml_config.recipe_list[0] must be in the stack's partition"],
        ),
        ({"dataset_group": cdk.Fn.import_value("group")}, []),
        (
            {"dataset_group": f"arn:aws:personalize:us-east-1:{cdk.Aws.ACCOUNT_ID}:dataset-group/movies"},
            [],
        ),
    ],
)
def test_solution__that_names_what_is_elsewhere__is_warned_of(
    app: cdk.App, arguments: dict[str, Any], said_of_it: list[str]
) -> None:
    stack = cdk.Stack(app, "Ireland", env=IRELAND)
    given = {"dataset_group": "arn:aws:personalize:eu-west-1:111122223333:dataset-group/movies", "recipe": V1}
    Solution(stack, "Movies", **{**given, **arguments})

    warnings = [warning for warning in said(stack, "warning") if "other-place" in warning]

    assert len(warnings) == len(said_of_it)
    assert all(words in "".join(warnings) for words in said_of_it)


def test_constructs__that_refer_to_a_stack_elsewhere__are_warned_of(app: cdk.App) -> None:
    there = cdk.Stack(app, "Virginia", env=cdk.Environment(account=IRELAND.account, region="us-east-1"))
    stack = cdk.Stack(app, "Ireland", env=IRELAND, cross_region_references=True)
    group = DatasetGroup(there, "Group")
    solution = Solution(there, "Movies", dataset_group=group, recipe=V1, solution_name="movies")
    EventTracker(stack, "Events", dataset_group=group)
    TrainingPipeline(stack, "Train", solution=solution, campaign=Campaign(stack, "Live", solution=solution))

    warnings = sorted(warning for warning in said(stack, "warning") if "other-place" in warning)

    of_it = "must be in the stack's Region, eu-west-1: the service won't find it elsewhere: got"
    assert [warning.partition(";")[0] for warning in warnings] == [
        f"dataset_group {of_it} 'Virginia/Group'",
        f"solution {of_it} 'Virginia/Movies'",
        f"solution {of_it} 'Virginia/Movies'",
    ]


def test_pipeline__with_an_alarm_elsewhere__is_warned_of(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Ireland", env=IRELAND)
    solution = Solution(
        stack,
        "Movies",
        dataset_group="arn:aws:personalize:eu-west-1:111122223333:dataset-group/movies",
        recipe=V1,
    )
    alarm = cloudwatch.Alarm.from_alarm_arn(
        stack, "Alarm", f"arn:aws:cloudwatch:us-east-1:{IRELAND.account}:alarm:errors"
    )
    TrainingPipeline(
        stack,
        "Train",
        solution=solution,
        campaign=Campaign(stack, "Live", solution=solution),
        bake=Bake(cdk.Duration.minutes(30), alarms=[alarm]),
    )

    (warning,) = (warning for warning in said(stack, "warning") if "other-place" in warning)
    assert warning.startswith("bake.alarms[0] must be in the stack's Region, eu-west-1")


def test_solution__of_a_stack_for_any_place__is_not_warned_of(stack: cdk.Stack) -> None:
    group = "arn:aws:personalize:us-east-1:444455556666:dataset-group/movies"
    Solution(stack, "Movies", dataset_group=group, recipe=V1)

    assert said(stack, "warning") == []
