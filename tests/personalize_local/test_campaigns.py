from __future__ import annotations

from typing import Any

import pytest

from support.virtual_time.simulated import Simulated

V1 = "aws-user-personalization"


def test_create__of_an_active_version__becomes_active(sim: Simulated) -> None:
    solution = sim.active()
    version = sim.trained(solution)
    arn = sim.campaign(version, campaignConfig={"enableMetadataWithRecommendations": True})
    assert arn == "arn:aws:personalize:us-east-1:123456789012:campaign/home-page"
    campaign = sim.call("DescribeCampaign", campaignArn=arn)["campaign"]
    assert (campaign["status"], campaign["solutionVersionArn"]) == ("CREATE PENDING", version)
    assert campaign["minProvisionedTPS"] == 1
    assert campaign["campaignConfig"] == {"enableMetadataWithRecommendations": True}
    sim.advance(5)
    [summary] = sim.call("ListCampaigns", solutionArn=solution)["campaigns"]
    assert (summary["name"], summary["status"]) == ("home-page", "ACTIVE")
    assert sim.call("ListCampaigns", solutionArn=f"{solution}-2") == {"campaigns": []}


def test_create__of_latest__takes_the_newest_active_version(sim: Simulated) -> None:
    solution = sim.active()
    assert sim.refusal("CreateCampaign", name="c", solutionVersionArn=f"{solution}/$LATEST")[0] == (
        "ResourceNotFoundException"
    )
    sim.trained(solution)
    newest = sim.trained(solution)
    sim.train(solution)
    config = {"syncWithLatestSolutionVersion": True}
    arn = sim.campaign(f"{solution}/$LATEST", campaignConfig=config)
    assert sim.call("DescribeCampaign", campaignArn=arn)["campaign"]["solutionVersionArn"] == newest


@pytest.mark.parametrize(
    ("recipe", "config", "words"),
    [
        (V1, {"syncWithLatestSolutionVersion": True}, "ends in /$LATEST"),
        (V1, {"rankingInfluence": {"POPULARITY": 0.5}}, "rankingInfluence is not supported"),
        ("aws-sims", {"itemExplorationConfig": {"explorationWeight": "0.3"}}, "itemExplorationConfig is not"),
        ("aws-item-affinity", {}, "does not support campaigns"),
    ],
)
def test_create__against_the_recipe__is_refused(
    sim: Simulated, recipe: str, config: object, words: str
) -> None:
    version = sim.trained(sim.active(recipeArn=sim.recipe(recipe)))
    code, message = sim.refusal("CreateCampaign", name="c", solutionVersionArn=version, campaignConfig=config)
    assert code == "InvalidInputException"
    assert words in message


def test_create__with_exploration_on_v1__is_taken(sim: Simulated) -> None:
    version = sim.trained(sim.active(recipeArn=sim.recipe(V1)))
    sim.campaign(version, campaignConfig={"itemExplorationConfig": {"explorationWeight": "0.3"}})


def test_create__of_a_version_in_training__is_refused(sim: Simulated) -> None:
    version = sim.train(sim.active())
    code, message = sim.refusal("CreateCampaign", name="c", solutionVersionArn=version)
    assert code == "InvalidInputException"
    assert "CREATE PENDING" in message


def test_create__of_a_bare_solution__is_not_found(sim: Simulated) -> None:
    solution = sim.active()
    sim.trained(solution)
    code, _ = sim.refusal("CreateCampaign", name="c", solutionVersionArn=solution)
    assert code == "ResourceNotFoundException"


def test_create__taken_name_and_full_quota__are_refused(sim: Simulated) -> None:
    version = sim.trained(sim.active())
    for n in range(5):
        sim.campaign(version, name=f"c{n}")
    assert (
        sim.refusal("CreateCampaign", name="c0", solutionVersionArn=version)[0]
        == "ResourceAlreadyExistsException"
    )
    code, message = sim.refusal("CreateCampaign", name="c5", solutionVersionArn=version)
    assert (code, "More than 5 resources" in message) == ("LimitExceededException", True)


def test_quota__of_campaigns__counts_those_of_the_group_that_did_not_fail(sim: Simulated) -> None:
    version = sim.trained(sim.active())
    other = sim.trained(sim.active(name="other", datasetGroupArn=sim.create_group("books")))
    for n in range(5):
        sim.campaign(other, name=f"other-{n}")
    sim.fail("campaign")
    sim.campaign(version, name="failed")
    sim.advance(5)
    for n in range(5):
        sim.campaign(version, name=f"c{n}")
    assert sim.refusal("CreateCampaign", name="c5", solutionVersionArn=version)[0] == "LimitExceededException"


def test_create__told_to_fail__says_why(sim: Simulated) -> None:
    version = sim.trained(sim.active())
    sim.fail("campaign", reason="no capacity")
    arn = sim.campaign(version)
    sim.advance(5)
    campaign = sim.call("DescribeCampaign", campaignArn=arn)["campaign"]
    assert (campaign["status"], campaign["failureReason"]) == ("CREATE FAILED", "no capacity")


def test_delete__of_an_active_campaign__ends_gone(sim: Simulated) -> None:
    arn = sim.campaign(sim.trained(sim.active()))
    assert sim.refusal("DeleteCampaign", campaignArn=arn)[0] == "ResourceInUseException"
    sim.advance(5)
    sim.call("DeleteCampaign", campaignArn=arn)
    assert sim.call("DescribeCampaign", campaignArn=arn)["campaign"]["status"] == "DELETE PENDING"
    sim.advance(1)
    assert sim.refusal("DescribeCampaign", campaignArn=arn)[0] == "ResourceNotFoundException"


@pytest.fixture
def campaign(sim: Simulated) -> str:
    arn = sim.campaign(sim.trained(sim.active()))
    sim.advance(5)
    return arn


def described(sim: Simulated, arn: str) -> dict[str, Any]:
    return dict(sim.call("DescribeCampaign", campaignArn=arn)["campaign"])


def test_update__of_an_active_campaign__serves_the_old_version_until_it_is_done(
    sim: Simulated, campaign: str
) -> None:
    old = described(sim, campaign)["solutionVersionArn"]
    new = sim.trained(old.rpartition("/")[0])
    config = {"enableMetadataWithRecommendations": True}
    asked = {"solutionVersionArn": new, "minProvisionedTPS": 3, "campaignConfig": config}
    assert sim.call("UpdateCampaign", campaignArn=campaign, **asked) == {"campaignArn": campaign}
    for status in ("CREATE PENDING", "CREATE IN_PROGRESS"):
        now = described(sim, campaign)
        assert (now["status"], now["solutionVersionArn"], now["minProvisionedTPS"]) == ("ACTIVE", old, 1)
        assert "campaignConfig" not in now
        latest = now["latestCampaignUpdate"]
        assert latest.items() >= asked.items()
        assert latest["status"] == status
        sim.advance(2.5)
    now = described(sim, campaign)
    assert now.items() >= asked.items()
    assert now["latestCampaignUpdate"]["status"] == "ACTIVE"
    assert now["lastUpdatedDateTime"] == now["latestCampaignUpdate"]["lastUpdatedDateTime"]
    sim.advance(60)
    sim.call("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=4)
    assert described(sim, campaign)["lastUpdatedDateTime"] == now["lastUpdatedDateTime"]
    sim.advance(5)
    assert described(sim, campaign).items() >= (asked | {"minProvisionedTPS": 4}).items()


def test_update__told_to_fail__leaves_what_was_and_says_why(sim: Simulated, campaign: str) -> None:
    sim.fail("campaign_update", reason="no capacity", name="home-page")
    sim.call("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=3)
    sim.advance(5)
    now = described(sim, campaign)
    assert (now["status"], now["minProvisionedTPS"]) == ("ACTIVE", 1)
    latest = now["latestCampaignUpdate"]
    assert (latest["status"], latest["failureReason"]) == ("CREATE FAILED", "no capacity")


def test_update__of_a_failed_campaign__makes_it_active(sim: Simulated) -> None:
    version = sim.trained(sim.active())
    sim.fail("campaign")
    arn = sim.campaign(version)
    assert sim.refusal("UpdateCampaign", campaignArn=arn, minProvisionedTPS=2)[0] == "ResourceInUseException"
    sim.advance(5)
    sim.call("UpdateCampaign", campaignArn=arn, minProvisionedTPS=2)
    assert described(sim, arn)["status"] == "CREATE FAILED"
    sim.advance(5)
    assert described(sim, arn)["status"] == "ACTIVE"
    assert "failureReason" not in described(sim, arn)


def test_update__while_one_runs__is_refused_and_so_is_a_delete(sim: Simulated, campaign: str) -> None:
    sim.call("UpdateCampaign", campaignArn=campaign, minProvisionedTPS=2)
    for operation in ("UpdateCampaign", "DeleteCampaign"):
        code, message = sim.refusal(operation, campaignArn=campaign)
        assert (code, "update in progress" in message) == ("ResourceInUseException", True)
    sim.advance(5)
    sim.call("DeleteCampaign", campaignArn=campaign)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"campaignConfig": {"syncWithLatestSolutionVersion": True}}, "ends in /$LATEST"),
        ({"campaignConfig": {"rankingInfluence": {"POPULARITY": 0.5}}}, "rankingInfluence is not supported"),
    ],
)
def test_update__against_the_recipe__is_refused(
    sim: Simulated, campaign: str, members: dict[str, object], words: str
) -> None:
    code, message = sim.refusal("UpdateCampaign", campaignArn=campaign, **members)
    assert (code, words in message) == ("InvalidInputException", True)
    assert "latestCampaignUpdate" not in described(sim, campaign)


def test_update__to_another_solution__keeps_both_until_it_is_done(sim: Simulated, campaign: str) -> None:
    old = described(sim, campaign)["solutionVersionArn"].rpartition("/")[0]
    other = sim.active(name="other")
    sim.call("UpdateCampaign", campaignArn=campaign, solutionVersionArn=sim.trained(other))
    for solution in (old, other):
        assert campaign in sim.refusal("DeleteSolution", solutionArn=solution)[1]
    sim.advance(5)
    sim.call("DeleteSolution", solutionArn=old)
    assert campaign in sim.refusal("DeleteSolution", solutionArn=other)[1]
    assert len(sim.call("ListCampaigns", solutionArn=other)["campaigns"]) == 1
