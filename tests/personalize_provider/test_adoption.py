"""Which differences keep a solution from being adopted, and which are only the service's other words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from personalize_provider.kinds.owned.refusals import NotAdoptableError
from personalize_provider.kinds.solution.adoption import differences
from support.virtual_time.provider_world import GROUP, SIMS, V2, world

PAYLOADS = {
    path.stem: payload["params"]
    for path in sorted(Path(__file__).parents[1].joinpath("data", "payloads").glob("*.json"))
    if (payload := json.loads(path.read_text()))["expect"] == "valid"
}
REQUEST = {"name": "movies", "datasetGroupArn": GROUP, "recipeArn": V2}


@pytest.mark.parametrize("name", PAYLOADS)
def test_differences__request_as_the_service_describes_it__none(name: str) -> None:
    at, params = world(), PAYLOADS[name]
    group = params["datasetGroupArn"].rpartition("/")[2]
    if group != "films":
        at.call("CreateDatasetGroup", name=group)
        at.simulator.advance(60)
    arn = at.call("CreateSolution", **params)["solutionArn"]

    assert differences(params, at.solution(arn)) == []


def config(**members: Any) -> dict[str, Any]:
    return {**REQUEST, "solutionConfig": members}


def ranges(**lists: Any) -> dict[str, Any]:
    return config(hpoConfig={"algorithmHyperParameterRanges": lists})


FEATURES = "featureTransformationParameters"


@pytest.mark.parametrize(
    ("declared", "live"),
    [
        ({}, {"performHPO": False, "performAutoML": False, "eventType": ""}),
        ({"name": "other", "tags": [], "performAutoTraining": True}, {"performAutoTraining": False}),
        ({"performAutoML": True, "recipeArn": None}, {"performAutoML": True, "performHPO": True}),
        (config(), config(eventsConfig={"eventParametersList": []}, autoTrainingConfig={})),
        (config(eventValueThreshold="0.5"), config(eventValueThreshold="0.50")),
        (
            config(algorithmHyperParameters={"hidden_dimension": "55", "bias": "true"}),
            config(algorithmHyperParameters={"hidden_dimension": "55.0", "bias": "True"}),
        ),
        (
            config(**{FEATURES: {"max_user_history_length_percentile": "0.90"}}),
            config(**{FEATURES: {"max_hist_length_percentile": "0.9"}}),
        ),
        (
            ranges(integerHyperParameterRanges=[{"name": "bptt", "minValue": 2, "maxValue": 22}]),
            ranges(
                integerHyperParameterRanges=[{"name": "training.bptt", "minValue": 2, "maxValue": 22}],
                continuousHyperParameterRanges=[{"name": "rate", "minValue": 0.1, "maxValue": 0.2}],
            ),
        ),
        (
            ranges(
                categoricalHyperParameterRanges=[{"name": "recency_mask", "values": ["true", "false"]}],
                integerHyperParameterRanges=[],
            ),
            ranges(
                categoricalHyperParameterRanges=[{"name": "data.recency_mask", "values": ["False", "True"]}],
            ),
        ),
        (
            config(hpoConfig={"hpoResourceConfig": {"maxParallelTrainingJobs": "2"}}),
            config(
                hpoConfig={
                    "hpoResourceConfig": {"maxParallelTrainingJobs": "2", "maxNumberOfTrainingJobs": "40"}
                }
            ),
        ),
        (config(), config(hpoConfig={"hpoObjective": {"type": "Maximize"}})),
        (
            config(trainingDataConfig={"excludedDatasetColumns": {"Items": ["A", "B"]}}),
            config(trainingDataConfig={"excludedDatasetColumns": {"ITEMS": ["B", "A"]}}),
        ),
        (
            config(optimizationObjective={"itemAttribute": "PRICE"}),
            config(optimizationObjective={"itemAttribute": "PRICE", "objectiveSensitivity": "MEDIUM"}),
        ),
    ],
)
def test_differences__other_words_for_the_same__none(declared: dict[str, Any], live: dict[str, Any]) -> None:
    assert differences({**REQUEST, **declared}, {**REQUEST, **live}) == []


@pytest.mark.parametrize(
    ("declared", "live", "lines"),
    [
        ({"recipeArn": SIMS}, {}, [f"recipeArn is {V2}, declared is {SIMS}"]),
        ({}, {"datasetGroupArn": f"{GROUP}-2"}, [f"datasetGroupArn is {GROUP}-2, declared is {GROUP}"]),
        ({"eventType": "watch"}, {}, ["eventType is nothing, declared is watch"]),
        ({}, {"eventType": "watch"}, ["eventType is watch, declared is nothing"]),
        ({}, {"performHPO": True}, ["performHPO is True, declared is nothing"]),
        ({"performAutoML": True}, {}, ["performAutoML is nothing, declared is True"]),
        (
            config(eventValueThreshold="0.5"),
            config(eventValueThreshold="5"),
            ["eventValueThreshold is 5, declared is 0.5"],
        ),
        (
            config(),
            config(eventValueThreshold="0.5"),
            ["eventValueThreshold is 0.5, declared is nothing"],
        ),
        (
            config(algorithmHyperParameters={"hidden_dimension": "55"}),
            config(algorithmHyperParameters={"hidden_dimension": "56"}),
            ["algorithmHyperParameters.hidden_dimension is 56, declared is 55"],
        ),
        (
            config(**{FEATURES: {"max_user_history_length_percentile": "0.9"}}),
            config(**{FEATURES: {"max_hist_length_percentile": "0.8"}}),
            [
                f"{FEATURES}.max_user_history_length_percentile is nothing, declared is 0.9",
                f"{FEATURES}.max_hist_length_percentile is 0.8, declared is nothing",
            ],
        ),
        (
            config(algorithmHyperParameters={"a": "1"}),
            config(**{FEATURES: {"a": "1"}}),  # the same value, but elsewhere
            [
                "algorithmHyperParameters.a is nothing, declared is 1",
                f"{FEATURES}.a is 1, declared is nothing",
            ],
        ),
        (
            ranges(integerHyperParameterRanges=[{"name": "bptt", "minValue": 2, "maxValue": 22}]),
            ranges(integerHyperParameterRanges=[{"name": "training.bptt", "minValue": 2, "maxValue": 32}]),
            [
                "hpoConfig.algorithmHyperParameterRanges.integerHyperParameterRanges.bptt"
                " is 2 to 32, declared is 2 to 22"
            ],
        ),
        (
            config(trainingDataConfig={"excludedDatasetColumns": {"Items": ["A"]}}),
            config(trainingDataConfig={"includedDatasetColumns": {"Items": ["A"]}}),
            [
                "trainingDataConfig.excludedDatasetColumns.items is nothing, declared is A",
                "trainingDataConfig.includedDatasetColumns.items is A, declared is nothing",
            ],
        ),
        (
            config(optimizationObjective={"itemAttribute": "PRICE"}),
            config(optimizationObjective={"itemAttribute": "price"}),
            ["optimizationObjective.itemAttribute is price, declared is PRICE"],
        ),
        (
            {"performAutoML": True, "solutionConfig": {"autoMLConfig": {"metricName": "a"}}},
            {
                "performAutoML": True,
                "solutionConfig": {"autoMLConfig": {"metricName": "b"}, "eventValueThreshold": "1"},
            },
            ["autoMLConfig.metricName is b, declared is a"],
        ),
    ],
)
def test_differences__another_solution__each_on_its_line(
    declared: dict[str, Any], live: dict[str, Any], lines: list[str]
) -> None:
    assert differences({**REQUEST, **declared}, {**REQUEST, **live}) == lines


def test_error__a_few_differences__are_lines_after_what_to_do() -> None:
    error = NotAdoptableError("solution movies", ["eventType is watch, declared is nothing", "b\nc"])

    assert str(error).splitlines() == [
        "solution movies: adopting it failed: it is not as declared in what can't be changed, and was left "
        "as it is (NotAdoptable); declare it as it is, or choose another solution_name",
        "  eventType is watch, declared is nothing",
        "  b\\nc",
    ]


def test_error__many_differences__says_how_many_more_within_the_limit() -> None:
    error = NotAdoptableError("solution movies", ["x" * 100] * 40)

    first, *lines = str(error).splitlines()
    assert len(str(error).encode()) <= 990
    assert first.endswith("solution_name")
    shown = lines[:-1]
    assert set(shown) == {"  " + "x" * 100}
    assert lines[-1] == f"  and {40 - len(shown)} more"


def test_error__all_that_fit__are_shown_without_a_count() -> None:
    error = NotAdoptableError("solution movies", ["x" * 100] * 7)

    assert len(str(error).splitlines()) == 8
