"""The script, with hours that pass instantly. `personalize_simulator` is a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

import pytest
from train import train

RECIPE = "arn:aws:personalize:::recipe/aws-similar-items"


@pytest.fixture
def solution(personalize_simulator: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """A solution, and a script whose pauses advance the simulated clock."""

    def simulated_time() -> float:
        return float(personalize_simulator.now.timestamp())

    monkeypatch.setattr("train.sleep", personalize_simulator.advance)
    monkeypatch.setattr("train.time", simulated_time)
    personalize_simulator.simulator.set_durations(solution_version=2 * 3600, campaign=600)
    group = personalize_simulator.client.create_dataset_group(name="movies")["datasetGroupArn"]
    personalize_simulator.advance(60)
    arn: str = personalize_simulator.client.create_solution(
        name="movies", datasetGroupArn=group, recipeArn=RECIPE, performAutoTraining=False
    )["solutionArn"]
    personalize_simulator.advance(60)
    return arn


def test_campaign_serves_what_was_trained(personalize_simulator: Any, solution: str) -> None:
    began = personalize_simulator.now

    campaign = train(solution, "movies")

    described = personalize_simulator.client.describe_campaign(campaignArn=campaign)["campaign"]
    assert described["status"] == "ACTIVE"
    assert described["solutionVersionArn"].startswith(solution)
    assert (personalize_simulator.now - began).total_seconds() == 2 * 3600 + 600
    described_calls = [
        call for call in personalize_simulator.calls if call.operation == "DescribeSolutionVersion"
    ]
    assert len(described_calls) == 121  # once a minute is polite


def test_failed_training_ends_the_script_with_the_reason(personalize_simulator: Any, solution: str) -> None:
    personalize_simulator.fail_creation("solution_version", "Fewer than 1000 interactions")

    with pytest.raises(SystemExit, match="failed: Fewer than 1000 interactions"):
        train(solution, "movies")

    assert personalize_simulator.client.list_campaigns()["campaigns"] == []


def test_training_that_takes_too_long_is_given_up(personalize_simulator: Any, solution: str) -> None:
    personalize_simulator.simulator.set_durations(solution_version=24 * 3600)

    with pytest.raises(SystemExit, match="still CREATE IN_PROGRESS after 6 hours"):
        train(solution, "movies")
