"""Next steps of messages about arguments in Python are followed, and none of the messages is left out."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match, Template

import cdk_personalize
from cdk_personalize import (
    AutoTraining,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoObjective,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    InvalidConstructError,
    ObjectiveSensitivity,
    OptimizationObjective,
    PersonalizeProvider,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)

V1, V2 = Recipe.USER_PERSONALIZATION, Recipe.USER_PERSONALIZATION_V2
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
EVENTS = EventsConfig(event_parameters_list=[EventParameters(event_type="buy", weight=1)])
SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
NEWER = "arn:aws:personalize:::recipe/aws-simz"


class Hint(NamedTuple):
    """A next step, what it is said of, and what somebody does who follows it."""

    wrong: dict[str, Any]
    says: str
    right: dict[str, Any]


def config(**members: Any) -> dict[str, Any]:
    return {"solution_config": SolutionConfig(**members)}


def hyper(value: Any, name: str = "hidden_dimension") -> dict[str, Any]:
    return {"recipe": V1, **config(algorithm_hyper_parameters={name: value})}


def feature(value: Any, name: str = "max_user_history_length_percentile") -> dict[str, Any]:
    return {"recipe": V1, **config(feature_transformation_parameters={name: value})}


def hpo(**members: Any) -> dict[str, Any]:
    return {"recipe": V1, "perform_hpo": True, **config(hpo_config=HpoConfig(**members))}


def ranges(**members: Any) -> dict[str, Any]:
    return hpo(algorithm_hyper_parameter_ranges=HyperParameterRanges(**members))


def integers(name: Any, low: Any, high: Any, recipe: Recipe = V1) -> dict[str, Any]:
    tried = IntegerHyperParameterRange(name=name, min_value=low, max_value=high)
    return {**ranges(integer_hyper_parameter_ranges=[tried]), "recipe": recipe}


def continuous(name: Any, low: Any, high: Any, recipe: Recipe = V1) -> dict[str, Any]:
    tried = ContinuousHyperParameterRange(name=name, min_value=low, max_value=high)
    return {**ranges(continuous_hyper_parameter_ranges=[tried]), "recipe": recipe}


def event(**members: Any) -> dict[str, Any]:
    return {
        "recipe": V2,
        **config(events_config=EventsConfig(event_parameters_list=[EventParameters(**members)])),
    }


def columns(**members: Any) -> dict[str, Any]:
    return config(training_data_config=TrainingDataConfig(**members))


def objective(sensitivity: Any) -> dict[str, Any]:
    return {
        "recipe": V1,
        **config(
            optimization_objective=OptimizationObjective(
                item_attribute="P", objective_sensitivity=sensitivity
            )
        ),
    }


HINTS = [
    Hint(
        {"recipe": Recipe.from_arn(NEWER.replace("aws-simz", "x"))},
        "check its name",
        {"recipe": Recipe.SIMS},
    ),
    Hint(
        hyper(1, "item_id_hidden_dim") | {"recipe": Recipe.SIMILAR_ITEMS},
        "leave it out here, or give its range in solution_config.hpo_config with perform_hpo=True",
        integers("item_id_hidden_dim", 30, 200, Recipe.SIMILAR_ITEMS),
    ),
    # Forms of values.
    Hint({"solution_name": 5}, 'write "5"', {"solution_name": "5"}),
    Hint({"event_type": b"buy"}, "give a text in quotes", {"event_type": "buy"}),
    Hint({"solution_name": "a" * 65}, "shorten it by 2", {"solution_name": "a" * 63}),
    Hint({"solution_name": ""}, "give at least 1", {"solution_name": "a"}),
    Hint({"solution_name": "my movies"}, "choose a name like my-movies_2", {"solution_name": "my-movies_2"}),
    Hint({"perform_hpo": "yes"}, "write True or False, without quotes", {"perform_hpo": True}),
    Hint(
        {"auto_training": 7},
        "use AutoTraining.DISABLED or AutoTraining.every(days=7)",
        {"auto_training": AutoTraining.every(days=7)},
    ),
    Hint(
        {"auto_training": AutoTraining.every(days=31)},
        "choose a value in that range",
        {"auto_training": AutoTraining.every(days=30)},
    ),
    Hint(
        {"auto_training": AutoTraining(enabled=True)},
        "give a value, or remove it",
        {"auto_training": AutoTraining.every(days=7)},
    ),
    Hint(
        {"auto_training": AutoTraining.every(days=cdk.Duration.days(7))},
        "give a number",  # type: ignore[arg-type]
        {"auto_training": AutoTraining.every(days=7)},
    ),
    Hint(
        {"auto_training": AutoTraining.every(days="7")},
        "write 7",  # type: ignore[arg-type]
        {"auto_training": AutoTraining.every(days=7)},
    ),
    Hint(
        {"auto_training": AutoTraining(enabled=False, days=7)},
        "use AutoTraining.every(days=...) to turn it on, or AutoTraining.DISABLED",
        {"auto_training": AutoTraining.every(days=7)},
    ),
    Hint(
        {"solution_config": {"eventsConfig": {}}},
        "use SolutionConfig(...) with event_value_threshold",
        config(event_value_threshold=1),
    ),
    Hint(objective("low"), "use ObjectiveSensitivity.LOW", objective(ObjectiveSensitivity.LOW)),
    Hint(objective(3), "use one of ObjectiveSensitivity.LOW, ", objective(ObjectiveSensitivity.LOW)),
    Hint(event(event_type="buy", weight="1"), "write 1.0", event(event_type="buy", weight=1.0)),
    Hint(
        event(event_type="buy", event_value_threshold=float("inf")),
        "give a finite number",
        event(event_type="buy", event_value_threshold=1),
    ),
    Hint(config(event_value_threshold="high"), 'give one, as in "0.5"', config(event_value_threshold="0.5")),
    Hint(feature(float("nan")), "give a number, as in 0.5", feature(0.5)),
    Hint(
        {"recipe": V2, **config(events_config=EventsConfig(event_parameters_list=EVENTS))},  # type: ignore[arg-type]
        "put it into brackets, as in [...]",
        {"recipe": V2, **config(events_config=EVENTS)},
    ),
    Hint(
        {"recipe": V1, **config(algorithm_hyper_parameters=[("bptt", 20)])},
        "give names and values, as in {name: value}",
        hyper(20, "bptt"),
    ),
    Hint(
        columns(excluded_dataset_columns={"Items": ["A"] * 52}),
        "remove 2",
        columns(excluded_dataset_columns={"Items": ["A"] * 50}),
    ),
    Hint(
        columns(excluded_dataset_columns={"Items": ["CREATED BY"]}),
        "give the name of a column of the dataset's schema, as in CREATED_BY",
        columns(excluded_dataset_columns={"Items": ["CREATED_BY"]}),
    ),
    Hint(
        columns(excluded_dataset_columns={"the items": []}),
        "give the type of a dataset, as in Items",
        columns(excluded_dataset_columns={"Items": []}),
    ),
    Hint(
        columns(excluded_dataset_columns={"Itemz": []}),
        "did you mean 'Items'?",
        columns(excluded_dataset_columns={"Items": []}),
    ),
    Hint(
        columns(excluded_dataset_columns={"x": []}),
        "known are Interactions, Items",
        columns(excluded_dataset_columns={"Items": []}),
    ),
    # What it is made of.
    Hint(
        {"dataset_group": None},
        "give a CfnDatasetGroup, or the ARN of a dataset group",
        {"dataset_group": GROUP},
    ),
    Hint(
        {"dataset_group": "movies"},
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:dataset-group/movies",
        {"dataset_group": GROUP},
    ),
    Hint(
        {"dataset_group": GROUP.replace("-group", "")},
        f"an ARN is like {GROUP}: it ends in dataset-group/NAME",
        {"dataset_group": GROUP},
    ),
    Hint(
        {"dataset_group": 5},
        "give an aws_personalize.CfnDatasetGroup, or its ARN as a string",
        {"dataset_group": GROUP},
    ),
    Hint({"recipe": None}, "give a recipe, such as Recipe.USER_PERSONALIZATION_V2", {"recipe": V2}),
    Hint({"recipe": "sims"}, "use Recipe.SIMS", {"recipe": Recipe.SIMS}),
    Hint({"recipe": 5}, "use a member of Recipe, such as Recipe.USER_PERSONALIZATION_V2", {"recipe": V2}),
    Hint({"recipe": Recipe.from_name("aws-simz")}, "use Recipe.SIMS", {"recipe": Recipe.SIMS}),
    Hint(
        {"recipe": Recipe.from_name("aws-simz")},
        f"or Recipe.from_arn('{NEWER}') if there is such a recipe",
        {"recipe": Recipe.from_arn(NEWER)},
    ),
    Hint(
        {"recipe": Recipe.from_name("x")},
        "use a member of Recipe, such as Recipe.USER_PERSONALIZATION_V2",
        {"recipe": V2},
    ),
    Hint(
        {"recipe": Recipe.from_arn(NEWER)},
        "did you mean aws-sims? If there is such a recipe, acknowledge this warning",
        {"recipe": Recipe.SIMS},
    ),
    Hint(
        {"recipe": Recipe.from_arn("aws-sims")},
        "an ARN is like arn:aws:personalize:::recipe/aws-sims",
        {"recipe": Recipe.from_arn("arn:aws:personalize:::recipe/aws-sims")},
    ),
    Hint(
        {"recipe": Recipe.from_arn("arn:aws:personalize:us-east-1:123456789012:recipe/aws-sims")},
        "use Recipe.SIMS",
        {"recipe": Recipe.SIMS},
    ),
    Hint(
        {"recipe": Recipe.from_name("aws-hrnn")}, "use Recipe.USER_PERSONALIZATION_V2 instead", {"recipe": V2}
    ),
    Hint(
        {"recipe": Recipe.from_name("aws-vod-trending-now")},
        "the closest recipe for a solution is Recipe.TRENDING_NOW",
        {"recipe": Recipe.TRENDING_NOW},
    ),
    # One argument against another.
    Hint({"perform_auto_ml": True}, "leave perform_auto_ml out: AWS advises against AutoML", {}),
    Hint(
        {"recipe": None, "perform_auto_ml": True},
        "give a recipe in its place, such as Recipe.USER_PERSONALIZATION_V2",
        {"recipe": V2},
    ),
    Hint(
        {"recipe": None, "perform_auto_ml": True, "perform_hpo": False},
        "leave it out",
        {"recipe": None, "perform_auto_ml": True},
    ),
    Hint(
        {"recipe": None, "perform_auto_ml": True, **config(event_value_threshold=1)},
        "leave the rest out",
        {"recipe": None, "perform_auto_ml": True},
    ),
    Hint(config(hpo_config=HpoConfig()), "add perform_hpo=True, or leave hpo_config out", hpo()),
    Hint(
        {"recipe": Recipe.ITEM_AFFINITY, **config(hpo_config=HpoConfig())},
        "leave hpo_config out",
        {"recipe": Recipe.ITEM_AFFINITY},
    ),
    Hint(
        hpo(hpo_objective=HpoObjective(type="Maximize")),
        "leave it out; the recipe has its own objective",
        hpo(),
    ),
    Hint(
        {"recipe": V2, "event_type": "buy", **config(events_config=EVENTS)},
        "leave it out here, and state it for each event type in events_config",
        event(event_type="buy", weight=1),
    ),
    Hint(
        {
            **integers("bptt", 2, 3),
            **config(
                algorithm_hyper_parameters={"bptt": 3},
                hpo_config=HpoConfig(
                    algorithm_hyper_parameter_ranges=HyperParameterRanges(
                        integer_hyper_parameter_ranges=[
                            IntegerHyperParameterRange(name="bptt", min_value=2, max_value=3)
                        ]
                    )
                ),
            ),
        },
        "remove it here or there",
        integers("bptt", 2, 3),
    ),
    Hint(integers("bptt", 3, 2), "exchange the two", integers("bptt", 2, 3)),
    Hint(
        columns(excluded_dataset_columns={"Items": ["A"]}, included_dataset_columns={"Items": ["B"]}),
        "remove the dataset from one of the two",
        columns(included_dataset_columns={"Items": ["B"]}),
    ),
    Hint(
        columns(excluded_dataset_columns={"Interactions": ["EVENT_TYPE", "A"]}),
        "leave EVENT_TYPE out of the list",
        columns(excluded_dataset_columns={"Interactions": ["A"]}),
    ),
    Hint(
        {"adopt_existing": True},
        "give the name of the solution to take over",
        {"adopt_existing": True, "solution_name": "movies"},
    ),
    Hint(
        {"removal_policy": cdk.RemovalPolicy.SNAPSHOT},
        "use RemovalPolicy.RETAIN to keep the solution",
        {"removal_policy": cdk.RemovalPolicy.RETAIN},
    ),
    # What the recipe takes.
    Hint(
        {"recipe": V2, "perform_hpo": True},
        "the service may refuse or ignore it; leave it out",
        {"recipe": V2},
    ),
    Hint(
        {"recipe": V1, **config(events_config=EVENTS)},
        "leave it out, or choose another recipe",
        {"recipe": V2, **config(events_config=EVENTS)},
    ),
    Hint(hyper("32.0"), 'write "32"', hyper("32")),
    Hint(hyper(32.0), "write 32", hyper(32)),
    Hint(hyper(512), "choose one such as 149, its default", hyper(149)),
    Hint(hyper(20, "bbtt"), "did you mean 'bptt'?", hyper(20, "bptt")),
    Hint(hyper(1, "zzz"), "it has hidden_dimension, ", hyper(149)),
    Hint(
        {"recipe": Recipe.TRENDING_NOW, **config(algorithm_hyper_parameters={"a": 1})},
        "it has none: leave it out",
        {"recipe": Recipe.TRENDING_NOW},
    ),
    Hint(
        hyper(0.5, "max_user_history_length_percentile"),
        "it belongs in solution_config.feature_transformation_parameters",
        feature(0.5),
    ),
    Hint(hyper("ja", "recency_mask"), "use one of those", hyper("true", "recency_mask")),
    Hint(hyper("tru", "recency_mask"), "did you mean 'true'?", hyper("true", "recency_mask")),
    Hint(hyper(32, "training.bptt"), "write 'bptt'", hyper(32, "bptt")),
    Hint(
        feature(15, "cold_start_max_interactions"), "the service may refuse it; leave it out", {"recipe": V1}
    ),
    Hint(integers("hidden_dimension", 1, 40), "write 32", integers("hidden_dimension", 32, 40)),
    Hint(continuous("bptt", 2, 3), "move it to integer_hyper_parameter_ranges", integers("bptt", 2, 3)),
    Hint(
        continuous("popularity_discount_factor", 0, 1, Recipe.SIMILAR_ITEMS),
        "leave it out here, or set it in solution_config.algorithm_hyper_parameters",
        {
            "recipe": Recipe.SIMILAR_ITEMS,
            **config(algorithm_hyper_parameters={"popularity_discount_factor": 0.5}),
        },
    ),
]


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.says[:50])
def test_hint__of_a_solution__is_followed_and_nothing_is_said_any_more(hint: Hint) -> None:
    assert hint.says in "\n".join(said_of(hint.wrong))
    assert [said for said in said_of(hint.right) if hint.says in said or "cannot be created" in said] == []


def said_of(arguments: dict[str, Any]) -> list[str]:
    """The errors or warnings of a synthesis."""
    stack = cdk.Stack(cdk.App(), "Stack")
    try:
        Solution(stack, "Movies", **{"dataset_group": GROUP, "recipe": Recipe.SIMS, **arguments})
    except InvalidConstructError as error:
        return [str(error)]
    Template.from_stack(stack)
    warnings = Annotations.from_stack(stack).find_warning("*", Match.any_value())
    return [str(warning.entry.data) for warning in warnings]


@pytest.mark.parametrize(
    ("says", "wrong", "right"),
    [
        (
            "choose a time in that range: CloudFormation itself waits an hour at most",
            lambda stack: PersonalizeProvider(stack, total_timeout=cdk.Duration.minutes(51)),
            lambda stack: PersonalizeProvider(stack, total_timeout=cdk.Duration.minutes(50)),
        ),
        (
            "use aws_lambda.Runtime.PYTHON_3_13, or leave it out for Python 3.14",
            lambda stack: PersonalizeProvider(stack, runtime=lambda_.Runtime.PYTHON_3_10),
            lambda stack: PersonalizeProvider(stack, runtime=lambda_.Runtime.PYTHON_3_13),
        ),
        (
            "leave it out for 5 seconds",
            lambda stack: PersonalizeProvider(stack, query_interval=cdk.Duration.minutes(2)),
            PersonalizeProvider,
        ),
        (
            "construct it once, before the stack's first Solution",
            lambda stack: (movies(stack), PersonalizeProvider(stack)),
            lambda stack: (PersonalizeProvider(stack), movies(stack)),
        ),
        (
            "construct it in this stack, or with shared=True",
            lambda stack: movies(stack, provider=PersonalizeProvider(cdk.Stack(stack.node.root, "Other"))),
            lambda stack: movies(
                stack, provider=PersonalizeProvider(cdk.Stack(stack.node.root, "Other"), shared=True)
            ),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:solution/movies; for a name use "
            "Solution.from_solution_name",
            lambda stack: Solution.from_solution_arn(stack, "Movies", "movies"),
            lambda stack: Solution.from_solution_name(stack, "Movies", "movies"),
        ),
        (
            "give the ARN, or the name for a solution of this account",
            lambda stack: Solution.from_solution_attributes(stack, "Movies"),
            lambda stack: Solution.from_solution_attributes(stack, "Movies", solution_name="movies"),
        ),
        (
            "leave it out, or give solution_name in place of solution_arn",
            lambda stack: Solution.from_solution_attributes(
                stack, "Movies", solution_arn=SOLUTION, account="123456789012"
            ),
            lambda stack: Solution.from_solution_attributes(
                stack, "Movies", solution_name="movies", account="123456789012"
            ),
        ),
        (
            "remove some with Tags.of(solution).remove(key), or exclude them with "
            "Tags.of(scope).add(..., exclude_resource_types=['Custom::PersonalizeSolution'])",
            lambda stack: tagged(stack, 48),
            lambda stack: tagged(stack, 48, exclude_resource_types=["Custom::PersonalizeSolution"]),
        ),
        (
            "remove some with Tags.of(solution).remove(key)",
            lambda stack: tagged(stack, 48),
            lambda stack: cdk.Tags.of(tagged(stack, 48)).remove("0"),
        ),
        (
            "choose one that begins otherwise",
            lambda stack: cdk.Tags.of(movies(stack)).add("aws:team", "search"),
            lambda stack: cdk.Tags.of(movies(stack)).add("team", "search"),
        ),
        (
            "remove '*'",
            lambda stack: cdk.Tags.of(movies(stack)).add("te*m", "search"),
            lambda stack: cdk.Tags.of(movies(stack)).add("tem", "search"),
        ),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_hint__of_the_rest__is_followed_and_all_is_well(
    says: str, wrong: Callable[[cdk.Stack], Any], right: Callable[[cdk.Stack], Any]
) -> None:
    refused, taken = (cdk.Stack(cdk.App(), "Stack") for _ in range(2))

    with pytest.raises((InvalidConstructError, RuntimeError)) as raised:
        Template.from_stack(_after(wrong, refused))
    Template.from_stack(_after(right, taken))

    assert says in str(raised.value)


@pytest.mark.parametrize("place", ["Region", "account"])
def test_hint__of_what_is_elsewhere__is_followed_and_nothing_is_said_any_more(place: str) -> None:
    right, wrong = (
        cdk.Environment(account="123456789012", region="us-east-1"),
        cdk.Environment(account="444455556666", region="eu-west-1"),
    )
    loud, quiet = cdk.Stack(cdk.App(), "Loud", env=wrong), cdk.Stack(cdk.App(), "Quiet", env=right)
    for stack in (loud, quiet):
        movies(stack)

    said = [str(one.entry.data) for one in Annotations.from_stack(loud).find_warning("*", Match.any_value())]
    assert any(
        f"of another {place}" in one and "or deploy the stack to" in one and "give one in" in one
        for one in said
    )
    assert Annotations.from_stack(quiet).find_warning("*", Match.any_value()) == []


def test_hint__to_acknowledge_a_warning__ends_it() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    movies(stack, recipe=Recipe.from_arn(NEWER))

    cdk.Annotations.of(stack).acknowledge_warning("cdk-personalize:unknown-recipe")

    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def movies(stack: cdk.Stack, recipe: Recipe = Recipe.SIMS, **arguments: Any) -> Solution:
    return Solution(stack, "Movies", dataset_group=GROUP, recipe=recipe, **arguments)


def tagged(stack: cdk.Stack, number: int, **options: Any) -> Solution:
    solution = movies(stack)
    for key in range(number):
        cdk.Tags.of(stack).add(str(key), "x", **options)
    return solution


def _after(act: Callable[[cdk.Stack], Any], stack: cdk.Stack) -> cdk.Stack:
    act(stack)
    return stack


def test_hint__a_region_without_personalize__names_those_to_deploy_to() -> None:
    def warned(region: str) -> list[str]:
        stack = cdk.Stack(cdk.App(), "Films", env=cdk.Environment(account="123456789012", region=region))
        PersonalizeProvider(stack)
        found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("Region"))
        return [str(warning.entry.data) for warning in found]

    (warning,) = warned("eu-south-2")
    _, said, named = warning.partition("botocore lists no endpoint there, so deploys may fail; deploy to ")
    assert said
    assert warned(named.split(", ")[0]) == []


# What is only said of a request in the API's names; test_hints follows it.
_OF_REQUESTS = {"_api_request.py"}
_SHORTEST = 8  # characters of a text that is looked for


def test_hints__of_the_library__are_all_followed_here() -> None:
    tests = [Path(__file__), Path(__file__).with_name("test_hints.py")]
    followed = re.sub(r'"\s*f?"|"', "", "".join(test.read_text() for test in tests))

    missing = [
        f"{path.name}: {text}"
        for path in Path(cdk_personalize.__file__).parent.glob("*.py")
        if path.name not in _OF_REQUESTS
        for text in next_steps(ast.parse(path.read_text()))
        if text not in followed
    ]

    assert missing == []


def next_steps(tree: ast.AST) -> Iterator[str]:
    """The fixed parts of all texts that a module gives to `fix` or `hint`."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="fix" | "hint", value=value):
                yield from texts(value)
            case ast.Assign(targets=[ast.Name(id="fix")], value=value):
                yield from texts(value)
            case ast.AugAssign(target=ast.Name(id="fix"), value=value):
                yield from texts(value)


def texts(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value.replace('"', "").strip(" .:,;'")
            if len(text) >= _SHORTEST:
                yield text
