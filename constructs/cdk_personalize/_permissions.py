"""The statements in the roles of the provider's functions: each action is a call that they make."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

_STACK_ID_TAG = "cdk-personalize:stack-id"  # the provider gives it to every solution that it creates


def describe_own_stack(stack: Stack) -> iam.PolicyStatement:
    """Read the status of the stack that is being deployed, to tell a stale waiter from a current one."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[stack.stack_id])


def describe_own_events(stack: Stack) -> iam.PolicyStatement:
    """Read what a rollback of the stack asks for, to tell its own Update from one that came late."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStackEvents"], resources=[stack.stack_id])


def manage_solutions(stack: Stack) -> list[iam.PolicyStatement]:
    """Create solutions of the stack, see any, and change or delete those that are not marked as another's.

    `solution/*`, not narrower: a solution's name may be known only at deploy time, and a policy that shrinks
    when a solution leaves the stack would be rolled back before that solution is deleted.

    What binds the role to its stack is the tag that the provider gives each solution. A solution without
    that tag can be changed all the same: its owner must be able to delete it after somebody removed the tags,
    and a version has tags of its own (rule 85). The provider proves ownership before it changes anything.
    """
    arn = f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}"
    solutions = f"{arn}:solution/*"  # versions included: their ARNs begin with the solution's (rule 129)
    return [
        iam.PolicyStatement(
            actions=["personalize:CreateSolution"],
            resources=[solutions, f"{arn}:dataset-group/*"],  # it needs both (rule 124)
            conditions={"StringEquals": {f"aws:RequestTag/{_STACK_ID_TAG}": stack.stack_id}},
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
            conditions={"StringEqualsIfExists": {f"aws:ResourceTag/{_STACK_ID_TAG}": stack.stack_id}},
        ),
        iam.PolicyStatement(
            actions=["personalize:DescribeSolution", "personalize:ListTagsForResource"],
            resources=[solutions],  # another's too, to be able to say whose it is not
        ),
        iam.PolicyStatement(
            actions=["personalize:ListSolutionVersions", "personalize:ListCampaigns"],
            resources=["*"],  # list calls have no resource types (rule 127)
        ),
    ]


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
