"""GetRecommendations: the items that a test names, from campaigns that serve."""

from __future__ import annotations

import pytest

from simulated import Simulated

CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/home-page"


@pytest.fixture
def campaign(sim: Simulated) -> str:
    return sim.campaign(sim.trained(sim.active()))


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


@pytest.mark.parametrize(
    "member",
    [
        {"recommenderArn": CAMPAIGN.replace("campaign", "recommender")},
        {"filterArn": CAMPAIGN.replace("campaign", "filter")},
        {"promotions": [{"name": "new", "percentPromotedItems": 10}]},
        {"metadataColumns": {"ITEMS": ["GENRES"]}},
    ],
)
def test_get_recommendations__what_would_change_the_answer__is_not_simulated(
    sim: Simulated, campaign: str, member: dict[str, object]
) -> None:
    code, message = sim.refusal("GetRecommendations", **({"campaignArn": campaign} | member))
    assert code == "NotImplementedException"
    assert next(iter(member)) in message


@pytest.mark.parametrize("operation", ["GetPersonalizedRanking", "GetActionRecommendations"])
def test_other_operations_of_the_runtime__are_not_simulated(sim: Simulated, operation: str) -> None:
    assert sim.refusal(operation) == ("NotImplementedException", f"{operation} is not simulated")


def test_get_recommendations__longer_ids_than_the_model_allows__are_refused(
    sim: Simulated, campaign: str
) -> None:
    code, message = sim.refusal("GetRecommendations", campaignArn=campaign, userId="a" * 257)
    assert code == "ValidationException"
    assert "userId" in message
