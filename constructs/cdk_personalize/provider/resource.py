"""What constructs of all kinds share: a custom resource of a provider, with tags and a removal policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsii
from aws_cdk import CfnResource, ITaggableV2, RemovalPolicy, Stack, TagManager, Token
from constructs import Construct

from cdk_personalize.model import value_types
from cdk_personalize.model.findings import Problem
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.objects import Like
from cdk_personalize.model.removal import RemovableResource, removal_problems
from cdk_personalize.model.tagging import make_taggable
from cdk_personalize.model.tokens import is_token
from cdk_personalize.provider import room
from cdk_personalize.provider.base import IPersonalizeProvider

_PROVIDER = Like(
    member="serves",
    what="a provider",
    hint="pass a PersonalizeProvider, or leave it out for the stack's own",
)


@jsii.implements(ITaggableV2)
class ManagedResource(RemovableResource):
    """A construct with a custom resource."""

    _tag_manager: TagManager | None = None
    _own_tags: int

    def _define(
        self,
        properties: Mapping[str, Any],
        provider: IPersonalizeProvider,
        *,
        removal_policy: RemovalPolicy | None = None,
        own_tags: int = 3,
    ) -> None:
        if is_token(properties.get("name")):  # PhysicalName.GENERATE_IF_NEEDED is a token as well
            properties = {**properties, "name": self._physical_name}
        too_large = [*room.problems(properties, provider)]
        if too_large:
            raise self.ERROR(self.node.path, too_large)
        self._resource = custom_resource(self, self.KIND, properties, provider)
        self._own_tags = own_tags
        if removal_policy is not None:  # CloudFormation's own default is to delete
            self._resource.apply_removal_policy(removal_policy)

    @property
    def cdk_tag_manager(self) -> TagManager:
        """CDK's tag aspects write to it. Created when something first tags the resource: most never are."""
        if self._tag_manager is None:
            self._tag_manager = make_taggable(self._resource, self.KIND, self._own_tags)
        return self._tag_manager

    def _attribute(self, name: str) -> str:
        return Token.as_string(self._resource.get_att(name))


def custom_resource(
    scope: Construct, kind: Kind, properties: Mapping[str, Any], provider: IPersonalizeProvider
) -> CfnResource:
    """Define the custom resource of a construct.

    It is not a `CustomResource`, which wraps it in one more construct: the default child is what CDK's escape
    hatches and removal policies work on, and each call less is a round trip to jsii saved.

    Args:
        scope: The construct.
        kind: Its kind.
        properties: The properties for the handler.
        provider: The provider that manages it.
    """
    own = {"ServiceToken": provider.service_token, "ServiceTimeout": provider.service_timeout}
    made = CfnResource(scope, "Resource", type=kind.resource_type, properties={**own, **properties})
    if provider.must_outlive:
        made.node.add_dependency(*provider.must_outlive)
    return made


def problems(
    kind: Kind, scope: Construct, provider: IPersonalizeProvider | None, removal_policy: object
) -> Iterator[Problem]:
    """Find what is wrong with the arguments that constructs of all kinds take."""
    yield from removal_problems(kind, removal_policy)
    wrong = [*value_types.problems(_PROVIDER, provider, "provider")]
    yield from wrong
    if provider is not None and not wrong and not provider.serves(Stack.of(scope)):
        yield Problem(
            argument="provider",
            value=provider,
            rule="must be one that serves this stack",
            fix="create it in this stack, or with shared=True",
        )


def adoption_problems(kind: Kind, *, adopts: object, name: object) -> Iterator[Problem]:
    """Find what is wrong with the adoption of an existing resource."""
    if adopts is True and name is None:
        yield Problem(
            argument="adopt_existing",
            value=True,
            rule=f"needs {kind.name}_name: a generated name is never that of an existing {kind.name}",
            fix=f"pass the name of the {kind.name} to take over",
        )
