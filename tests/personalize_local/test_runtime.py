"""GetRecommendations: the items that a test names, from campaigns that serve."""

from __future__ import annotations

from uuid import UUID

import pytest

from support.virtual_time.simulated import Simulated


@pytest.fixture
def campaign(sim: Simulated) -> str:
    return sim.campaign(sim.trained(sim.active()))


SCORED = ("aws-user-personalization", "aws-user-personalization-v2")


def of_recipe(sim: Simulated, recipe: str) -> str:
    """A campaign that is ACTIVE, of a recipe."""
    arn = sim.campaign(sim.trained(sim.active(name=recipe, recipeArn=sim.recipe(recipe))), name=recipe)
    sim.advance(5)
    return arn


def recommended(sim: Simulated, campaign: str, **members: object) -> list[str]:
    answer = sim.call("GetRecommendations", campaignArn=campaign, userId="ann", **members)
    return [item["itemId"] for item in answer["itemList"]]


def test_get_recommendations__nothing_named__answers_25_items(sim: Simulated, campaign: str) -> None:
    sim.advance(5)
    assert recommended(sim, campaign) == [f"item-{number}" for number in range(1, 26)]


def test_get_recommendations__items_named__answers_them_in_order(sim: Simulated, campaign: str) -> None:
    sim.advance(5)
    sim.service.recommend(["jaws", "alien", "heat"])
    assert recommended(sim, campaign) == ["jaws", "alien", "heat"]
    assert recommended(sim, campaign, numResults=2) == ["jaws", "alien"]
    sim.service.recommend([])
    assert recommended(sim, campaign) == []


def test_get_recommendations__after_a_reset__answers_as_at_first(sim: Simulated) -> None:
    sim.service.recommend(["jaws"])
    sim.service.reset()
    sim.create_group("films")
    campaign = sim.campaign(sim.trained(sim.active()))
    sim.advance(5)
    assert recommended(sim, campaign, numResults=1) == ["item-1"]


def test_get_recommendations__campaign_not_there_or_not_active__is_not_found(
    sim: Simulated, campaign: str
) -> None:
    for arn in (campaign, f"{campaign}-2"):
        code, message = sim.refusal("GetRecommendations", campaignArn=arn, userId="ann")
        assert code == "ResourceNotFoundException"
        assert arn in message


def test_get_recommendations__no_campaign__is_invalid(sim: Simulated) -> None:
    assert sim.refusal("GetRecommendations", userId="ann")[0] == "InvalidInputException"


def test_get_recommendations__campaign_and_recommender__are_refused_together(
    sim: Simulated, campaign: str
) -> None:
    both = {"campaignArn": campaign, "recommenderArn": campaign.replace("campaign", "recommender")}
    assert sim.refusal("GetRecommendations", userId="ann", **both) == (
        "InvalidInputException",
        "either campaignArn or recommenderArn must be given",
    )


def test_action_recommendations__of_the_runtime__are_not_simulated(sim: Simulated) -> None:
    assert sim.refusal("GetActionRecommendations") == (
        "NotImplementedException",
        "GetActionRecommendations is not simulated",
    )


def test_get_recommendations__longer_ids_than_the_model_allows__are_refused(
    sim: Simulated, campaign: str
) -> None:
    code, message = sim.refusal("GetRecommendations", campaignArn=campaign, userId="a" * 257)
    assert code == "ValidationException"
    assert "userId" in message


@pytest.mark.parametrize("recipe", SCORED)
def test_get_recommendations__of_a_recipe_with_scores__fall_and_are_one_in_all(
    sim: Simulated, recipe: str
) -> None:
    campaign = of_recipe(sim, recipe)
    items = sim.call("GetRecommendations", campaignArn=campaign, userId="ann")["itemList"]
    scores = [item["score"] for item in items]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1, abs=1e-5)
    fewer = sim.call("GetRecommendations", campaignArn=campaign, userId="ann", numResults=2)["itemList"]
    assert fewer == items[:2]


@pytest.mark.parametrize(
    "recipe", ["aws-popularity-count", "aws-trending-now", "aws-similar-items", "aws-sims"]
)
def test_get_recommendations__of_other_recipes__have_no_scores(sim: Simulated, recipe: str) -> None:
    campaign = of_recipe(sim, recipe)
    [item] = sim.call("GetRecommendations", campaignArn=campaign, userId="a", itemId="b", numResults=1)[
        "itemList"
    ]
    assert item == {"itemId": "item-1"}


def test_get_recommendations__each__has_an_id_of_its_own(sim: Simulated, campaign: str) -> None:
    sim.advance(5)
    ids = [
        sim.call("GetRecommendations", campaignArn=campaign, userId="ann")["recommendationId"]
        for _ in range(2)
    ]
    assert ids[0] != ids[1]
    for one in ids:
        prefix, _, rest = one.partition("-")
        assert (prefix, str(UUID(rest)), len(one)) == ("RID", rest, 40)


def test_get_recommendations__more_than_500__are_refused(sim: Simulated, campaign: str) -> None:
    sim.advance(5)
    sim.service.recommend(str(n) for n in range(600))
    assert len(recommended(sim, campaign, numResults=500)) == 500
    assert sim.refusal("GetRecommendations", campaignArn=campaign, userId="ann", numResults=501) == (
        "InvalidInputException",
        "numResults must be at most 500: got 501",
    )


@pytest.mark.parametrize(
    ("recipe", "given", "words"),
    [
        ("aws-user-personalization-v2", "itemId", "userId must be given"),
        ("aws-sims", "userId", "itemId must be given"),
        ("aws-personalized-ranking", "userId", "use GetPersonalizedRanking"),
        ("aws-next-best-action", "userId", "use GetActionRecommendations"),
    ],
)
def test_get_recommendations__without_what_the_recipe_recommends_for__is_refused(
    sim: Simulated, recipe: str, given: str, words: str
) -> None:
    code, message = sim.refusal("GetRecommendations", campaignArn=of_recipe(sim, recipe), **{given: "a"})
    assert (code, words in message) == ("InvalidInputException", True), message


def test_get_recommendations__of_popular_items__needs_nobody(sim: Simulated) -> None:
    campaign = of_recipe(sim, "aws-popularity-count")
    assert len(sim.call("GetRecommendations", campaignArn=campaign)["itemList"]) == 25


def test_get_recommendations__while_the_campaign_is_updated__go_on(sim: Simulated, campaign: str) -> None:
    sim.advance(5)
    sim.call("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=2)
    assert recommended(sim, campaign, numResults=1) == ["item-1"]
