"""What promotes: another writer of a campaign, such as a pipeline or a person's script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_local.simulator import ServiceError
from personalize_provider.engine.identity import CONFIG_HASH_TAG, Owner
from support.virtual_time.account import Account
from support.virtual_time.provider_world import GROUP, V2, tag_list
from support.virtual_time.stack_engine import Stack

TRAINING_SECONDS = 3000.0


def new_solution(at: Account, name: str = "movies", *, versions: int = 0) -> str:
    """A solution that somebody made before the stack, with so many ACTIVE versions."""
    request = {"name": name, "datasetGroupArn": GROUP, "recipeArn": V2, "performAutoTraining": False}
    arn: str = at.call("CreateSolution", **request)["solutionArn"]
    at.simulator.advance(60)
    for _ in range(versions):
        train(at, arn)
    return arn


def train(at: Account, solution_arn: str) -> str:
    """A new version, ACTIVE as soon as the simulator's clock has moved on."""
    made: str = at.call("CreateSolutionVersion", solutionArn=solution_arn)["solutionVersionArn"]
    at.simulator.advance(TRAINING_SECONDS)
    return made


def promote(at: Account, stack: Stack, logical_id: str, version: str) -> str:
    """Create or update the campaign of a stack's resource as the stack declares it, with this version.

    Returns:
        The error code of the service's refusal, or an empty string.
    """
    resource = stack.resources[logical_id]
    return promote_as(
        at, resource.physical_id, resource.properties, resource.data, version, stack, logical_id
    )


def promote_as(
    at: Account,
    arn: str,
    declared: Mapping[str, Any],
    data: Mapping[str, str],
    version: str,
    stack: Stack,
    logical_id: str,
) -> str:
    """As `promote`, from what a promotion that began earlier has read."""
    settings = {**settings_of(declared), "solutionVersionArn": version}
    tags = tags_of(declared, data, stack, logical_id)
    try:
        if arn in at.campaigns():
            at.call("UpdateCampaign", campaignArn=arn, **settings)
        else:
            at.call("CreateCampaign", name=arn.rpartition("/")[2], tags=tags, **settings)
    except ServiceError as error:
        return error.code
    return ""


def settings_of(declared: Mapping[str, Any]) -> dict[str, Any]:
    """What CreateCampaign and UpdateCampaign take of a resource's properties, but for the version."""
    config = declared.get("campaignConfig", {})
    flags = {key: value == "true" for key, value in config.items()}  # only flags here
    return {"minProvisionedTPS": int(declared.get("minProvisionedTPS", 1)), "campaignConfig": flags}


def tags_of(
    declared: Mapping[str, Any], data: Mapping[str, str], stack: Stack, logical_id: str
) -> list[dict[str, str]]:
    """The tags that CreateCampaign takes of a resource, with those of its owner."""
    marks = {**Owner(stack.stack_id, logical_id).tags, CONFIG_HASH_TAG: data["configHash"]}
    return [*declared.get("tags", ()), *tag_list(**marks)]
