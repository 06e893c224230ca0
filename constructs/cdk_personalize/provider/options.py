"""The arguments that every provider takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_ec2 as ec2
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_logs as logs


class ProviderOptions(TypedDict, total=False):
    """The arguments of `PersonalizeProvider` and `PersonalizeProvider.single_function`."""

    total_timeout: Duration | None
    """How long one create, update or delete may take, in whole seconds, 1 to 50 minutes.
    Default: - 30 minutes."""

    log_retention: logs.RetentionDays
    """How long the provider's one log group keeps events. Default: - one month."""

    memory_size: int
    """Memory of the handler functions, in MiB. Default: - 256."""

    runtime: lambda_.Runtime | None
    """Runtime of the handler functions: Python 3.11 or newer, for a Region that has no Python 3.14. The asset
    has byte code for 3.14 only, so another runtime takes longer to start. Default: - Python 3.14."""

    vpc: ec2.IVpc | None
    """Run all functions in this VPC. They then need a way out to the endpoints of Personalize, CloudFormation
    and S3; the framework's also to Lambda and Step Functions, a single function also to EventBridge.
    Resources depend on everything defined inside the VPC's construct, so its ways out exist before and after
    them. For one defined elsewhere, add `solution.node.add_dependency(endpoint)`. Default: - no VPC."""

    vpc_subnets: ec2.SubnetSelection | None
    """Where in the VPC. Default: - its private subnets."""

    security_groups: Sequence[ec2.ISecurityGroup] | None
    """For the functions' network interfaces. Default: - one new group, all outbound traffic allowed."""

    shared: bool
    """Also serve other stacks of the account and Region: those whose constructs name it as their `provider`.
    Its roles may then work on the resources of any stack; the provider itself still proves for each request
    which stack a resource belongs to. Default: - False, for its own stack only."""
