"""What constructs over CloudFormation's own resource types share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsii
from aws_cdk import CfnResource, ITaggableV2, TagManager, Token

from cdk_personalize.model.removal import RemovableResource
from cdk_personalize.model.tagging import make_taggable


@jsii.implements(ITaggableV2)
class NativeResource(RemovableResource):
    """A construct with a resource of a native type.

    The resource is a `CfnResource`: the lowest supported aws-cdk-lib lacks the L1s of some types (rule 195).
    """

    _tag_manager: TagManager | None = None

    def _define(self, properties: Mapping[str, Any]) -> None:
        self._resource = CfnResource(self, "Resource", type=self.KIND.resource_type, properties=properties)

    @property
    def cdk_tag_manager(self) -> TagManager:
        """CDK's tag aspects write to it. Created when something first tags the resource: most never are."""
        if self._tag_manager is None:
            self._tag_manager = make_taggable(self._resource, self.KIND, 0)
        return self._tag_manager

    def _attribute(self, name: str) -> str:
        return Token.as_string(self._resource.get_att(name))
