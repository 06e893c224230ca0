"""The IAM statements in the roles of the provider's functions: each action is a call that they make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from cdk_personalize.kinds import KINDS
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.tag_rules import STACK_ID_TAG


def served_stacks(stack: Stack, *, shared: bool) -> str:
    """The ids of the stacks that a provider in this one serves: its own, or a pattern for all."""
    if not shared:
        return stack.stack_id
    return f"arn:{stack.partition}:cloudformation:{stack.region}:{stack.account}:stack/*"


def describe_stacks(stacks: str) -> iam.PolicyStatement:
    """Read the status of the stack in deployment, to tell a stale waiter from a current one."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[stacks])


def describe_stack_events(stacks: str) -> iam.PolicyStatement:
    """Read what a rollback of a stack requests, to tell its own Update from a late one."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStackEvents"], resources=[stacks])


def list_stack_resources(stacks: str) -> iam.PolicyStatement:
    """Find the resource of the stack whose tags have an outdated logical id."""
    return iam.PolicyStatement(actions=["cloudformation:ListStackResources"], resources=[stacks])


def read_resources(stack: Stack) -> list[iam.PolicyStatement]:
    """Look at any resource of each kind, whoever owns it: an error can then name the owner."""
    return [_on(stack, kind, kind.reads) for kind in KINDS.values() if kind.reads]


def manage_resources(stack: Stack, stacks: str, *, shared: bool) -> list[iam.PolicyStatement]:
    """Create resources for the stacks, look at any, and change or delete those that belong to no other stack.

    The statements name all resources of all kinds, nothing narrower: a name may be known only at deploy time,
    and CloudFormation updates the role before it deletes what left the template. A policy that shrinks with
    the template would not allow that anymore.

    The tag that the provider gives each resource binds the role to its stack. The role can also change a
    resource without that tag: its owner must be able to delete it after somebody removed the tags, and a
    solution version has tags of its own (rule 85). The provider proves ownership before it changes anything.

    The role of a shared provider allows this for every stack in the account and Region. Then only the
    provider's own checks keep the stacks' resources apart.
    """
    same = "StringLike" if shared else "StringEquals"
    requested = {same: {f"aws:RequestTag/{STACK_ID_TAG}": stacks}}
    tagged = {f"{same}IfExists": {f"aws:ResourceTag/{STACK_ID_TAG}": stacks}}
    statements: list[iam.PolicyStatement] = []
    listed: set[str] = set()
    for kind in KINDS.values():
        if kind.creates:
            statements.append(_on(stack, kind, kind.creates, *kind.created_in, conditions=requested))
        statements.append(_on(stack, kind, kind.changes, conditions=tagged))
        if kind.reads:
            statements.append(_on(stack, kind, kind.reads))
        lists = [action for action in kind.lists if action not in listed]
        if lists:
            statements.append(iam.PolicyStatement(actions=_actions(lists), resources=["*"]))
            listed.update(lists)
    return statements


def _on(
    stack: Stack,
    kind: Kind,
    actions: Iterable[str],
    *others: str,
    conditions: Mapping[str, Any] | None = None,
) -> iam.PolicyStatement:
    """A statement on all resources of a kind, and on others."""
    prefix = f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}"
    resources = [f"{prefix}:{kind.name}/{kind.path}", *(f"{prefix}:{name}/*" for name in others)]
    return iam.PolicyStatement(actions=_actions(actions), resources=resources, conditions=conditions)


def _actions(names: Iterable[str]) -> list[str]:
    return [f"personalize:{name}" for name in names]


def poll_by_rule(stack: Stack, prefix: str) -> iam.PolicyStatement:
    """Create, read and delete the provider's own EventBridge rules, whose names begin with the prefix."""
    return iam.PolicyStatement(
        actions=[
            "events:PutRule",
            "events:PutTargets",
            "events:ListTargetsByRule",
            "events:RemoveTargets",
            "events:DeleteRule",
        ],
        resources=[poll_rules(stack, prefix)],
    )


def poll_rules(stack: Stack, prefix: str) -> str:
    """The ARNs of those rules, as a pattern."""
    return f"arn:{stack.partition}:events:{stack.region}:{stack.account}:rule/{prefix}*"


def write_logs(log_group_arn: str) -> iam.PolicyStatement:
    """Write to one existing log group."""
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group_arn]
    )


def manage_network_interfaces() -> iam.PolicyStatement:
    """Let Lambda attach a function to a VPC. Creating an interface takes no narrower resource."""
    return iam.PolicyStatement(
        actions=[
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ],
        resources=["*"],
    )
