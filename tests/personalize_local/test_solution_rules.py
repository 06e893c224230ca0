from __future__ import annotations

from typing import Any

import pytest

from support.virtual_time.simulated import Simulated

V2 = "aws-user-personalization-v2"
V1 = "aws-user-personalization"


def events() -> dict[str, object]:
    return {"eventsConfig": {"eventParametersList": [{"eventType": "buy"}]}}


def objective(sensitivity: str = "LOW") -> dict[str, object]:
    return {"optimizationObjective": {"itemAttribute": "PRICE", "objectiveSensitivity": sensitivity}}


def hpo(kind: str, name: str, **members: object) -> dict[str, object]:
    ranges = {f"{kind}HyperParameterRanges": [{"name": name, **members}]}
    return {"hpoConfig": {"algorithmHyperParameterRanges": ranges}}


def jobs(**counts: str) -> dict[str, object]:
    return {"hpoConfig": {"hpoResourceConfig": counts}}


def excluded(kind: str, *columns: str) -> dict[str, object]:
    return {"trainingDataConfig": {"excludedDatasetColumns": {kind: list(columns)}}}


def schedule(expression: str) -> dict[str, object]:
    return {"autoTrainingConfig": {"schedulingExpression": expression}}


REFUSED = [
    # exactly one of recipe and AutoML (rules 19 and 21)
    ({"recipeArn": None}, "recipeArn is required"),
    ({"recipeArn": None, "performAutoML": False}, "recipeArn is required"),
    ({"performAutoML": True}, "recipeArn must not be given"),
    ({"recipeArn": None, "performAutoML": True, "performHPO": False}, "performHPO must not be false"),
    # recipes that are not for solutions (rules 42 and 43)
    ({"recipe": "aws-ecomm-recommended-for-you"}, "for CreateRecommender only"),
    ({"recipe": "aws-vod-top-picks"}, "for CreateRecommender only"),
    ({"recipe": "aws-hrnn"}, "no longer available"),
    ({"recipe": "aws-hrnn-coldstart"}, "no longer available"),
    # recipes without HPO (rule 30)
    ({"recipe": "aws-item-affinity", "performHPO": True}, "aws-item-affinity has nothing to optimize"),
    ({"recipe": "aws-next-best-action", "performHPO": True}, "has nothing to optimize"),
    ({"recipe": "aws-popularity-count", "performHPO": True}, "has nothing to optimize"),
    # members that belong to some recipes (rules 35, 36, 37, 40)
    ({"performIncrementalUpdate": True}, "only for the recipe aws-semantic-similarity"),
    ({"config": objective()}, "optimizationObjective is not supported by aws-user-personalization-v2"),
    ({"recipe": "aws-sims", "config": objective()}, "optimizationObjective is not supported by aws-sims"),
    ({"recipe": V1, "config": events()}, "eventsConfig is not supported by aws-user-personalization"),
    ({"recipe": "aws-next-best-action", "config": excluded("ITEMS", "A")}, "trainingDataConfig is not"),
    ({"config": excluded("Interactions", "EVENT_TYPE")}, "must not have EVENT_TYPE"),
    # schedules (rule 16)
    ({"config": schedule("rate(0 days)")}, "1 to 30 days: got rate(0 days)"),
    ({"config": schedule("rate(31 days)")}, "1 to 30 days: got rate(31 days)"),
    # HPO (rules 10, 26, 27, 29)
    ({"config": {"hpoConfig": {"hpoObjective": {"type": "Maximize"}}}}, "hpoObjective is not supported"),
    ({"config": jobs(maxNumberOfTrainingJobs="41")}, "whole number from 1 to 40: got '41'"),
    ({"config": jobs(maxParallelTrainingJobs="11")}, "whole number from 1 to 10: got '11'"),
    ({"config": jobs(maxParallelTrainingJobs="many")}, "whole number from 1 to 10: got 'many'"),
    ({"config": jobs(maxParallelTrainingJobs="0")}, "whole number from 1 to 10: got '0'"),
    (
        {"config": hpo("integer", "bptt", minValue=20, maxValue=30)},
        "Provide a hyperparameter that is used in the algorithm: "
        "arn:aws:personalize:::algorithm/aws-user-personalization-v2",
    ),
    ({"config": hpo("categorical", "apply_recency_bias", values=["true"])}, "is not tunable"),
    ({"recipe": V1, "config": hpo("integer", "bptt", minValue=20, maxValue=40)}, "from 2 to 32: got 40"),
    ({"recipe": V1, "config": hpo("integer", "bptt", minValue=1, maxValue=30)}, "from 2 to 32: got 1"),
    ({"recipe": V1, "config": hpo("integer", "bptt", minValue=30, maxValue=20)}, "at most its maxValue"),
    ({"recipe": V1, "config": hpo("continuous", "bptt", minValue=20, maxValue=30)}, "another list"),
    ({"recipe": V1, "config": hpo("categorical", "recency_mask", values=["maybe"])}, "one of true, false"),
    (
        {
            "recipe": V1,
            "config": {
                "hpoConfig": {
                    "algorithmHyperParameterRanges": {"integerHyperParameterRanges": [{"minValue": 1}]}
                }
            },
        },
        "Provide a hyperparameter",
    ),
    # values (rules 26, 31 and 7)
    ({"config": {"algorithmHyperParameters": {"bptt": "20"}}}, "Provide a hyperparameter"),
    ({"recipe": V1, "config": {"algorithmHyperParameters": {"bptt": "33"}}}, "from 2 to 32: got 33"),
    ({"recipe": V1, "config": {"algorithmHyperParameters": {"bptt": "8.5"}}}, "number of kind integer"),
    ({"recipe": V1, "config": {"algorithmHyperParameters": {"recency_mask": "1"}}}, "one of true, false"),
    (
        {"recipe": "aws-similar-items", "config": {"algorithmHyperParameters": {"item_id_hidden_dim": "50"}}},
        "cannot be set to one value",
    ),
    (
        {"recipe": V1, "config": {"featureTransformationParameters": {"max_hist_len": "9"}}},
        "max_hist_len is not",
    ),
    ({"recipe": V1, "config": {"eventValueThreshold": "high"}}, "a number in a string: got 'high'"),
]

ACCEPTED = [
    {"recipe": V1, "config": objective("OFF")},
    {"config": events()},
    {"recipe": "aws-personalized-ranking-v2", "config": events()},
    {"recipe": "aws-personalized-ranking", "config": objective("HIGH")},
    {"recipe": "aws-semantic-similarity", "performIncrementalUpdate": True},
    {"performIncrementalUpdate": False},
    {"config": schedule("rate(1 day)")},
    {"config": schedule("rate(30 days)")},
    {"config": {"autoTrainingConfig": {}}},
    {"recipe": V1, "config": {"eventValueThreshold": ".05"}},
    {"config": excluded("items", "EVENT_TYPE")},
    {
        "recipe": "aws-trending-now",
        "config": {"featureTransformationParameters": {"trend_discovery_frequency": "30 minutes"}},
    },
    {
        "recipe": "aws-similar-items",
        "performHPO": True,
        "config": hpo("integer", "item_id_hidden_dim", minValue=30, maxValue=200),
    },
    {"recipe": V1, "config": hpo("integer", "training.bptt", minValue=2, maxValue=32)},
    {"recipe": V1, "config": jobs(maxNumberOfTrainingJobs="40", maxParallelTrainingJobs="1")},
    # what the sources leave open (rules 24, 25, 30, 34, 38)
    {"recipe": V1, "performHPO": True},
    {"performHPO": True},
    {"recipe": V1, "performHPO": False, "config": hpo("integer", "bptt", minValue=2, maxValue=32)},
    {"performAutoTraining": False, "config": schedule("rate(3 days)")},
    {"eventType": "buy", "config": events()},
    # with AutoML the rest of solutionConfig is not looked at (rule 20)
    {"recipeArn": None, "performAutoML": True, "config": {"algorithmHyperParameters": {"x": "y"}}},
]


def members_of(sim: Simulated, case: dict[str, Any]) -> dict[str, object]:
    case = dict(case)
    if "recipe" in case:
        case["recipeArn"] = sim.recipe(case.pop("recipe"))
    if "config" in case:
        case["solutionConfig"] = case.pop("config")
    return case


@pytest.mark.parametrize(("case", "words"), REFUSED)
def test_create__against_a_rule__is_invalid_input_and_has_no_effect(
    sim: Simulated, case: Any, words: str
) -> None:
    code, message = sim.refusal("CreateSolution", **sim.request(**members_of(sim, case)))
    assert code == "InvalidInputException"
    assert words in message
    assert sim.call("ListSolutions") == {"solutions": []}


@pytest.mark.parametrize("case", ACCEPTED)
def test_create__within_the_rules__becomes_active(sim: Simulated, case: Any) -> None:
    assert sim.status(sim.active(**members_of(sim, case))) == "ACTIVE"
