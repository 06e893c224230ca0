"""A provider of one Lambda function, without a state machine."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from cdk_personalize.provider import permissions
from cdk_personalize.provider.base import ProviderBase
from cdk_personalize.provider.timing import POLL_SECONDS, SINGLE_FUNCTION_SECONDS, Timing, given


class SingleFunctionProvider(ProviderBase):
    """Define a provider that is one Lambda function: `PersonalizeProvider.single_function` makes it.

    The function works on a request for up to three minutes, which is enough for most. What takes longer it
    looks at again each minute, called by an EventBridge rule of its own that goes when the request is done.
    docs/providers.md says when to choose it.
    """

    role: iam.Role
    """The role of the function."""
    function: lambda_.Function
    """The function."""

    def __init__(
        self,
        scope: Construct,
        *,
        total_timeout: Duration | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = 256,
        runtime: lambda_.Runtime | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        shared: bool = False,
    ) -> None:
        timing = Timing(**given(total=total_timeout), interval=POLL_SECONDS)
        super().__init__(
            scope,
            timing=timing,
            log_retention=log_retention,
            memory_size=memory_size,
            runtime=runtime,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
            security_groups=security_groups,
            shared=shared,
        )
        stack = self._stack
        # The stack's GUID, which no other stack has: the role's rules are the provider's own.
        prefix = f"personalize-{Fn.select(2, Fn.split('/', stack.stack_id))}-"
        self.role = self._role(
            "Role",
            permissions.describe_stacks(self._stacks),
            permissions.describe_stack_events(self._stacks),
            *permissions.manage_solutions(stack, self._stacks, shared=shared),
            permissions.poll_by_rule(stack, prefix),
            later=[permissions.list_stack_resources(self._stacks)],
        )
        environment = {"TOTAL_TIMEOUT_SECONDS": str(int(timing.total)), "POLL_RULE_PREFIX": prefix}
        self.function = self._function(
            "Function", "single_function.handler", self.role, SINGLE_FUNCTION_SECONDS, environment
        )
        # For all of its rules at once. crhelper gives each rule a permission of its own: the function would
        # need the right to change its own policy, which has room for some fifty.
        polls = lambda_.CfnPermission(
            self,
            "Polls",
            action="lambda:InvokeFunction",
            function_name=self.function.function_arn,
            principal="events.amazonaws.com",
            source_arn=permissions.poll_rules(stack, prefix),
        )
        self.outlives = (*self.outlives, polls)
        self.service_token = self.function.function_arn
