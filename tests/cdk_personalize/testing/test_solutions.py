"""`has_solution` and `solutions_of`: assertions about templates in the arguments of `Solution`."""

from __future__ import annotations

import inspect
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_personalize as personalize
from aws_cdk.assertions import Match, Template

from cdk_personalize import (
    AutoMLConfig,
    AutoTraining,
    EventParameters,
    EventsConfig,
    ObjectiveSensitivity,
    OptimizationObjective,
    PersonalizeProvider,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.testing import has_solution, solutions_of, template_of
from support.requests import stacks

DATASET_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
WATCH = EventParameters(event_type="watch", event_value_threshold=0.5, weight=1.0)
LIKE = EventParameters(event_type="like", weight=0.25)


def events(*parameters: EventParameters) -> SolutionConfig:
    return SolutionConfig(events_config=EventsConfig(event_parameters_list=parameters))


@pytest.fixture(scope="module")
def template() -> Template:
    stack = cdk.Stack(cdk.App(), "EveryProperty")
    stacks.every_property(stack, DATASET_GROUP)
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def simple() -> Template:
    """One solution, of whose group and name CloudFormation knows more than we do."""
    stack = cdk.Stack(cdk.App(), "Simple", env=cdk.Environment(region="cn-north-1"))
    group = personalize.CfnDatasetGroup(stack, "Group", name="movies")
    name = cdk.CfnParameter(stack, "Name").value_as_string
    Solution(
        stack,
        "Movies",
        dataset_group=group.attr_dataset_group_arn,
        recipe=Recipe.SIMS,
        solution_name=name,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    return Template.from_stack(stack)


def test_has_solution__against_solution__takes_the_same_arguments_and_tags() -> None:
    def arguments(function: Any) -> list[str]:
        parameters = inspect.signature(function).parameters.values()
        return [parameter.name for parameter in parameters if parameter.kind is parameter.KEYWORD_ONLY]

    assert arguments(has_solution) == [*arguments(Solution.__init__), "tags"]


def test_has_solution__that_adopts_with_another_provider__is_found_by_both() -> None:
    stack = cdk.Stack(cdk.App(), "Movies")
    here = PersonalizeProvider(stack)
    there = PersonalizeProvider.from_service_token(stack, "There", "arn:aws:lambda:there")
    group = {"dataset_group": DATASET_GROUP, "recipe": Recipe.SIMS}
    Solution(stack, "Own", **group)
    Solution(stack, "Adopted", **group, solution_name="films", adopt_existing=True, provider=there)
    template = Template.from_stack(stack)

    has_solution(template, adopt_existing=True, provider=there)
    has_solution(template, adopt_existing=False, provider=here)
    with pytest.raises(AssertionError, match="adopt_existing: expected True, found nothing"):
        has_solution(template, adopt_existing=True, provider=here)
    with pytest.raises(AssertionError, match="provider: expected 'arn:aws:lambda:there', found"):
        has_solution(template, adopt_existing=False, solution_name=Match.absent(), provider=there)


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"recipe": Recipe.USER_PERSONALIZATION_V2, "solution_name": "weighted"},
        {"recipe": Match.any_value(), "dataset_group": DATASET_GROUP},
        {"solution_name": "weighted", "auto_training": AutoTraining.every(days=3)},
        {"recipe": Recipe.SIMS, "auto_training": AutoTraining.DISABLED, "perform_hpo": True},
        {"recipe": Recipe.SEMANTIC_SIMILARITY, "perform_incremental_update": True},
        {"perform_auto_ml": True, "recipe": Match.absent()},
        {"solution_config": events(WATCH, LIKE), "wait_for_training_on_delete": True},
        {"recipe": Recipe.SIMS, "wait_for_training_on_delete": False},
        {"event_type": "watch", "tags": {"team": "recommendations"}},
        {"event_type": Match.string_like_regexp("^wat"), "tags": {"team": Match.any_value()}},
        {"removal_policy": cdk.RemovalPolicy.DESTROY},
        {
            "solution_config": SolutionConfig(
                algorithm_hyper_parameters={"apply_recency_bias": True},
                training_data_config=TrainingDataConfig(excluded_dataset_columns={"Items": ["DESCRIPTION"]}),
            )
        },
        {
            "solution_config": SolutionConfig(
                event_value_threshold=0.5,
                optimization_objective=OptimizationObjective(objective_sensitivity=ObjectiveSensitivity.LOW),
            )
        },
    ],
)
def test_has_solution__one_has_it__passes(template: Template, arguments: dict[str, Any]) -> None:
    has_solution(template, **arguments)
    has_solution(template_of(template), **arguments)


@pytest.mark.parametrize(
    ("arguments", "difference"),
    [
        (
            {"solution_name": "weighted", "recipe": Recipe.SIMS},
            "recipe: expected 'aws-sims', found 'aws-user-personalization-v2'",
        ),
        (
            {"perform_auto_ml": True, "recipe": Recipe.SIMS, "perform_hpo": Match.absent()},
            "recipe: expected 'aws-sims', found nothing",
        ),
        (
            {"perform_auto_ml": True, "perform_hpo": True, "recipe": Match.absent()},
            "perform_hpo: expected True, found nothing",
        ),
        (
            {"solution_name": "weighted", "auto_training": AutoTraining.every(days=7)},
            "auto_training: expected 'rate(7 days)', found 'rate(3 days)'",
        ),
        (
            {"solution_name": "weighted", "auto_training": AutoTraining.DISABLED},
            "auto_training: expected 'off', found 'rate(3 days)'",
        ),
        (
            {"solution_name": "weighted", "solution_config": events(WATCH, EventParameters(weight=0.5))},
            "solution_config.events_config.event_parameters_list[1].weight: expected 0.5, found 0.25",
        ),
        (
            {"solution_name": "weighted", "solution_config": events(WATCH)},
            "solution_config.events_config.event_parameters_list: expected "
            "[{'eventType': 'watch', 'eventValueThreshold': 0.5, 'weight': 1.0}], found "
            "[{'eventType': 'watch', 'eventValueThreshold': 0.5, 'weight': 1}, "
            "{'eventType': 'like', 'weight': 0.25}]",
        ),
        (
            {
                "solution_name": "weighted",
                "solution_config": SolutionConfig(algorithm_hyper_parameters={"a": 1}),
            },
            "solution_config.algorithm_hyper_parameters['a']: expected '1', found nothing",
        ),
        (
            {
                "recipe": Recipe.SEMANTIC_SIMILARITY,
                "solution_config": SolutionConfig(auto_ml_config=AutoMLConfig(metric_name="a")),
            },
            "solution_config.auto_ml_config.metric_name: expected 'a', found nothing",
        ),
        (
            {"solution_name": "weighted", "wait_for_training_on_delete": False},
            "wait_for_training_on_delete: expected False, found True",
        ),
        (
            {"solution_name": "weighted", "removal_policy": cdk.RemovalPolicy.RETAIN},
            "removal_policy: expected 'Retain', found 'Delete'",
        ),
        (
            {"event_type": "watch", "tags": {"team": "search"}},
            "tags['team']: expected 'search', found 'recommendations'",
        ),
        (
            {"event_type": Match.string_like_regexp("^click"), "perform_hpo": True},
            "event_type: expected ",
        ),
    ],
)
def test_has_solution__none_has_it__names_the_closest_and_the_difference(
    template: Template, arguments: dict[str, Any], difference: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        has_solution(template, **arguments)

    headline, *differences, others = str(failed.value).splitlines()
    assert headline.startswith("no solution is as expected; the closest is ")
    (only,) = differences[:1] if "others:" in others else differences
    assert only.strip().startswith(difference)
    assert others.count(",") == 3


def test_has_solution__tokens_and_intrinsic_functions__are_compared_as_in_the_template(
    simple: Template,
) -> None:
    stack = cdk.Stack(cdk.App(), "Other")
    group = personalize.CfnDatasetGroup(stack, "Group", name="movies")

    has_solution(simple, dataset_group=group.attr_dataset_group_arn, solution_name={"Ref": "Name"})
    has_solution(simple, recipe=Recipe.SIMS, removal_policy=cdk.RemovalPolicy.RETAIN)
    with pytest.raises(AssertionError, match=r"solution_name: expected 'films', found {'Ref': 'Name'}"):
        has_solution(simple, solution_name="films")


def test_has_solution__no_solution__says_so() -> None:
    with pytest.raises(AssertionError, match="the template has no solution"):
        has_solution(Template.from_json({"Resources": {}}), recipe=Recipe.SIMS)


def test_solutions_of__a_template__tells_properties_by_logical_id(
    simple: Template, template: Template
) -> None:
    assert [properties["name"] for properties in solutions_of(simple).values()] == [{"Ref": "Name"}]
    assert solutions_of(simple) == solutions_of(template_of(simple))
    assert len(solutions_of(template)) == 5


def test_has_solution__that_fails__hides_its_inside_from_the_traceback(template: Template) -> None:
    with pytest.raises(AssertionError) as failed:
        has_solution(template, solution_name="another")

    (shown,) = failed.traceback.filter(failed)
    assert shown.name == "test_has_solution__that_fails__hides_its_inside_from_the_traceback"
