"""Next steps of messages about the arguments of a `Solution` are followed."""

from __future__ import annotations

from typing import Any, NamedTuple

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match, Template

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
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)

V1, V2 = Recipe.USER_PERSONALIZATION, Recipe.USER_PERSONALIZATION_V2
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
EVENTS = EventsConfig(event_parameters_list=[EventParameters(event_type="buy", weight=1)])
NEWER = "arn:aws:personalize:::recipe/aws-simz"


class Hint(NamedTuple):
    """A next step in a message, the arguments that cause it, and the arguments after following it."""

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
    Hint({"event_type": b"buy"}, "pass a string in quotes", {"event_type": "buy"}),
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
        "pass a value, or remove it",
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
        "the known types are Interactions, Items",
        columns(excluded_dataset_columns={"Items": []}),
    ),
    # What it is made of.
    Hint(
        {"dataset_group": None},
        "pass a CfnDatasetGroup, or the ARN of a dataset group",
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
        "pass an aws_personalize.CfnDatasetGroup, an IDatasetGroup, or an ARN as a string",
        {"dataset_group": GROUP},
    ),
    Hint({"recipe": None}, "pass a recipe, such as Recipe.USER_PERSONALIZATION_V2", {"recipe": V2}),
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
        "pass a recipe instead, such as Recipe.USER_PERSONALIZATION_V2",
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
        "remove it from one of the two",
        integers("bptt", 2, 3),
    ),
    Hint(integers("bptt", 3, 2), "swap the two", integers("bptt", 2, 3)),
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
        "pass the name of the solution to take over",
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
