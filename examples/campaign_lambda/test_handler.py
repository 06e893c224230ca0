"""The function, with campaigns that succeed and fail, simulated by a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from handler import POPULAR, handler

RECIPE = "arn:aws:personalize:::recipe/aws-user-personalization-v2"


@pytest.fixture
def version(personalize_simulator: Any) -> str:
    """A trained version, ready for campaigns."""
    client = personalize_simulator.client
    group = client.create_dataset_group(name="movies")["datasetGroupArn"]
    personalize_simulator.advance(seconds=60)
    solution = client.create_solution(
        name="movies", datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=False
    )["solutionArn"]
    personalize_simulator.advance(seconds=60)
    arn: str = client.create_solution_version(solutionArn=solution)["solutionVersionArn"]
    personalize_simulator.advance(seconds=3600)
    return arn


def test_no_campaign_yet(personalize_simulator: Any, version: str) -> None:
    assert handler({"user": "ann"}, None) == {"source": "popular", "movies": POPULAR}

    personalize_simulator.client.create_campaign(name="movies-1", solutionVersionArn=version)
    assert handler({"user": "ann"}, None)["source"] == "popular"  # it is being created


def test_newest_campaign_recommends(personalize_simulator: Any, version: str) -> None:
    personalize_simulator.client.create_campaign(name="movies-1", solutionVersionArn=version)
    personalize_simulator.advance(seconds=60)
    newest = personalize_simulator.client.create_campaign(name="movies-2", solutionVersionArn=version)
    personalize_simulator.client.create_campaign(name="music-1", solutionVersionArn=version)
    personalize_simulator.advance(seconds=60)
    personalize_simulator.recommend("jaws", "alien")

    assert handler({"user": "ann"}, None) == {"source": newest["campaignArn"], "movies": ["jaws", "alien"]}


def test_campaign_that_failed_is_left_alone(personalize_simulator: Any, version: str) -> None:
    personalize_simulator.fail_creation("campaign", "Internal error")
    personalize_simulator.client.create_campaign(name="movies-1", solutionVersionArn=version)
    personalize_simulator.advance(seconds=60)

    assert handler({"user": "ann"}, None)["source"] == "popular"


def test_service_that_refuses_is_not_hidden(personalize_simulator: Any) -> None:
    personalize_simulator.fail_next("ListCampaigns", "AccessDeniedException")

    with pytest.raises(ClientError, match="AccessDeniedException"):
        handler({"user": "ann"}, None)
