"""The table in docs/rules.md of where rules are checked: complete, and each check is there."""

from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match

from cdk_personalize import (
    AutoMLConfig,
    AutoTraining,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoObjective,
    HpoResourceConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    ObjectiveSensitivity,
    OptimizationObjective,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.model import tag_rules
from cdk_personalize.model.findings import Doubt
from cdk_personalize.solution.kind import SOLUTION
from cdk_personalize.solution.request import SolutionRequest
from cdk_personalize.solution.rules import examine
from support.pages.documents import ROOT, code, table

RULES = ROOT / "docs" / "rules.md"
ROWS = {int(row["Rule"]): row for row in table(RULES, "Where the rules of a request are checked")}
SECTIONS_A_AND_B = range(1, 46)

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
WRONG: Any = "MID"
EVENTS = EventsConfig(event_parameters_list=[EventParameters(event_type="buy", weight=1)])


def config(**members: Any) -> dict[str, Any]:
    return {"solution_config": SolutionConfig(**members)}


def hpo(**members: Any) -> dict[str, Any]:
    return {"perform_hpo": True, **config(hpo_config=HpoConfig(**members))}


def integers(recipe: Recipe, name: str, high: int, **members: Any) -> dict[str, Any]:
    tried = IntegerHyperParameterRange(name=name, min_value=high, max_value=high)
    ranges = HyperParameterRanges(integer_hyper_parameter_ranges=[tried])
    return {
        "recipe": recipe,
        "perform_hpo": True,
        **config(hpo_config=HpoConfig(algorithm_hyper_parameter_ranges=ranges), **members),
    }


def data(**members: Any) -> dict[str, Any]:
    return config(training_data_config=TrainingDataConfig(**members))


UNTUNABLE = ContinuousHyperParameterRange(name="popularity_discount_factor", min_value=0, max_value=1)

# What breaks each rule that is checked, with a recipe where nothing else is wrong.
BREAKS: dict[int, dict[str, Any]] = {
    1: {"dataset_group": None},
    2: {"solution_name": "a b"},
    3: {"dataset_group": "movies"},
    4: {"recipe": Recipe.from_arn("arn:aws:personalize:us-east-1:123456789012:recipe/aws-sims")},
    6: {"event_type": "e" * 257},
    7: config(event_value_threshold="high"),
    8: {
        "recipe": Recipe.from_arn("arn:aws:personalize:::recipe/aws-new"),
        **config(algorithm_hyper_parameters={str(number): "" for number in range(101)}),
    },
    9: integers(Recipe.from_arn("arn:aws:personalize:::recipe/aws-new"), "n", 1_000_001),
    10: hpo(hpo_resource_config=HpoResourceConfig(max_number_of_training_jobs=41)),
    11: config(auto_ml_config=AutoMLConfig(metric_name="m" * 257)),
    12: {
        "recipe": Recipe.USER_PERSONALIZATION_V2,
        **config(events_config=EventsConfig(event_parameters_list=[EventParameters(weight=1.5)])),
    },
    13: {
        "recipe": Recipe.USER_PERSONALIZATION,
        **config(optimization_objective=OptimizationObjective(objective_sensitivity=WRONG)),
    },
    14: data(excluded_dataset_columns={name: [] for name in ("Items", "Users", "Interactions", "Actions")}),
    15: data(excluded_dataset_columns={"Item": ["PRICE"]}),
    16: {"auto_training": AutoTraining.every(days=31)},
    19: {"recipe": None},
    20: {"recipe": None, "perform_auto_ml": True, **config(events_config=EVENTS)},
    21: {"recipe": None, "perform_auto_ml": True, "perform_hpo": False},
    22: {"recipe": None, "perform_auto_ml": True},
    24: config(hpo_config=HpoConfig()),
    26: integers(Recipe.SIMS, "bptt", 10),
    27: {
        "recipe": Recipe.SIMILAR_ITEMS,
        **hpo(
            algorithm_hyper_parameter_ranges=HyperParameterRanges(
                continuous_hyper_parameter_ranges=[UNTUNABLE]
            )
        ),
    },
    28: integers(Recipe.USER_PERSONALIZATION, "bptt", 10, algorithm_hyper_parameters={"bptt": 10}),
    29: hpo(hpo_objective=HpoObjective(type="Maximize")),
    30: {"recipe": Recipe.POPULARITY_COUNT, "perform_hpo": True},
    31: {"recipe": Recipe.SIMILAR_ITEMS, **config(algorithm_hyper_parameters={"item_id_hidden_dim": 100})},
    34: {"auto_training": AutoTraining(enabled=False, days=7)},
    35: {"perform_incremental_update": True},
    36: config(
        optimization_objective=OptimizationObjective(
            item_attribute="PRICE", objective_sensitivity=ObjectiveSensitivity.LOW
        )
    ),
    37: config(events_config=EVENTS),
    38: {"recipe": Recipe.USER_PERSONALIZATION_V2, "event_type": "buy", **config(events_config=EVENTS)},
    40: {"recipe": Recipe.NEXT_BEST_ACTION, **data(excluded_dataset_columns={"Items": ["PRICE"]})},
    41: data(excluded_dataset_columns={"Items": ["A"]}, included_dataset_columns={"ITEMS": ["B"]}),
    42: {"recipe": Recipe.from_name("aws-vod-top-picks")},
    43: {"recipe": Recipe.from_name("aws-hrnn")},
    44: {"recipe": Recipe.from_name("aws-new")},
    45: {
        "recipe": Recipe.USER_PERSONALIZATION,
        **config(algorithm_hyper_parameters={"training.bptt": 10}),
    },
}


def test_map__its_rules__are_all_of_sections_a_and_b() -> None:
    assert list(ROWS) == list(SECTIONS_A_AND_B)


def test_map__a_rule_without_a_check__says_why() -> None:
    unchecked = {number for number, row in ROWS.items() if row["At synth"] in {"no check", "always so"}}

    assert unchecked | BREAKS.keys() | {17} == set(SECTIONS_A_AND_B)
    assert unchecked.isdisjoint(BREAKS)
    assert all(ROWS[number]["Argument, or why there is no check"] for number in unchecked)


@pytest.mark.parametrize("number", BREAKS)
def test_map__a_rule_that_is_checked__is_found_broken_in_the_argument_of_the_table(number: int) -> None:
    given = {"dataset_group": GROUP, "recipe": Recipe.SIMS, **BREAKS[number]}
    kind = "warning" if ROWS[number]["At synth"] == "warning" else "error"

    found = {
        finding.argument: "warning" if isinstance(finding, Doubt) else "error"
        for finding in examine(SolutionRequest(**given))
    }

    [*_, argument] = [name for name in found if found[name] == kind]
    assert argument in code(ROWS[number]["Argument, or why there is no check"])


def test_map__tags__are_checked() -> None:
    [problem] = tag_rules.find_problems({"aws:team": "search"}, SOLUTION, own=3)

    assert problem.argument == "a tag's key"


def test_map__ids_of_warnings__are_those_that_there_are() -> None:
    documented = set(re.findall(r"`(cdk-personalize:[\w-]+)`", RULES.read_text())) - {
        "cdk-personalize:stack-id",
        "cdk-personalize:logical-id",
    }
    source = "".join(path.read_text() for path in (ROOT / "constructs").rglob("*.py"))
    raised = {f"cdk-personalize:{name}" for name in re.findall(r'\bid="([a-z-]+)"', source)}

    assert documented == raised


def test_map__an_unknown_arn_of_a_recipe__is_warned_of_once() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    Solution(
        stack,
        "New",
        dataset_group=GROUP,
        recipe=Recipe.from_arn("arn:aws:personalize:::recipe/aws-of-tomorrow"),
    )
    Solution(stack, "Known", dataset_group=GROUP, recipe=Recipe.SIMS)

    warnings = Annotations.from_stack(stack).find_warning("*", Match.any_value())

    assert [warning.id for warning in warnings] == ["/Stack/New"]
