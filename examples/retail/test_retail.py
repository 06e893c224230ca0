"""The app, deployed. `local_aws` is a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

from app import retail

AT_ONCE = {"dataset_group": 0, "dataset": 0, "solution_create": 0, "delete": 0}
"""Seconds that the simulated service takes for each operation."""


def test_life_of_the_app(local_aws: Any) -> None:
    local_aws.control("POST", "durations", AT_ONCE)
    personalize = local_aws.client("personalize")
    cloudwatch = local_aws.client("cloudwatch")

    outputs = local_aws.deploy(retail)

    arns = {key.removesuffix("Arn"): arn for key, arn in outputs.items()}
    solutions = {
        name: personalize.describe_solution(solutionArn=arn)["solution"] for name, arn in arns.items()
    }
    assert {name: solution["recipeArn"].rpartition("/")[2] for name, solution in solutions.items()} == {
        "ForYou": "aws-user-personalization-v2",
        "Offers": "aws-user-personalization",
        "Similar": "aws-similar-items",
        "Ranked": "aws-personalized-ranking-v2",
    }
    assert {solution["status"] for solution in solutions.values()} == {"ACTIVE"}
    assert not any(solution["performAutoTraining"] for solution in solutions.values())
    events = solutions["ForYou"]["solutionConfig"]["eventsConfig"]["eventParametersList"]
    assert {event["eventType"]: event["weight"] for event in events} == {
        "purchase": 1.0,
        "add-to-cart": 0.5,
        "view": 0.1,
    }
    assert solutions["Offers"]["performHPO"] is True
    assert solutions["Offers"]["solutionConfig"]["optimizationObjective"]["itemAttribute"] == "MARGIN"
    for arn in arns.values():
        tags = personalize.list_tags_for_resource(resourceArn=arn)["tags"]
        assert {"tagKey": "application", "tagValue": "shop"} in tags

    alarms = cloudwatch.describe_alarms()["MetricAlarms"]
    watched = [(alarm["MetricName"], alarm["Dimensions"][0]["Value"]) for alarm in alarms]
    assert sorted(watched) == sorted(
        (metric, arn)
        for metric in ("SolutionTrainingJobError", "SolutionTrainingJobExecutionTime")
        for arn in arns.values()
    )

    local_aws.destroy(retail)

    assert personalize.list_solutions()["solutions"] == []
    assert personalize.list_datasets()["datasets"] == []
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert personalize.list_schemas()["schemas"] == []
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
