"""What constructs of all kinds share: a custom resource of a provider, with tags and a removal policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import jsii
from aws_cdk import CfnResource, ITaggableV2, RemovalPolicy, Resource, Stack, TagManager, Token
from constructs import Construct

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.tagging import make_taggable
from cdk_personalize.provider.base import IPersonalizeProvider


@jsii.implements(ITaggableV2)
class ManagedResource(Resource):
    """A construct with a custom resource."""

    KIND: ClassVar[Kind]

    _resource: CfnResource
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
        # Not a CustomResource, which wraps this in one more construct: the default child is what CDK's escape
        # hatches and removal policies work on, and each call less is a round trip to jsii saved.
        self._resource = CfnResource(
            self,
            "Resource",
            type=self.KIND.resource_type,
            properties={
                "ServiceToken": provider.service_token,
                "ServiceTimeout": provider.service_timeout,
                **properties,
            },
        )
        self._own_tags = own_tags
        if provider.must_outlive:
            self._resource.node.add_dependency(*provider.must_outlive)
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


def problems(
    kind: Kind, scope: Construct, provider: IPersonalizeProvider | None, removal_policy: object
) -> Iterator[Problem]:
    """Find what is wrong with the arguments that constructs of all kinds take."""
    yield from removal_problems(kind, removal_policy)
    if provider is not None and not provider.serves(Stack.of(scope)):
        yield Problem(
            argument="provider",
            value=provider,
            rule="must be one that serves this stack",
            fix="create it in this stack, or with shared=True",
        )


def removal_problems(kind: Kind, removal_policy: object) -> Iterator[Problem]:
    """Find what is wrong with a removal policy."""
    policies = [policy for policy in RemovalPolicy if policy is not RemovalPolicy.SNAPSHOT]
    if removal_policy is not None and removal_policy not in policies:
        yield Problem(
            argument="removal_policy",
            value=removal_policy,
            rule=f"must be one of {', '.join(map(str, policies))}: a {kind.name} has no snapshot",
            fix=f"use RemovalPolicy.RETAIN to keep the {kind.name}",
        )


def path_of(scope: Construct, id: str) -> str:
    """The path of a construct that does not exist yet, for errors."""
    return f"{scope.node.path}/{id}".lstrip("/")
