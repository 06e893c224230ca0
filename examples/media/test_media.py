"""The app, deployed. `local_aws` is a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

from app import media

AT_ONCE = {"dataset_group": 0, "dataset": 0, "solution_create": 0, "delete": 0}
"""Seconds that the simulated service takes for each operation."""


def test_life_of_the_app(local_aws: Any) -> None:
    local_aws.control("POST", "durations", AT_ONCE)
    personalize = local_aws.client("personalize")
    cloudwatch = local_aws.client("cloudwatch")

    outputs = local_aws.deploy(media)

    arns = {key.removesuffix("Arn"): arn for key, arn in outputs.items()}
    solutions = {
        name: personalize.describe_solution(solutionArn=arn)["solution"] for name, arn in arns.items()
    }
    assert {name: solution["recipeArn"].rpartition("/")[2] for name, solution in solutions.items()} == {
        "Home": "aws-user-personalization-v2",
        "MoreLikeThis": "aws-semantic-similarity",
        "AlsoWatched": "aws-sims",
        "Trending": "aws-trending-now",
    }
    assert {solution["status"] for solution in solutions.values()} == {"ACTIVE"}
    assert solutions["MoreLikeThis"]["performIncrementalUpdate"] is True
    (frequency,) = solutions["Trending"]["solutionConfig"]["featureTransformationParameters"].values()
    assert frequency == "30 minutes"
    (discount,) = solutions["AlsoWatched"]["solutionConfig"]["hpoConfig"]["algorithmHyperParameterRanges"][
        "continuousHyperParameterRanges"
    ]
    assert discount == {"name": "popularity_discount_factor", "minValue": 0.2, "maxValue": 0.8}
    surfaces = {
        name: tag["tagValue"]
        for name, arn in arns.items()
        for tag in personalize.list_tags_for_resource(resourceArn=arn)["tags"]
        if tag["tagKey"] == "surface"
    }
    assert surfaces == {"Home": "home", "Trending": "home", "MoreLikeThis": "film", "AlsoWatched": "film"}
    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    assert sorted(alarm["Dimensions"][0]["Value"] for alarm in alarms) == sorted(arns.values())

    local_aws.destroy(media)

    assert personalize.list_solutions()["solutions"] == []
    assert personalize.list_datasets()["datasets"] == []
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert personalize.list_schemas()["schemas"] == []
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
