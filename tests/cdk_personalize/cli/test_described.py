"""A solution's description by the service, as the request that would create it."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_personalize.cli.described import request_of

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
DESCRIBED = {
    "name": "movies",
    "solutionArn": "arn:aws:personalize:us-east-1:123456789012:solution/movies",
    "datasetGroupArn": GROUP,
    "performHPO": False,
    "performAutoML": False,
    "performAutoTraining": False,
    "performIncrementalUpdate": False,
    "status": "ACTIVE",
    "latestSolutionVersion": {"status": "ACTIVE"},
}
LEAST = {"name": "movies", "datasetGroupArn": GROUP, "performAutoTraining": False}


def recipe(name: str) -> dict[str, Any]:
    return {"recipeArn": f"arn:aws:personalize:::recipe/{name}"}


def ranges(kind: str, *entries: dict[str, Any]) -> dict[str, Any]:
    return {"hpoConfig": {"algorithmHyperParameterRanges": {f"{kind}HyperParameterRanges": list(entries)}}}


def hpo(name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {**recipe(name), "performHPO": True, "solutionConfig": config}


UP = "aws-user-personalization"


@pytest.mark.parametrize(
    ("described", "chosen"),
    [
        pytest.param(recipe("aws-sims"), recipe("aws-sims"), id="flags-that-are-off"),
        pytest.param(
            {**recipe("aws-sims"), "eventType": "", "solutionConfig": {"algorithmHyperParameters": {}}},
            recipe("aws-sims"),
            id="empty-members",
        ),
        pytest.param(
            {
                **recipe("aws-sims"),
                "performAutoTraining": True,
                "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}},
            },
            {
                **recipe("aws-sims"),
                "performAutoTraining": True,
                "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}},
            },
            id="schedule",
        ),
        pytest.param(
            {
                **recipe("aws-sims"),
                "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}},
            },
            recipe("aws-sims"),
            id="schedule-of-what-is-off",
        ),
        pytest.param(
            {
                **recipe(UP),
                "solutionConfig": {"hpoConfig": {"hpoResourceConfig": {"maxParallelTrainingJobs": "2"}}},
            },
            recipe(UP),
            id="hpo-that-is-off",
        ),
        pytest.param(
            hpo(UP, {"hpoConfig": {"hpoObjective": {"type": "MAXIMIZE"}}}),
            {**recipe(UP), "performHPO": True},
            id="objective-of-hpo",
        ),
        pytest.param(
            hpo(UP, ranges("integer", {"name": "training.bptt", "minValue": 2, "maxValue": 22})),
            hpo(UP, ranges("integer", {"name": "bptt", "minValue": 2, "maxValue": 22})),
            id="name-with-a-known-prefix",
        ),
        pytest.param(
            hpo(UP, ranges("integer", {"name": "model.hidden_dimension", "minValue": 32, "maxValue": 64})),
            hpo(UP, ranges("integer", {"name": "hidden_dimension", "minValue": 32, "maxValue": 64})),
            id="name-with-another-prefix",
        ),
        pytest.param(
            {
                **recipe(UP),
                "solutionConfig": {"featureTransformationParameters": {"max_hist_length_percentile": "0.9"}},
            },
            {
                **recipe(UP),
                "solutionConfig": {
                    "featureTransformationParameters": {"max_user_history_length_percentile": "0.9"}
                },
            },
            id="older-name",
        ),
        pytest.param(
            {**recipe("aws-new-v9"), "solutionConfig": {"algorithmHyperParameters": {"a.b": ""}}},
            {**recipe("aws-new-v9"), "solutionConfig": {"algorithmHyperParameters": {"a.b": ""}}},
            id="recipe-that-nobody-knows",
        ),
        pytest.param(
            {
                **recipe("aws-hrnn"),
                "performAutoML": True,
                "performHPO": True,
                "solutionConfig": {"autoMLConfig": {"metricName": "ndcg"}, "eventValueThreshold": "1"},
            },
            {"performAutoML": True, "solutionConfig": {"autoMLConfig": {"metricName": "ndcg"}}},
            id="what-auto-ml-chose",
        ),
        pytest.param(
            recipe("aws-semantic-similarity"),
            {**recipe("aws-semantic-similarity"), "performIncrementalUpdate": False},
            id="flag-whose-default-is-disputed",
        ),
    ],
)
def test_request__of_what_is_described__has_what_was_chosen(
    described: dict[str, Any], chosen: dict[str, Any]
) -> None:
    assert request_of({**DESCRIBED, **described}, []) == {**LEAST, **chosen}


def test_request__tags__are_those_of_people() -> None:
    tags = [
        {"tagKey": "team", "tagValue": ""},
        {"tagKey": "cdk-personalize:stack-id", "tagValue": "arn"},
        {"tagKey": "aws:cloudformation:stack-name", "tagValue": "Stack"},
        {"tagKey": "env", "tagValue": "prod"},
    ]

    assert request_of({**DESCRIBED, **recipe("aws-sims")}, tags)["tags"] == [
        {"tagKey": "env", "tagValue": "prod"},
        {"tagKey": "team", "tagValue": ""},
    ]
