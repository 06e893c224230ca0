"""Solutions exported by the command, deployed in another account, and exported again."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from click.testing import CliRunner

import cdk_personalize
from cdk_personalize import AutoTraining, Recipe, Solution
from cdk_personalize.cli.commands import command
from personalize_local.testing.server_process import LocalAws
from support.processes.cloud import Cloud
from support.requests.exported import declare
from support.requests.stacks import every_property


def test_export__deployed_in_an_empty_account_and_exported_again__is_the_same_code(
    cloud: Cloud, local_aws: LocalAws
) -> None:
    assert cloud.deploy(solutions) == "CREATE_COMPLETE", cloud.reasons()
    names = sorted(cloud.solutions())
    codes = [export(local_aws, name) for name in names]

    local_aws.reset()
    elsewhere = Cloud(local_aws)

    def build(stack: cdk.Stack) -> None:
        for code in codes:
            declare(code, stack)

    assert elsewhere.deploy(build, "Elsewhere") == "CREATE_COMPLETE", elsewhere.reasons("Elsewhere")

    assert sorted(elsewhere.solutions()) == names
    assert len(names) >= 6
    assert [export(local_aws, name) for name in names] == codes
    assert export_as_process(local_aws, names[0]) == codes[0]


def test_export__deployed_where_it_came_from__takes_the_solutions_over(
    cloud: Cloud, local_aws: LocalAws
) -> None:
    for request in BY_HAND:
        cloud.personalize.create_solution(datasetGroupArn=Cloud.dataset_group_arn, **request)
    made = {name: solution["creationDateTime"] for name, solution in cloud.solutions().items()}
    codes = [export(local_aws, name) for name in made]

    def build(stack: cdk.Stack) -> None:
        for code in codes:
            declare(code, stack)

    assert cloud.deploy(build) == "CREATE_COMPLETE", cloud.reasons()

    adopted = cloud.solutions()
    assert {name: solution["creationDateTime"] for name, solution in adopted.items()} == made
    assert all("cdk-personalize:stack-id" in cloud.tags(one["solutionArn"]) for one in adopted.values())
    assert [export(local_aws, name) for name in made] == codes


RECIPE = "arn:aws:personalize:::recipe/aws-"
BY_HAND: list[dict[str, Any]] = [
    {
        "name": "tuned",
        "recipeArn": f"{RECIPE}user-personalization",
        "performHPO": True,
        "performAutoTraining": False,
        "eventType": "watch",
        "solutionConfig": {
            "eventValueThreshold": ".5",
            "algorithmHyperParameters": {"hidden_dimension": "149"},
            "featureTransformationParameters": {"max_user_history_length_percentile": "0.90"},
            "hpoConfig": {
                "hpoResourceConfig": {"maxNumberOfTrainingJobs": "10"},
                "algorithmHyperParameterRanges": {
                    "integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 22}],
                    "continuousHyperParameterRanges": [],
                    "categoricalHyperParameterRanges": [
                        {"name": "recency_mask", "values": ["true", "false"]}
                    ],
                },
            },
        },
    },
    {
        "name": "weighted",
        "recipeArn": f"{RECIPE}user-personalization-v2",
        "solutionConfig": {
            "autoTrainingConfig": {"schedulingExpression": "rate(3 days)"},
            "eventsConfig": {
                "eventParametersList": [
                    {"eventType": "watch", "weight": 1},
                    {"eventType": "click", "weight": 0.2, "eventValueThreshold": 3},
                ]
            },
            "trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["PRICE", "GENRE"]}},
        },
        "tags": [{"tagKey": "team", "tagValue": "search and more"}],
    },
    {"name": "similar", "recipeArn": f"{RECIPE}semantic-similarity"},
    {"name": "chosen-by-auto-ml", "performAutoML": True},
]
"""Solutions as a script makes them."""


def solutions(stack: cdk.Stack) -> None:
    """Every property, and what is more: a schedule that is the service's own, and tags."""
    every_property(stack, Cloud.dataset_group_arn)
    popular = Solution(
        stack,
        "Popular",
        dataset_group=Cloud.dataset_group_arn,
        recipe=Recipe.POPULARITY_COUNT,
        auto_training=AutoTraining.every(days=7),
    )
    cdk.Tags.of(popular).add("team", "recommendations and more")


# Nothing is said of a solution that no stack has.
OWNED = r"(Warning: this solution belongs to the resource \w+ of the stack (.|\n)*)?"


def export(aws: LocalAws, name: str) -> str:
    """What the command prints."""
    ran = CliRunner().invoke(command, ["export", name], env=aws.environment)
    assert ran.exit_code == 0, ran.stderr
    assert re.fullmatch(OWNED, ran.stderr), ran.stderr
    return ran.stdout


def export_as_process(aws: LocalAws, name: str) -> str:
    """What the command prints, as a process of its own."""
    root = Path(cdk_personalize.__file__).parents[1]
    ran = subprocess.run(
        [sys.executable, "-m", "cdk_personalize.cli", "export", name],
        env=aws.environment | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(OWNED, ran.stderr), ran.stderr
    return ran.stdout
