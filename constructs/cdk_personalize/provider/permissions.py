"""The statements in the roles of the provider's functions: each action is a call that they make."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

_STACK_ID_TAG = "cdk-personalize:stack-id"  # the provider gives it to every solution that it creates


def served_stacks(stack: Stack, *, shared: bool) -> str:
    """The ids of the stacks that a provider in this one serves: its own, or a pattern for all."""
    if not shared:
        return stack.stack_id
    return f"arn:{stack.partition}:cloudformation:{stack.region}:{stack.account}:stack/*"


def describe_stacks(stacks: str) -> iam.PolicyStatement:
    """Read the status of the stack that is being deployed, to tell a stale waiter from a current one."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[stacks])


def describe_stack_events(stacks: str) -> iam.PolicyStatement:
    """Read what a rollback of a stack asks for, to tell its own Update from one that came late."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStackEvents"], resources=[stacks])


def list_stack_resources(stacks: str) -> iam.PolicyStatement:
    """See which resource of the stack has a solution whose tags name a logical id that it no longer has."""
    return iam.PolicyStatement(actions=["cloudformation:ListStackResources"], resources=[stacks])


def see_solutions(stack: Stack) -> iam.PolicyStatement:
    """See any solution, another's too: to be able to say whose it is."""
    return iam.PolicyStatement(
        actions=["personalize:DescribeSolution", "personalize:ListTagsForResource"],
        resources=[f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}:solution/*"],
    )


def manage_solutions(stack: Stack, stacks: str, *, shared: bool) -> list[iam.PolicyStatement]:
    """Create solutions of the stacks, see any, and change or delete those that are not marked as another's.

    `solution/*`, not narrower: a solution's name may be known only at deploy time, and a policy that shrinks
    when a solution leaves the stack would be rolled back before that solution is deleted.

    What binds the role to its stack is the tag that the provider gives each solution. A solution without
    that tag can be changed all the same: its owner must be able to delete it after somebody removed the tags,
    and a version has tags of its own (rule 85). The provider proves ownership before it changes anything.

    A shared provider may do this for every stack of the account and Region. What keeps their solutions apart
    is then the provider alone.
    """
    same = "StringLike" if shared else "StringEquals"
    arn = f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}"
    solutions = f"{arn}:solution/*"  # versions included: their ARNs begin with the solution's (rule 129)
    return [
        iam.PolicyStatement(
            actions=["personalize:CreateSolution"],
            resources=[solutions, f"{arn}:dataset-group/*"],  # it needs both (rule 124)
            conditions={same: {f"aws:RequestTag/{_STACK_ID_TAG}": stacks}},
        ),
        iam.PolicyStatement(
            actions=[
                "personalize:UpdateSolution",
                "personalize:DeleteSolution",
                "personalize:StopSolutionVersionCreation",
                "personalize:TagResource",
                "personalize:UntagResource",
            ],
            resources=[solutions],
            conditions={f"{same}IfExists": {f"aws:ResourceTag/{_STACK_ID_TAG}": stacks}},
        ),
        see_solutions(stack),
        iam.PolicyStatement(
            actions=["personalize:ListSolutionVersions", "personalize:ListCampaigns"],
            resources=["*"],  # list calls have no resource types (rule 127)
        ),
    ]


def poll_by_rule(stack: Stack, prefix: str) -> iam.PolicyStatement:
    """Make, read and remove the EventBridge rules whose names begin so, which are the provider's own."""
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
    """Write to one log group, which exists already."""
    return iam.PolicyStatement(
        actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[log_group_arn]
    )


def manage_network_interfaces() -> iam.PolicyStatement:
    """Let Lambda attach a function to a VPC; these actions take no narrower resource at creation."""
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
