"""What a promoter needs to create a campaign as its stack declares it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsii
from aws_cdk import CfnResource, IStableAnyProducer, Lazy, TagManager, Token

from cdk_personalize.model.tag_rules import STACK_ID_TAG


@jsii.implements(IStableAnyProducer)
class _Tags:
    """The stack's tags, which are complete at synthesis only, and those that mark the owner."""

    def __init__(self, resource: CfnResource, manager: TagManager) -> None:
        self._resource = resource
        self._manager = manager

    def produce(self) -> list[dict[str, str]]:
        own = {
            STACK_ID_TAG: self._resource.stack.stack_id,  # a pipeline can be in another stack
            "cdk-personalize:logical-id": self._resource.logical_id,
            "cdk-personalize:config-hash": Token.as_string(self._resource.get_att("configHash")),
        }
        tags = {**dict(sorted(self._manager.tag_values().items())), **own}
        return [{"tagKey": key, "tagValue": value} for key, value in tags.items()]


def create_request(
    properties: Mapping[str, Any], name: str, resource: CfnResource, manager: TagManager
) -> dict[str, Any]:
    """Return a CreateCampaign request in the API's names, without the version.

    Args:
        properties: The custom resource's, in the API's names.
        name: The campaign's name.
        resource: The custom resource.
        manager: Its tags.
    """
    declared = {
        member: properties[member]
        for member in ("minProvisionedTPS", "campaignConfig")
        if member in properties
    }
    return {"name": name, **declared, "tags": Lazy.any(_Tags(resource, manager))}
