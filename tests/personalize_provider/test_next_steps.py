"""Next steps of failures are followed: the stack's next operation succeeds."""

from __future__ import annotations

from typing import Any

import pytest

from personalize_local.simulator import Durations, Limits
from personalize_provider.aws.errors import MAX_MESSAGE_BYTES, LifecycleError, refused
from support.virtual_time.provider_world import GROUP, SIMS, Deploy, World, world

DEADLINE = 600.0
LONG = Durations(solution_version=3 * 3600)


def failure(deploy: Deploy) -> str:
    with pytest.raises(LifecycleError) as raised:
        deploy.finish()
    return str(raised.value)


def trained(at: World, arn: str) -> str:
    version: str = at.call("CreateSolutionVersion", solutionArn=arn)["solutionVersionArn"]
    return version


def test_deadline__for_a_campaign__names_it_and_is_met_without_it() -> None:
    at = world(total_timeout=DEADLINE)
    arn = at.created()
    version = trained(at, arn)
    at.simulator.advance(7200)
    campaign = at.call("CreateCampaign", name="live", solutionVersionArn=version)["campaignArn"]

    said = failure(at.delete(arn))
    at.call("DeleteCampaign", campaignArn=campaign)
    at.simulator.advance(600)

    assert "used by campaign live" in said
    assert said.endswith("; delete the campaign, or give it a version of another solution, and try again")
    at.delete(arn).finish()
    assert at.solutions() == []


def test_deadline__for_a_training_that_is_waited_for__is_met_after_it() -> None:
    at = world(durations=LONG, total_timeout=DEADLINE)
    arn = at.created()
    trained(at, arn)

    said = failure(at.delete(arn, waitForTrainingOnDelete="true"))
    at.simulator.advance(3 * 3600)

    assert said.endswith("; try again when it has been trained, or stop the training first")
    at.delete(arn, waitForTrainingOnDelete="true").finish()
    assert at.solutions() == []


def test_deadline__for_a_training_that_is_waited_for__is_met_when_it_is_stopped() -> None:
    at = world(durations=LONG, total_timeout=DEADLINE)
    arn = at.created()
    version = trained(at, arn)

    failure(at.delete(arn, waitForTrainingOnDelete="true"))
    at.call("StopSolutionVersionCreation", solutionVersionArn=version)

    at.delete(arn, waitForTrainingOnDelete="true").finish()
    assert at.solutions() == []


@pytest.mark.parametrize("takes", [DEADLINE * 2, DEADLINE * 4])
def test_deadline__for_a_service_that_is_slow__is_met_when_it_is_later(takes: float) -> None:
    slow = Durations(solution_create=takes)
    at, patient = world(durations=slow, total_timeout=DEADLINE), world(durations=slow, total_timeout=3000)

    said = failure(at.create())

    assert "raise total_timeout" not in said
    assert "with a higher total_timeout of the PersonalizeProvider" in said
    patient.create().finish()


def test_deadline__that_can_not_be_later__says_so() -> None:
    at = world(durations=Durations(solution_create=4000), total_timeout=3000)

    said = failure(at.create())

    assert said.endswith("; try again when the service is done with it: total_timeout is at most 50 minutes")


def test_deadline__of_one_of_many__is_met_by_fewer() -> None:
    at = world(total_timeout=DEADLINE)
    at.fault("CreateSolution", "ThrottlingException", times=100_000)

    said = failure(at.create())
    at.simulator.clear_faults()

    assert "deploy fewer resources at once (chain them with node.add_dependency)" in said
    at.create().finish()


def test_deadline__for_a_quota__is_met_when_there_is_room() -> None:
    at = world(limits=Limits(solutions_per_dataset_group=1), total_timeout=DEADLINE)
    other = at.call("CreateSolution", name="other", datasetGroupArn=GROUP, recipeArn=SIMS)["solutionArn"]

    said = failure(at.create())
    at.simulator.advance(60)
    at.call("DeleteSolution", solutionArn=other)
    at.simulator.advance(600)

    assert "or ask AWS for a higher quota" in said
    at.create().finish()


@pytest.mark.parametrize(
    ("wrong", "says", "right"),
    [
        ({"recipeArn": f"{SIMS}z"}, "check that the ARNs in the properties exist", {"recipeArn": SIMS}),
        ({"datasetGroupArn": f"{GROUP}z"}, "check that the ARNs in the properties exist", {}),
        ({"name": "a b"}, "correct the template and deploy again", {"name": "a-b"}),
    ],
    ids=str,
)
def test_properties__that_are_refused__are_taken_when_corrected(
    wrong: dict[str, Any], says: str, right: dict[str, Any]
) -> None:
    at = world(total_timeout=DEADLINE)
    with pytest.raises(LifecycleError) as raised:
        at.create(**wrong).finish()

    assert says in str(raised.value)
    at.create(**right).finish()


def test_solution__that_is_not_as_declared__is_adopted_when_declared_as_it_is() -> None:
    at = world(total_timeout=DEADLINE)
    at.call("CreateSolution", name="movies", datasetGroupArn=GROUP, recipeArn=SIMS, performAutoTraining=False)
    at.simulator.advance(60)
    adopting = {"name": "movies", "adoptExisting": "true"}

    said = failure(at.create(**adopting))

    assert "declare it as it is, or choose another solution_name" in said
    at.create(**adopting, recipeArn=SIMS).finish()


def test_failure__where_lambda_says_where_it_logs__names_the_log_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_LAMBDA_LOG_GROUP_NAME", "Films-ProviderLogs-1A2B")

    said = str(refused("solution films", "DescribeSolution", ValueError("x" * 5000)))

    assert said.endswith(
        "see the provider's log for the whole answer. The log group is Films-ProviderLogs-1A2B"
    )
    assert len(said.encode()) <= MAX_MESSAGE_BYTES
