"""What Amazon Personalize itself may do with your keys, buckets and roles (rules 178 and 184)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from cdk_personalize.model import places
from cdk_personalize.model.annotations import annotate
from cdk_personalize.model.findings import Doubt
from cdk_personalize.model.tokens import is_token

if TYPE_CHECKING:
    from aws_cdk import aws_kms as kms

# https://docs.aws.amazon.com/personalize/latest/dg/granting-personalize-key-access.html
_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey", "kms:CreateGrant", "kms:ListGrants")


def service() -> iam.ServicePrincipal:
    """The service as a principal of policies."""
    return iam.ServicePrincipal("personalize.amazonaws.com")


def service_role(scope: Construct, id: str) -> iam.Role:
    """A role that the service can assume, for resources of the stack's account only.

    https://docs.aws.amazon.com/personalize/latest/dg/cross-service-confused-deputy-prevention.html
    """
    account = Stack.of(scope).account
    only_here = {"StringEquals": {"aws:SourceAccount": account}}
    return iam.Role(scope, id, assumed_by=service().with_conditions(only_here))


def allow_key(scope: Construct, key: kms.IKey, role: iam.IRole, argument: str) -> IDependable | None:
    """Allow the service and a role to use a key; warn if the key's policy can't be changed.

    Args:
        scope: The construct that gets the warning.
        key: The key.
        role: The role that the service assumes.
        argument: The argument with the key, for the warning.

    Returns:
        What must exist before the role can use the key, if anything.
    """
    statement = iam.PolicyStatement(actions=[*_KEY_ACTIONS], principals=[service()], resources=["*"])
    if not key.add_to_resource_policy(statement, True).statement_added:
        warn_of_policy(scope, argument, key.node.path, statement)
    of_role = iam.PolicyStatement(actions=[*_KEY_ACTIONS], resources=[key.key_arn])
    return role.add_to_principal_policy(of_role).policy_dependable


def warn_of_policy(scope: Construct, argument: str, path: str, *statements: iam.PolicyStatement) -> None:
    """Warn that a policy of an imported resource can't be changed, and show what it needs.

    Args:
        scope: The construct that gets the warning.
        argument: The argument with the resource.
        path: The path of the resource's construct.
        statements: What its policy needs.
    """
    stack = Stack.of(scope)
    needed = [stack.resolve(statement.to_statement_json()) for statement in statements]
    shown = json.dumps([{name: _plain(part, stack) for name, part in each.items()} for each in needed])
    doubt = Doubt(
        id=f"{argument.replace('_', '-')}-policy",
        argument=argument,
        value=path,
        rule="should have a policy that allows Amazon Personalize to use it:"
        " the app doesn't define it, so the CDK can't change its policy",
        fix=f"add this to its policy yourself, then acknowledge the warning: {shown}",
    )
    annotate(scope, [doubt])


def _plain(value: object, stack: Stack) -> object:
    """A value of a template as it is outside, if its only deploy-time part is the partition."""
    match value:
        case {"Fn::Join": ["", list(parts)]}:
            partition = places.partition(stack)
            partition = "aws" if is_token(partition) else partition
            known = [partition if part == {"Ref": "AWS::Partition"} else part for part in parts]
            return "".join(known) if all(isinstance(part, str) for part in known) else value
    return value
