"""What a Campaign refuses or doubts, and its messages."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize import (
    AutoTraining,
    Campaign,
    CampaignConfig,
    InvalidCampaignError,
    ItemExplorationConfig,
    Problem,
    RankingInfluence,
    Recipe,
)
from cdk_personalize.campaign.request import CampaignRequest
from cdk_personalize.campaign.rules import Source, VersionChoice, examine, following_doubts
from cdk_personalize.model.findings import Doubt

SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
VERSION = f"{SOLUTION}/236f000b"
V1 = Recipe.USER_PERSONALIZATION
EXPLORES = CampaignConfig(item_exploration_config=ItemExplorationConfig(exploration_weight=0.5))
FAVORS = CampaignConfig(ranking_influence={RankingInfluence.POPULARITY: 0.5})


def found(
    choice: VersionChoice = VersionChoice.PROMOTER,
    recipe: Recipe | None = None,
    **arguments: Any,
) -> list[Problem]:
    request = CampaignRequest(**{"solution": SOLUTION, **arguments})
    return examine(request, choice, Source(recipe=recipe))


def exploration(**members: Any) -> dict[str, Any]:
    return {"campaign_config": CampaignConfig(item_exploration_config=ItemExplorationConfig(**members))}


def config(**members: Any) -> dict[str, Any]:
    return {"campaign_config": CampaignConfig(**members)}


@pytest.mark.parametrize(
    ("arguments", "at", "rule"),
    [
        ({"solution": None}, "solution", "is required"),
        ({"solution": "movies"}, "solution", "must be the ARN of a solution"),
        ({"solution": VERSION}, "solution", "must be the ARN of a solution"),
        ({"solution": 5}, "solution", "must be a solution"),
        ({"campaign_name": "my campaign"}, "campaign_name", "must have only letters, digits, - and _"),
        ({"campaign_name": "a" * 64}, "campaign_name", "must have 1 to 63 characters"),
        ({"min_provisioned_tps": 0}, "min_provisioned_tps", "must be at least 1"),
        ({"min_provisioned_tps": "2"}, "min_provisioned_tps", "must be a whole number"),
        ({"min_provisioned_tps": True}, "min_provisioned_tps", "must be a whole number"),
        ({"campaign_config": {}}, "campaign_config", "must be of type CampaignConfig"),
        (
            config(enable_metadata_with_recommendations="yes"),
            "campaign_config.enable_metadata_with_recommendations",
            "must be True or False",
        ),
        (
            exploration(exploration_weight=1.5),
            "campaign_config.item_exploration_config.exploration_weight",
            "must be 0 to 1",
        ),
        (
            exploration(exploration_weight="-0.1"),
            "campaign_config.item_exploration_config.exploration_weight",
            "must be 0 to 1",
        ),
        (
            exploration(exploration_weight="much"),
            "campaign_config.item_exploration_config.exploration_weight",
            "must be a number",
        ),
        (
            exploration(exploration_item_age_cut_off=0),
            "campaign_config.item_exploration_config.exploration_item_age_cut_off",
            "must be at least 1",
        ),
        (
            config(ranking_influence={RankingInfluence.FRESHNESS: 1.1}),
            f"campaign_config.ranking_influence[{RankingInfluence.FRESHNESS!r}]",
            "must be 0 to 1",
        ),
        (
            config(ranking_influence={"FRESHNES": 1}),
            "a key of campaign_config.ranking_influence",
            "must be a member of RankingInfluence",
        ),
        (
            config(sync_with_latest_solution_version=True),
            "campaign_config.sync_with_latest_solution_version",
            "must be left out: the service then deploys every new version",
        ),
    ],
)
def test_campaign__one_wrong_argument__is_the_only_problem(
    arguments: dict[str, Any], at: str, rule: str
) -> None:
    [problem] = found(**arguments)

    assert not isinstance(problem, Doubt)
    assert problem.argument == at
    assert problem.rule.startswith(rule)


@pytest.mark.parametrize(
    ("version", "rule"),
    [
        (None, "is required"),
        ("236f000b", "must be the ARN of a solution version"),
        (SOLUTION, "must be the ARN of a solution version"),
        (f"{SOLUTION}/$LATEST", "must be the ARN of a solution version"),
        (VERSION.replace("movies", "films"), f"must be a version of the solution {SOLUTION}"),
        (7, "must be a solution version"),
    ],
)
def test_fixed__no_version_of_the_solution__is_refused(version: Any, rule: str) -> None:
    problem = found(VersionChoice.FIXED, solution_version=version)[0]

    assert (problem.argument, problem.rule) == ("solution_version", rule)


def test_fixed__a_version_known_at_deploy_time__is_not_compared() -> None:
    assert found(VersionChoice.FIXED, solution_version=cdk.Fn.import_value("version")) == []


def test_following_latest__without_sync__is_refused() -> None:
    [problem] = found(VersionChoice.LATEST, **config(sync_with_latest_solution_version=False))

    assert problem.argument == "campaign_config.sync_with_latest_solution_version"


def test_following_latest__of_a_config_known_at_deploy_time__is_refused_for_its_flag_can_not_be_set() -> None:
    config = cdk.Token.as_any({"syncWithLatestSolutionVersion": False})

    [problem] = found(VersionChoice.LATEST, campaign_config=config)

    assert problem.argument == "campaign_config"
    assert found(VersionChoice.PROMOTER, campaign_config=config) == []


@pytest.mark.parametrize("recipe", [Recipe.ITEM_AFFINITY, Recipe.ITEM_ATTRIBUTE_AFFINITY])
def test_recipe__for_batch_jobs_only__has_no_campaign(recipe: Recipe) -> None:
    [problem] = found(recipe=recipe)

    assert problem.argument == "solution"
    assert problem.rule.endswith(f"{recipe.name} is for batch jobs only")


ALL = [recipe for recipe in vars(Recipe).values() if isinstance(recipe, Recipe)]


@pytest.mark.parametrize(
    ("given_config", "taker"),
    [(EXPLORES, V1), (FAVORS, Recipe.SEMANTIC_SIMILARITY)],
    ids=["exploration", "influence"],
)
def test_recipe__all_but_one__refuse_a_configuration_that_is_for_that_one(
    given_config: CampaignConfig, taker: Recipe
) -> None:
    refused = {
        recipe.name
        for recipe in ALL
        if any(
            "must be left out for" in problem.rule
            for problem in found(recipe=recipe, campaign_config=given_config)
        )
    }

    assert refused == {recipe.name for recipe in ALL} - {taker.name}
    assert found(campaign_config=given_config) == [], "nothing is known about the recipe"


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize(
    ("recipe", "is_doubted"),
    [(Recipe.USER_PERSONALIZATION_V2, True), (Recipe.PERSONALIZED_RANKING_V2, True), (V1, False)],
)
def test_metadata__of_a_v2_recipe__needs_no_flag(recipe: Recipe, *, is_doubted: bool, flag: bool) -> None:
    doubts = found(recipe=recipe, **config(enable_metadata_with_recommendations=flag))

    assert [doubt.id for doubt in doubts if isinstance(doubt, Doubt)] == ["campaign-metadata"] * is_doubted
    assert len(doubts) == is_doubted


@pytest.mark.parametrize(
    ("tps", "ids"), [(None, []), (1, []), (2, ["campaign-throughput"]), (500, ["campaign-throughput"])]
)
def test_throughput__from_two__is_doubted(tps: int | None, ids: list[str]) -> None:
    assert [doubt.id for doubt in found(min_provisioned_tps=tps) if isinstance(doubt, Doubt)] == ids


@pytest.mark.parametrize(
    ("training", "pipelines", "ids"),
    [
        (AutoTraining.DISABLED, {}, ["campaign-without-training"]),
        (AutoTraining.every(days=7), {}, []),
        (None, {}, []),
        (AutoTraining.DISABLED, {"Films/Train": False}, []),
        (AutoTraining.DISABLED, {"Films/Train": False, "Films/Judge": True}, ["campaign-bypasses-gate"]),
        (None, {"Films/Judge": True}, ["campaign-bypasses-gate"]),
    ],
)
def test_following_latest__of_a_solution_that_nothing_trains_or_a_gate_guards__is_doubted(
    training: AutoTraining | None, pipelines: dict[str, bool], ids: list[str]
) -> None:
    doubts = list(following_doubts(training, pipelines))

    assert [doubt.id for doubt in doubts] == ids
    assert [doubt.value for doubt in doubts if doubt.id == "campaign-bypasses-gate"] == [
        path for path, judges in pipelines.items() if judges
    ]


@given(weight=st.floats(0, 1), days=st.integers(1, 10**6))
def test_exploration__in_range__is_never_refused(weight: float, days: int) -> None:
    for value in (weight, str(weight)):
        arguments = exploration(exploration_weight=value, exploration_item_age_cut_off=days)
        assert found(recipe=V1, **arguments) == []


def test_campaign__with_several_problems__lists_all_of_them(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidCampaignError) as raised:
        Campaign(
            stack,
            "Live",
            solution="movies",
            min_provisioned_tps=0,
            campaign_config=FAVORS,
            adopt_existing=True,
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
        )

    assert raised.value.path == "Stack/Live"
    assert [problem.argument for problem in raised.value.problems] == [
        "solution",
        "min_provisioned_tps",
        "adopt_existing",
        "removal_policy",
    ]
    assert stack.node.children == []
