"""What each recipe accepts and refuses, and what only causes a warning."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_personalize import (
    CategoricalHyperParameterRange,
    ContinuousHyperParameterRange,
    EventParameters,
    EventsConfig,
    HpoConfig,
    HyperParameterRanges,
    IntegerHyperParameterRange,
    OptimizationObjective,
    Problem,
    Recipe,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.model.findings import Doubt
from cdk_personalize.solution.request import SolutionRequest
from cdk_personalize.solution.rules import examine

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
TOKEN: Any = "${Token[Parameter.7]}"
V1, V2 = Recipe.USER_PERSONALIZATION, Recipe.USER_PERSONALIZATION_V2
EVENTS = EventsConfig(event_parameters_list=[EventParameters(event_type="buy")])
OBJECTIVE = OptimizationObjective(item_attribute="PRICE")
COLUMNS = TrainingDataConfig(excluded_dataset_columns={"Items": ["TITLE"]})

Request = dict[str, Any]


def config(recipe: Recipe, **members: Any) -> Request:
    return {"recipe": recipe, "solution_config": SolutionConfig(**members)}


def values(recipe: Recipe, **parameters: Any) -> Request:
    return config(recipe, algorithm_hyper_parameters=parameters)


def features(recipe: Recipe, **parameters: Any) -> Request:
    return config(recipe, feature_transformation_parameters=parameters)


def tried(recipe: Recipe, **lists: Any) -> Request:
    hpo = HpoConfig(algorithm_hyper_parameter_ranges=HyperParameterRanges(**lists))
    return {"perform_hpo": True, **config(recipe, hpo_config=hpo)}


def integers(recipe: Recipe, name: str, low: Any, high: Any) -> Request:
    entry = IntegerHyperParameterRange(name=name, min_value=low, max_value=high)
    return tried(recipe, integer_hyper_parameter_ranges=[entry])


def continuous(recipe: Recipe, name: str, low: Any, high: Any) -> Request:
    entry = ContinuousHyperParameterRange(name=name, min_value=low, max_value=high)
    return tried(recipe, continuous_hyper_parameter_ranges=[entry])


def categories(recipe: Recipe, name: str, *words: Any) -> Request:
    entry = CategoricalHyperParameterRange(name=name, values=words)
    return tried(recipe, categorical_hyper_parameter_ranges=[entry])


def found(request: Request) -> list[Problem]:
    return examine(SolutionRequest(**{"dataset_group": GROUP, **request}))


ACCEPTED: list[Request] = [
    values(V1, hidden_dimension=32, bptt="32", recency_mask=True),
    values(V1, hidden_dimension="256", recency_mask="False"),
    values(Recipe.SIMS, popularity_discount_factor=0, min_cointeraction_count=10),
    values(Recipe.SIMS, popularity_discount_factor=".5"),
    values(V1, hidden_dimension=TOKEN),
    config(V1, algorithm_hyper_parameters={TOKEN: "1"}),
    config(V1, algorithm_hyper_parameters=TOKEN),
    features(Recipe.NEXT_BEST_ACTION, action_optimization_period=28),
    features(Recipe.TRENDING_NOW, trend_discovery_frequency="30 minutes"),
    features(Recipe.SIMS, max_item_interaction_count_percentile="0.9"),
    integers(V1, "bptt", 2, 32),
    integers(V1, "bptt", TOKEN, 32),
    integers(V1, TOKEN, 1, 1000),
    integers(Recipe.SIMILAR_ITEMS, "item_id_hidden_dim", 30, 200),
    continuous(Recipe.SIMS, "popularity_discount_factor", 0, 1.0),
    categories(V1, "recency_mask", "true", "false"),
    categories(V1, "recency_mask", TOKEN),
    config(V2, events_config=EVENTS),
    config(Recipe.PERSONALIZED_RANKING, optimization_objective=OBJECTIVE),
    config(Recipe.ITEM_AFFINITY, training_data_config=COLUMNS),
    {"recipe": Recipe.SEMANTIC_SIMILARITY, "perform_incremental_update": True},
    {"recipe": Recipe.SIMS, "perform_incremental_update": False},
    {"recipe": Recipe.SIMS, "perform_incremental_update": TOKEN},
    {"recipe": Recipe.ITEM_AFFINITY, "perform_hpo": False},
    {"recipe": Recipe.ITEM_AFFINITY, "perform_hpo": TOKEN},
    {"recipe": Recipe.from_arn("arn:aws-us-gov:personalize:::recipe/aws-sims")},
    {"recipe": Recipe.from_arn("arn:aws:personalize:us-east-1:123456789012:recipe/of-my-own")},
    {"recipe": Recipe.from_arn(TOKEN), **config(Recipe.from_arn(TOKEN), events_config=EVENTS)},
    # What is newer than the catalog is for the service to judge.
    values(Recipe.from_arn("arn:aws:personalize:::recipe/aws-new"), anything="at all"),
    integers(Recipe.from_arn("arn:aws:personalize:::recipe/aws-new"), "anything", 1, 1000),
    config(
        Recipe.from_arn("arn:aws:personalize:::recipe/aws-new"),
        events_config=EVENTS,
        optimization_objective=OBJECTIVE,
    ),
    {
        "recipe": Recipe.from_arn("arn:aws:personalize:::recipe/aws-new"),
        "perform_hpo": True,
        "perform_incremental_update": True,
    },
]

HYPER = "solution_config.algorithm_hyper_parameters"
FEATURES = "solution_config.feature_transformation_parameters"
RANGES = "solution_config.hpo_config.algorithm_hyper_parameter_ranges"

REFUSED: list[tuple[Request, str]] = [
    (
        values(V1, hiden_dimension=100),
        f"{HYPER}['hiden_dimension'] must be one of the algorithm_hyper_paramet",
    ),
    (values(V1, hiden_dimension=100), "did you mean 'hidden_dimension'?"),
    (values(V1, HiddenDimension=100), "did you mean 'hidden_dimension'?"),
    (values(V2, bptt=32), "got 'bptt'; it has apply_recency_bias"),
    (values(Recipe.POPULARITY_COUNT, bptt=32), "it has none: leave it out"),
    (values(Recipe.NEXT_BEST_ACTION, action_optimization_period=14), f"it belongs in {FEATURES}"),
    (features(V1, bptt=32), f"{FEATURES}['bptt'] must be one of the feature_transformation_parameters"),
    (features(V1, bptt=32), f"it belongs in {HYPER}"),
    (values(V1, hidden_dimension=31), "must be 32 to 256: got 31"),
    (
        values(V1, hidden_dimension="257"),
        "must be 32 to 256: got '257'; choose one such as \"149\", its default",
    ),
    (values(V1, hidden_dimension="55.5"), "must be a whole number: got '55.5'; choose one such as \"149\""),
    (values(V1, hidden_dimension=149.0), "must be a whole number: got 149.0; write 149"),
    (values(V1, hidden_dimension="many"), "must be a whole number: got 'many'"),
    (values(V1, hidden_dimension=True), "must be a whole number: got True"),
    (values(V1, recency_mask=1), "must be one of 'true', 'false': got '1'"),
    (values(V1, recency_mask="tru"), "did you mean 'true'?"),
    (values(Recipe.SIMS, popularity_discount_factor=1.01), "must be 0.0 to 1.0: got 1.01"),
    (values(Recipe.SIMS, popularity_discount_factor="nan"), "must be a number: got 'nan'"),
    (values(Recipe.SIMILAR_ITEMS, item_id_hidden_dim=100), "must not have one value: it takes a range only"),
    (
        features(Recipe.TRENDING_NOW, trend_discovery_frequency="4 hours"),
        "must be one of '30 minutes', '1 hour'",
    ),
    (features(Recipe.NEXT_BEST_ACTION, action_optimization_period=6), "must be 7 to 28"),
    (
        integers(Recipe.SIMS, "bptt", 2, 32),
        f"{RANGES}.integer_hyper_parameter_ranges[0] must be one of the alg",
    ),
    (integers(V1, "btpt", 2, 32), "did you mean 'bptt'?"),
    (integers(V1, "bptt", 1, 32), "[0].min_value must be 2 to 32: got 1"),
    (integers(V1, "bptt", 2, 40), "[0].max_value must be 2 to 32: got 40"),
    (integers(V1, "recency_mask", 0, 1), "its kind is boolean: got 'recency_mask'; move it to categorical_"),
    (
        continuous(V1, "bptt", 2, 32),
        "its kind is integer: got 'bptt'; move it to integer_hyper_parameter_ranges",
    ),
    (continuous(Recipe.SIMILAR_ITEMS, "popularity_discount_factor", 0, 1), "can't tune it"),
    (
        categories(V1, "recency_mask", "true", "maybe"),
        "values[1] must be one of 'true', 'false': got 'maybe'",
    ),
    (integers(V1, "min_user_history_length_percentile", 0, 1), "it belongs in"),
    (
        config(Recipe.SIMS, events_config=EVENTS),
        "events_config must be left out for aws-sims: it is for Recipe.",
    ),
    (
        config(V1, events_config=EVENTS),
        "it is for Recipe.USER_PERSONALIZATION_V2 and Recipe.PERSONALIZED_RANK",
    ),
    (
        config(V2, optimization_objective=OBJECTIVE),
        "optimization_objective must be left out for aws-user-pers",
    ),
    (
        config(Recipe.NEXT_BEST_ACTION, training_data_config=COLUMNS),
        "for any recipe but Recipe.NEXT_BEST_ACTION",
    ),
    ({"recipe": V2, "perform_incremental_update": True}, "it is for Recipe.SEMANTIC_SIMILARITY"),
    (
        {"recipe": Recipe.TRENDING_NOW, "perform_hpo": True},
        "perform_hpo must not be True for aws-trending-now",
    ),
    (
        {"recipe": Recipe.from_name("aws-hrnn")},
        "no longer available: got 'aws-hrnn'; use Recipe.USER_PERSONALI",
    ),
    (
        {"recipe": Recipe.from_name("aws-vod-trending-now")},
        "VIDEO_ON_DEMAND, which is for CreateRecommender only: got 'aws-vod-trending-now'; the closest "
        "recipe for a solution is Recipe.TRENDING_NOW",
    ),
    (
        {"recipe": Recipe.from_arn("arn:${Token[AWS.Partition.4]}:personalize:::recipe/aws-hrnn")},
        "no longer available",
    ),
    (
        {"recipe": Recipe.from_arn("arn:aws:personalize:us-east-1:123456789012:recipe/aws-sims")},
        "must have neither Region nor account in its ARN",
    ),
    ({"recipe": Recipe.from_arn("arn:aws:personalize:::algorithm/aws-sims")}, "must be the ARN of a recipe"),
    ({"recipe": Recipe.from_name("arn:aws:personalize:::recipe/aws-sims")}, "use Recipe.SIMS"),
    ({"recipe": Recipe.from_name("aws sims")}, "use Recipe.SIMS"),
    (
        {"recipe": Recipe.from_name("aws-simz")},
        "use Recipe.SIMS, or Recipe.from_arn('arn:aws:personalize:::recipe/a",
    ),
    (
        {"recipe": Recipe.from_name("of-my-own")},
        "use a member of Recipe, such as Recipe.USER_PERSONALIZATION_V2, or",
    ),
    (
        {"recipe": Recipe.SIMS, "dataset_group": GROUP.replace("-group", "")},
        "dataset_group must be the ARN of a dataset group",
    ),
    (
        {"recipe": None, "perform_auto_ml": True, "perform_incremental_update": True},
        "must not be True when perform_auto_ml is True",
    ),
]

DOUBTED: list[tuple[Request, str, str]] = [
    ({"recipe": V2, "perform_hpo": True}, "hpo-undocumented", "perform_hpo is not documented"),
    (values(V1, **{"training.bptt": 32}), "parameter-spelling", "is spelled 'bptt' in requests"),
    (features(V1, min_hist_length_percentile=0.1), "parameter-spelling", "min_user_history_length"),
    (integers(V1, "training.bptt", 2, 32), "parameter-spelling", "is spelled 'bptt'"),
    (features(V1, cold_start_max_interactions=15), "parameter-undocumented", "is not documented"),
    (features(Recipe.TRENDING_NOW, trend_discovery_frequency="2 hours"), "value-disputed", "may be refused"),
    (config(Recipe.SIMS, training_data_config=TrainingDataConfig(included_dataset_columns={"item": []})),
     "dataset-type", "did you mean 'Items'?"),
    ({"recipe": None, "perform_auto_ml": True}, "auto-ml", "is advised against"),
]  # fmt: skip


@pytest.mark.parametrize("request_", ACCEPTED, ids=str)
def test_request__that_its_recipe_takes_or_may_take__has_nothing_wrong(request_: Request) -> None:
    assert [finding for finding in found(request_) if getattr(finding, "id", "") != "unknown-recipe"] == []


@pytest.mark.parametrize(("request_", "message"), REFUSED, ids=lambda value: str(value)[:60])
def test_request__that_its_recipe_does_not_take__has_one_problem_that_says_why(
    request_: Request, message: str
) -> None:
    [problem] = [finding for finding in found(request_) if not isinstance(finding, Doubt)]

    assert message in str(problem)


@pytest.mark.parametrize(("request_", "id_", "message"), DOUBTED, ids=lambda value: str(value)[:60])
def test_request__that_sources_disagree_on__is_doubted_and_no_more(
    request_: Request, id_: str, message: str
) -> None:
    [doubt] = found(request_)

    assert isinstance(doubt, Doubt)
    assert doubt.id == id_
    assert message in str(doubt)


def test_request__a_doubtful_name_with_a_value_out_of_range__is_refused_for_the_value() -> None:
    doubt, problem = found(values(V1, **{"training.bptt": 33}))

    assert isinstance(doubt, Doubt)
    assert not isinstance(problem, Doubt)
    assert "must be 2 to 32: got 33" in str(problem)


def test_request__with_auto_ml__is_doubted_for_what_the_service_ignores_and_refused_for_nothing() -> None:
    events = {
        "event_type": "buy",
        "solution_config": SolutionConfig(events_config=EVENTS, hpo_config=HpoConfig()),
    }

    findings = found({"recipe": None, "perform_auto_ml": True, **events})

    assert [finding.id for finding in findings if isinstance(finding, Doubt)] == [
        "auto-ml",
        "auto-ml-ignores",
    ]
    assert len(findings) == 2
