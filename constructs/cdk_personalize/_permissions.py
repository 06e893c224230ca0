"""The statements in the roles of the provider's functions: each action is a call that they make."""

from __future__ import annotations

from aws_cdk import Stack
from aws_cdk import aws_iam as iam


def describe_own_stack(stack: Stack) -> iam.PolicyStatement:
    """Read the status of the stack that is being deployed, to tell a stale waiter from a current one."""
    return iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[stack.stack_id])


def manage_solutions(stack: Stack) -> list[iam.PolicyStatement]:
    """Create, watch, change and delete any solution of the stack's account and Region.

    Not narrower: a solution's name may be known only at deploy time, and a policy that shrinks when a
    solution leaves the stack would be rolled back before that solution is deleted.
    """
    arn = f"arn:{stack.partition}:personalize:{stack.region}:{stack.account}"
    solutions = f"{arn}:solution/*"  # versions included: their ARNs begin with the solution's (rule 129)
    return [
        iam.PolicyStatement(
            actions=["personalize:CreateSolution"],
            resources=[solutions, f"{arn}:dataset-group/*"],  # it needs both (rule 124)
        ),
        iam.PolicyStatement(
            actions=[
                "personalize:DescribeSolution",
                "personalize:UpdateSolution",
                "personalize:DeleteSolution",
                "personalize:StopSolutionVersionCreation",
                "personalize:TagResource",
                "personalize:UntagResource",
                "personalize:ListTagsForResource",
            ],
            resources=[solutions],
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
