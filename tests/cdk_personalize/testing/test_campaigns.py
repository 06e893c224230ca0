"""`has_campaign` and `campaigns_of`: assertions about templates in the arguments of `Campaign`."""

from __future__ import annotations

import inspect
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from cdk_personalize import (
    Campaign,
    CampaignConfig,
    ItemExplorationConfig,
    RankingInfluence,
    Recipe,
    Solution,
)
from cdk_personalize.testing import campaigns_of, has_campaign, template_of
from support.requests import stacks

SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
VERSION = f"{SOLUTION}/236f000b"


@pytest.fixture(scope="module")
def template() -> Template:
    stack = cdk.Stack(cdk.App(), "EveryProperty")
    stacks.every_property_of_campaigns(stack, SOLUTION)
    return Template.from_stack(stack)


def test_has_campaign__against_campaign__takes_the_same_arguments_a_version_and_tags() -> None:
    def arguments(function: Any) -> list[str]:
        parameters = inspect.signature(function).parameters.values()
        return [
            parameter.name
            for parameter in parameters
            if parameter.kind is parameter.KEYWORD_ONLY and not parameter.name.startswith("_")
        ]

    assert arguments(has_campaign) == [*arguments(Campaign.__init__), "solution_version", "tags"]


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"campaign_name": "exploring", "min_provisioned_tps": 2, "adopt_existing": True},
        {"campaign_name": Match.string_like_regexp("^expl"), "solution": SOLUTION},
        {"adopt_existing": False, "tags": {"team": "recommendations"}},
        {"solution_version": VERSION},
        {"solution_version": Match.absent(), "campaign_name": Match.absent()},
        {
            "campaign_config": CampaignConfig(
                item_exploration_config=ItemExplorationConfig(exploration_weight=0.3)
            )
        },
        {
            "solution_version": VERSION,
            "campaign_config": CampaignConfig(ranking_influence={RankingInfluence.FRESHNESS: 1}),
        },
        {"campaign_config": CampaignConfig(sync_with_latest_solution_version=True)},
        {"removal_policy": cdk.RemovalPolicy.DESTROY},
    ],
)
def test_has_campaign__one_has_it__passes(template: Template, arguments: dict[str, Any]) -> None:
    has_campaign(template, **arguments)
    has_campaign(template_of(template), **arguments)


@pytest.mark.parametrize(
    ("arguments", "difference"),
    [
        (
            {"campaign_name": "exploring", "min_provisioned_tps": 3},
            "min_provisioned_tps: expected 3, found 2",
        ),
        (
            {"solution_version": VERSION, "campaign_name": "pinned"},
            "campaign_name: expected 'pinned', found nothing",
        ),
        (
            {"campaign_name": "exploring", "min_provisioned_tps": 2, "adopt_existing": False},
            "adopt_existing: expected False, found True",
        ),
        (
            {
                "solution_version": VERSION,
                "campaign_config": CampaignConfig(ranking_influence={RankingInfluence.POPULARITY: 1}),
            },
            "campaign_config.ranking_influence[<RankingInfluence.POPULARITY: 'POPULARITY'>]: "
            "expected 1, found 0.25",
        ),
        (
            {
                "campaign_name": "exploring",
                "campaign_config": CampaignConfig(
                    item_exploration_config=ItemExplorationConfig(exploration_item_age_cut_off=7)
                ),
            },
            "campaign_config.item_exploration_config.exploration_item_age_cut_off: expected '7', found '30'",
        ),
    ],
)
def test_has_campaign__none_has_it__names_the_closest_and_the_difference(
    template: Template, arguments: dict[str, Any], difference: str
) -> None:
    with pytest.raises(AssertionError) as failed:
        has_campaign(template, **arguments)

    headline, only, others = str(failed.value).splitlines()
    assert headline.startswith("no campaign is as expected; the closest is ")
    assert only.strip() == difference
    assert others.startswith("others: ")


def test_has_campaign__of_a_solution_of_the_stack__takes_the_construct() -> None:
    stack = cdk.Stack(cdk.App(), "Movies")
    group = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
    solution, another = (
        Solution(stack, name, dataset_group=group, recipe=Recipe.SIMS) for name in ("Movies", "Films")
    )
    Campaign(stack, "Live", solution=solution)
    template = Template.from_stack(stack)

    has_campaign(template, solution=solution)
    with pytest.raises(AssertionError, match=r"solution: expected \{'Ref': 'Films"):
        has_campaign(template, solution=another)


def test_has_campaign__no_campaign__says_so() -> None:
    with pytest.raises(AssertionError, match="the template has no campaign"):
        has_campaign(Template.from_json({"Resources": {}}))


def test_campaigns_of__a_template__tells_properties_by_logical_id(template: Template) -> None:
    assert campaigns_of(template) == campaigns_of(template_of(template))
    assert {properties["solutionArn"] for properties in campaigns_of(template).values()} == {SOLUTION}
    assert len(campaigns_of(template)) == 5
