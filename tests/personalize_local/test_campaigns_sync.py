"""Campaigns that follow the newest version of their solution."""

from __future__ import annotations

from typing import Any

import pytest

from support.virtual_time.simulated import DAY, Simulated

SYNC = {"syncWithLatestSolutionVersion": True}


@pytest.fixture
def solution(sim: Simulated) -> str:
    return sim.active()


@pytest.fixture
def campaign(sim: Simulated, solution: str) -> str:
    """An ACTIVE campaign that follows the solution."""
    sim.trained(solution)
    arn = sim.campaign(f"{solution}/$LATEST", campaignConfig=SYNC)
    sim.advance(5)
    return arn


def described(sim: Simulated, arn: str) -> dict[str, Any]:
    return dict(sim.call("DescribeCampaign", campaignArn=arn)["campaign"])


def test_sync__newer_version_active__updates_the_campaign_from_that_moment(
    sim: Simulated, solution: str, campaign: str
) -> None:
    first = described(sim, campaign)["solutionVersionArn"]
    newest = sim.train(solution)
    sim.advance(1199)
    assert "latestCampaignUpdate" not in described(sim, campaign)
    sim.advance(2)
    now = described(sim, campaign)
    latest = now["latestCampaignUpdate"]
    assert (now["solutionVersionArn"], latest["solutionVersionArn"]) == (first, newest)
    assert latest["status"] == "CREATE IN_PROGRESS"
    assert latest["creationDateTime"] == sim.version(newest)["lastUpdatedDateTime"]
    sim.advance(4)
    now = described(sim, campaign)
    assert (now["solutionVersionArn"], now["latestCampaignUpdate"]["status"]) == (newest, "ACTIVE")
    assert now["campaignConfig"] == SYNC


def test_sync__clock_advanced_by_a_month__ends_at_the_last_automatic_version(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.trained(solution)
    campaign = sim.campaign(f"{solution}/$LATEST", campaignConfig=SYNC)
    sim.advance(30 * DAY)
    versions = sim.versions(solution)
    assert len(versions) == 5
    now = described(sim, campaign)
    assert now["solutionVersionArn"] == versions[-1]["solutionVersionArn"]
    assert now["latestCampaignUpdate"]["creationDateTime"] == versions[-1]["lastUpdatedDateTime"]


def test_sync__version_active_during_an_update__waits_for_its_end(
    sim: Simulated, solution: str, campaign: str
) -> None:
    sim.service.set_durations(campaign_update=100)
    newest = sim.train(solution)
    sim.advance(1199)
    sim.call("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=2)
    sim.advance(50)
    assert described(sim, campaign)["latestCampaignUpdate"]["solutionVersionArn"] != newest
    sim.advance(51)
    now = described(sim, campaign)
    assert (now["minProvisionedTPS"], now["latestCampaignUpdate"]["solutionVersionArn"]) == (2, newest)
    sim.advance(100)
    assert described(sim, campaign)["solutionVersionArn"] == newest


def test_sync__update_fails__is_tried_again_with_the_next_version_only(
    sim: Simulated, solution: str, campaign: str
) -> None:
    first = described(sim, campaign)["solutionVersionArn"]
    sim.fail("campaign_update", reason="no capacity")
    sim.trained(solution)
    sim.advance(60)
    now = described(sim, campaign)
    assert (now["solutionVersionArn"], now["latestCampaignUpdate"]["status"]) == (first, "CREATE FAILED")
    newest = sim.trained(solution)
    sim.advance(5)
    assert described(sim, campaign)["solutionVersionArn"] == newest


def test_sync__version_fails_or_sync_is_off__changes_nothing(
    sim: Simulated, solution: str, campaign: str
) -> None:
    sim.fail("solution_version")
    sim.trained(solution)
    sim.advance(60)
    assert "latestCampaignUpdate" not in described(sim, campaign)
    sim.call("UpdateCampaign", campaignArn=campaign, campaignConfig={"syncWithLatestSolutionVersion": False})
    sim.advance(5)
    before = described(sim, campaign)
    sim.trained(solution)
    sim.advance(60)
    assert described(sim, campaign) == before


def test_latest__without_sync__stays_with_its_version(sim: Simulated, solution: str) -> None:
    version = sim.trained(solution)
    arn = sim.campaign(f"{solution}/$LATEST")
    sim.advance(5)
    sim.trained(solution)
    sim.advance(60)
    now = described(sim, arn)
    assert (now["solutionVersionArn"], "latestCampaignUpdate" in now) == (version, False)


@pytest.mark.parametrize(
    ("name", "value", "taken"),
    [
        ("explorationWeight", "0", True),
        ("explorationWeight", "1.0", True),
        ("explorationWeight", "1.1", False),
        ("explorationWeight", "-0.1", False),
        ("explorationWeight", "much", False),
        ("explorationWeight", "nan", False),
        ("explorationItemAgeCutOff", "1", True),
        ("explorationItemAgeCutOff", "0.5", False),
        ("explorationItemAgeCutOff", "inf", False),
    ],
)
def test_exploration__value__must_be_in_its_bounds(
    sim: Simulated, name: str, value: str, taken: bool
) -> None:
    version = sim.trained(sim.active(recipeArn=sim.recipe("aws-user-personalization")))
    request = {"solutionVersionArn": version, "campaignConfig": {"itemExplorationConfig": {name: value}}}
    if taken:
        sim.call("CreateCampaign", name="c", **request)
        return
    code, message = sim.refusal("CreateCampaign", name="c", **request)
    assert (code, f"{name} must be a number" in message, value in message) == (
        "InvalidInputException",
        True,
        True,
    )


@pytest.mark.parametrize("operation", ["CreateCampaign", "UpdateCampaign"])
def test_minimum_tps__below_one__is_a_validation_error(sim: Simulated, campaign: str, operation: str) -> None:
    code, message = sim.refusal(
        operation, name="c", solutionVersionArn=campaign, campaignArn=campaign, minProvisionedTPS=0
    )
    assert (code, "minProvisionedTPS" in message) == ("ValidationException", True)


def test_ranking_influence__of_semantic_similarity__is_taken_within_its_bounds(sim: Simulated) -> None:
    version = sim.trained(sim.active(recipeArn=sim.recipe("aws-semantic-similarity")))
    sim.campaign(version, campaignConfig={"rankingInfluence": {"POPULARITY": 1.0, "FRESHNESS": 0.0}})
    for influence in ({"POPULARITY": 1.1}, {"PRICE": 0.5}):
        request = {"solutionVersionArn": version, "campaignConfig": {"rankingInfluence": influence}}
        assert sim.refusal("CreateCampaign", name="c", **request)[0] == "ValidationException"
