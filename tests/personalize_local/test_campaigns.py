from __future__ import annotations

import pytest

from simulated import Simulated

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
        ("aws-item-affinity", {}, "not for campaigns"),
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
