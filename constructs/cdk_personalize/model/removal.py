"""What happens to a resource when it leaves the stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from aws_cdk import CfnResource, RemovalPolicy, Resource

from cdk_personalize.model.findings import InvalidConstructError, Problem
from cdk_personalize.model.kind import Kind


class RemovableResource(Resource):
    """A construct with a resource that CloudFormation deletes or retains, and of which it has no snapshot."""

    KIND: ClassVar[Kind]
    ERROR: ClassVar[type[InvalidConstructError]] = InvalidConstructError

    _resource: CfnResource

    def apply_removal_policy(self, policy: RemovalPolicy) -> None:
        """Set what happens to the resource when it leaves the stack.

        Args:
            policy: Any but `RemovalPolicy.SNAPSHOT`.

        Raises:
            InvalidConstructError: It has no snapshot. The construct's own subclass of it.
        """
        problems = [*removal_problems(self.KIND, policy)]
        if problems:
            raise self.ERROR(self.node.path, problems)
        self._resource.apply_removal_policy(policy)


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
