"""What a Solution refuses, and its messages."""

from __future__ import annotations

import re
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import (
    AutoMLConfig,
    AutoTraining,
    CategoricalHyperParameterRange,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoObjective,
    HpoResourceConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    InvalidConstructError,
    InvalidSolutionError,
    ObjectiveSensitivity,
    OptimizationObjective,
    Problem,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.solution.request import SolutionRequest
from cdk_personalize.solution.rules import find_problems

TOMORROW = Recipe.from_arn("arn:aws:personalize:::recipe/aws-of-tomorrow")
ARN = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


def problems(**arguments: Any) -> list[str]:
    """Return what is wrong with a request that is right but for these arguments."""
    return [str(problem) for problem in found(**arguments)]


def found(**arguments: Any) -> list[Problem]:
    # A recipe that the catalog does not know, so that nothing is held against the recipe's own rules.
    return find_problems(SolutionRequest(**{"dataset_group": ARN, "recipe": TOMORROW, **arguments}))


def config(**members: Any) -> dict[str, Any]:
    return {"solution_config": SolutionConfig(**members)}


def hpo(**members: Any) -> dict[str, Any]:
    return {"perform_hpo": True, **config(hpo_config=HpoConfig(**members))}


def ranges(**members: Any) -> dict[str, Any]:
    return hpo(algorithm_hyper_parameter_ranges=HyperParameterRanges(**members))


def integers(**members: Any) -> dict[str, Any]:
    return ranges(integer_hyper_parameter_ranges=[IntegerHyperParameterRange(**members)])


def continuous(**members: Any) -> dict[str, Any]:
    return ranges(continuous_hyper_parameter_ranges=[ContinuousHyperParameterRange(**members)])


def event(**members: Any) -> dict[str, Any]:
    return config(events_config=EventsConfig(event_parameters_list=[EventParameters(**members)]))


def data(**members: Any) -> dict[str, Any]:
    return config(training_data_config=TrainingDataConfig(**members))


def objective(**members: Any) -> dict[str, Any]:
    return config(optimization_objective=OptimizationObjective(**members))


def every(days: Any) -> AutoTraining:
    return AutoTraining.every(days=days)


NAN = float("nan")
TEXT: Any = "2"
EVENTS = EventsConfig(event_parameters_list=[EventParameters(event_type="buy", weight=1)])

ACCEPTED: list[dict[str, Any]] = [
    {},
    {"solution_name": "a"},
    {"solution_name": "9-_" + "a" * 60},
    {"event_type": ""},
    {"event_type": "e" * 256},
    {"recipe": None, "perform_auto_ml": True},
    {"recipe": None, "perform_auto_ml": True, "perform_hpo": True},
    {"recipe": None, "perform_auto_ml": True, **config(hpo_config=HpoConfig())},
    {"recipe": None, "perform_auto_ml": True, **config(auto_ml_config=AutoMLConfig(metric_name="m"))},
    {"recipe": Recipe.from_arn("arn:aws:personalize:::recipe/aws-of-tomorrow")},
    {"perform_auto_ml": False},
    {"perform_hpo": True},
    {"perform_hpo": True, **config(hpo_config=HpoConfig())},
    {"auto_training": AutoTraining.every(days=1)},
    {"auto_training": AutoTraining.every(days=30)},
    config(),
    config(event_value_threshold=".05"),
    config(event_value_threshold=0),
    config(event_value_threshold="-1e3"),
    {"event_type": "buy", **config(event_value_threshold=1.5)},
    config(algorithm_hyper_parameters={str(number): "v" * 1000 for number in range(100)}),
    config(algorithm_hyper_parameters={"a": "", "b": True, "c": 1, "d": 1.0}),
    config(feature_transformation_parameters={"k" * 256: 1}),
    config(events_config=EVENTS),
    event(event_type="buy", event_value_threshold=-1.5, weight=0),
    hpo(hpo_resource_config=HpoResourceConfig(max_number_of_training_jobs=40, max_parallel_training_jobs=10)),
    integers(name="n", min_value=-1_000_000, max_value=1_000_000),
    integers(name="n", min_value=1, max_value=1),
    continuous(name="n", min_value=-1_000_000, max_value=1e9),
    ranges(categorical_hyper_parameter_ranges=[CategoricalHyperParameterRange(name="n", values=["true"])]),
    objective(item_attribute="A" * 150, objective_sensitivity=ObjectiveSensitivity.OFF),
    data(excluded_dataset_columns={"Items": ["A", "_b1"], "USERS": ["c"], "interactions": ["EVENT_VALUE"]}),
    data(excluded_dataset_columns={"Items": ["A"]}, included_dataset_columns={"Users": ["A"]}),
    data(included_dataset_columns={"Interactions": ["EVENT_TYPE"]}),
]

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"solution_name": ""}, "solution_name must have 1 to 63 characters: got ''"),
    ({"solution_name": "a" * 64}, "solution_name must have 1 to 63 characters"),
    (
        {"solution_name": "-a"},
        "solution_name must have only letters, digits, - and _, and begin with a letter",
    ),
    ({"solution_name": "a b"}, "solution_name must have only letters, digits, - and _"),
    ({"solution_name": "a\n"}, "solution_name must have only letters, digits, - and _"),
    ({"solution_name": 5}, 'solution_name must be a string: got 5; write "5"'),
    ({"dataset_group": None}, "dataset_group is required"),
    (
        {"dataset_group": "movies"},
        "dataset_group must be the ARN of a dataset group: got 'movies'; an ARN is like arn:aws:",
    ),
    ({"dataset_group": ARN + "x" * 256}, "dataset_group must have 0 to 256 characters"),
    ({"recipe": "aws-sims"}, "recipe must be a Recipe: got 'aws-sims'; use Recipe.SIMS"),
    ({"recipe": Recipe.SIMS.arn("aws")}, "use Recipe.SIMS"),
    ({"recipe": "sims"}, "use Recipe.SIMS"),
    ({"recipe": Recipe.from_arn("aws-sims")}, "recipe must be the ARN of a recipe"),
    ({"recipe": None}, "recipe is required unless perform_auto_ml is True"),
    ({"recipe": None, "perform_auto_ml": False}, "recipe is required unless"),
    ({"perform_auto_ml": True}, "recipe must be left out when perform_auto_ml is True"),
    ({"recipe": None, "perform_auto_ml": True, "perform_hpo": False}, "perform_hpo must not be False when"),
    ({"perform_hpo": "true"}, "perform_hpo must be True or False: got 'true'; write True or False"),
    ({"perform_incremental_update": 1}, "perform_incremental_update must be True or False"),
    ({"event_type": "e" * 257}, "event_type must have 0 to 256 characters"),
    (
        {"auto_training": True},
        "auto_training must be an AutoTraining: got True; use AutoTraining.DISABLED or",
    ),
    ({"auto_training": AutoTraining.every(days=0)}, "auto_training.days must be 1 to 30: got 0"),
    ({"auto_training": AutoTraining.every(days=31)}, "auto_training.days must be 1 to 30: got 31"),
    (
        {"auto_training": every(7.0)},
        "auto_training.days must be a whole number (int): got 7.0",
    ),
    ({"auto_training": AutoTraining.every(days=True)}, "auto_training.days must be a whole number"),
    ({"auto_training": every(None)}, "auto_training.days must not be None"),
    ({"solution_config": {"hpoConfig": {}}}, "solution_config must be of type SolutionConfig"),
    ({"solution_config": SolutionConfig}, "solution_config must be of type SolutionConfig"),
    (config(event_value_threshold="high"), "solution_config.event_value_threshold must be a number"),
    (config(event_value_threshold="nan"), "solution_config.event_value_threshold must be a number"),
    (config(event_value_threshold="0." + "1" * 256), "must have 0 to 256 characters"),
    (
        config(event_value_threshold=True),
        "event_value_threshold must be a number, or a string that holds one",
    ),
    (config(algorithm_hyper_parameters=[1]), "algorithm_hyper_parameters must be a mapping"),
    (config(algorithm_hyper_parameters={"a": None}), "algorithm_hyper_parameters['a'] must not be None"),
    (config(algorithm_hyper_parameters={"a": [1]}), "['a'] must be a string, a number or a boolean: got [1]"),
    (config(algorithm_hyper_parameters={"a": NAN}), "['a'] must be finite"),
    (config(algorithm_hyper_parameters={"a": "v" * 1001}), "['a'] must have 0 to 1000 characters"),
    (config(algorithm_hyper_parameters={str(n): 1 for n in range(101)}), "must have at most 100 entries"),
    (config(feature_transformation_parameters={"k" * 257: 1}), "a key of solution_config.feature_transf"),
    (
        config(auto_ml_config=AutoMLConfig(recipe_list=["aws-hrnn"])),
        "auto_ml_config.recipe_list[0] must be the ARN of a recipe",
    ),
    (config(hpo_config=HpoConfig()), "solution_config.hpo_config needs perform_hpo=True"),
    ({"perform_hpo": False, **config(hpo_config=HpoConfig())}, "hpo_config needs perform_hpo=True"),
    (hpo(hpo_objective=HpoObjective(type="Maximize")), "hpo_objective is in the API but not supported"),
    (
        hpo(hpo_resource_config=HpoResourceConfig(max_number_of_training_jobs=41)),
        "max_number_of_training_jobs must be 1 to 40: got 41",
    ),
    (
        hpo(hpo_resource_config=HpoResourceConfig(max_parallel_training_jobs=0)),
        "max_parallel_training_jobs must be 1 to 10: got 0",
    ),
    (
        hpo(hpo_resource_config=HpoResourceConfig(max_parallel_training_jobs=TEXT)),
        "max_parallel_training_jobs must be a whole number (int): got '2'",
    ),
    (integers(min_value=-1_000_001), "[0].min_value must be at least -1e+06"),
    (integers(max_value=1_000_001), "[0].max_value must be at most 1e+06"),
    (integers(min_value=2, max_value=1), "[0] must have a min_value of at most its max_value: got '2 to 1'"),
    (integers(name="n" * 257), "[0].name must have 0 to 256 characters"),
    (continuous(min_value=float("inf")), "[0].min_value must be at least"),
    (integers(max_value=10**400), "[0].max_value must be at most 1e+06"),
    (config(event_value_threshold=10**400), "event_value_threshold must be a number"),
    (continuous(min_value=NAN), "[0].min_value must be at least"),
    (continuous(max_value="1"), "[0].max_value must be a number"),
    (ranges(integer_hyper_parameter_ranges="ab"), "integer_hyper_parameter_ranges must be a list"),
    (
        ranges(integer_hyper_parameter_ranges=[IntegerHyperParameterRange()] * 101),
        "integer_hyper_parameter_ranges must have at most 100 entries",
    ),
    (
        ranges(categorical_hyper_parameter_ranges=[CategoricalHyperParameterRange(values=["v" * 1001])]),
        "categorical_hyper_parameter_ranges[0].values[0] must have 0 to 1000 characters",
    ),
    (
        {
            "perform_hpo": True,
            **config(
                algorithm_hyper_parameters={"bptt": 32},
                hpo_config=HpoConfig(
                    algorithm_hyper_parameter_ranges=HyperParameterRanges(
                        integer_hyper_parameter_ranges=[IntegerHyperParameterRange(name="bptt")]
                    )
                ),
            ),
        },
        "integer_hyper_parameter_ranges[0] must not also be fixed in algorithm_hyper_parameters: got 'bpt",
    ),
    (event(weight=1.1), "event_parameters_list[0].weight must be 0 to 1: got 1.1"),
    (event(weight=-0.1), "event_parameters_list[0].weight must be 0 to 1"),
    (event(event_value_threshold=float("inf")), "event_value_threshold must be finite"),
    (
        config(events_config=EventsConfig(event_parameters_list=[EventParameters()] * 11)),
        "event_parameters_list must have at most 10 entries",
    ),
    ({"event_type": "buy", **config(events_config=EVENTS)}, "event_type must be left out when"),
    (config(events_config=EVENTS, event_value_threshold=1), "event_value_threshold must be left out when"),
    (objective(item_attribute=""), "item_attribute must have 1 to 150 characters"),
    (
        objective(objective_sensitivity="MID"),
        "must be a member of ObjectiveSensitivity: got 'MID'; use one of",
    ),
    (data(excluded_dataset_columns={"Action-Interactions": []}), "a key of solution_config.training_data"),
    (
        data(excluded_dataset_columns={"Items": ["a b"]}),
        "excluded_dataset_columns['Items'][0] must have only",
    ),
    (data(excluded_dataset_columns={"Items": "PRICE"}), "excluded_dataset_columns['Items'] must be a list"),
    (data(excluded_dataset_columns={"Items": ["A"] * 51}), "must have at most 50 entries"),
    (data(included_dataset_columns={name: [] for name in "abcd"}), "must have at most 3 entries"),
    (data(excluded_dataset_columns={"INTERACTIONS": ["EVENT_TYPE"]}), "must not name EVENT_TYPE"),
    (
        data(excluded_dataset_columns={"ITEMS": ["A"]}, included_dataset_columns={"Items": ["B"]}),
        "excluded_dataset_columns['ITEMS'] must not also be in included_dataset_columns",
    ),
]


@pytest.mark.parametrize("arguments", ACCEPTED, ids=str)
def test_request__that_the_service_takes_or_may_take__has_no_problem(arguments: dict[str, Any]) -> None:
    assert problems(**arguments) == []


@pytest.mark.parametrize(("arguments", "message"), REFUSED, ids=lambda value: str(value)[:60])
def test_request__that_the_service_refuses__has_one_problem_that_says_why(
    arguments: dict[str, Any], message: str
) -> None:
    [problem] = problems(**arguments)

    assert message in problem
    assert re.search(r": got .+; \S", problem, re.DOTALL)


def test_problem__with_a_long_value__shows_its_beginning() -> None:
    [problem] = problems(solution_name="a" * 5000)

    assert len(problem) < 250


def test_solution__with_several_mistakes__tells_them_all_at_once_one_a_line(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidSolutionError) as raised:
        Solution(
            stack,
            "Movies",
            dataset_group="movies",
            recipe=TEXT,
            solution_name="my movies",
            wait_for_training_on_delete=TEXT,
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
            solution_config=SolutionConfig(events_config=EVENTS, event_value_threshold=1),
        )

    error = raised.value
    assert [problem.argument for problem in error.problems] == [
        "solution_name",
        "dataset_group",
        "recipe",
        "wait_for_training_on_delete",
        "solution_config.event_value_threshold",
        "removal_policy",
    ]
    first, *lines = str(error).splitlines()
    assert first == "Stack/Movies cannot be created as written:"
    assert lines == [f"  {problem}" for problem in error.problems]


def test_solution__refused__is_a_value_error_and_leaves_nothing_in_the_tree(stack: cdk.Stack) -> None:
    with pytest.raises(ValueError, match="recipe is required") as raised:
        Solution(stack, "Movies", dataset_group=ARN)

    assert isinstance(raised.value, InvalidConstructError)
    assert stack.node.children == []


def test_solution__adoption_without_a_name__needs_one(stack: cdk.Stack, dataset_group: str) -> None:
    with pytest.raises(InvalidSolutionError) as raised:
        Solution(stack, "A", dataset_group=dataset_group, recipe=Recipe.SIMS, adopt_existing=True)

    [problem] = raised.value.problems
    assert str(problem).startswith("adopt_existing needs solution_name: a generated name is never that of")


@pytest.mark.parametrize("value", ["yes", 1])
def test_solution__adoption_that_is_no_flag__is_refused(
    stack: cdk.Stack, dataset_group: str, value: Any
) -> None:
    with pytest.raises(InvalidSolutionError, match="adopt_existing must be True or False"):
        Solution(
            stack,
            "A",
            dataset_group=dataset_group,
            recipe=Recipe.SIMS,
            solution_name="movies",
            adopt_existing=value,
        )
