"""A provider of one Lambda function, without a state machine."""

from __future__ import annotations

from typing import Unpack

from aws_cdk import Duration, Fn
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from cdk_personalize.provider import permissions
from cdk_personalize.provider.base import ProviderBase
from cdk_personalize.provider.options import ProviderOptions
from cdk_personalize.provider.timing import POLL_SECONDS, SINGLE_FUNCTION_SECONDS


class SingleFunctionProvider(ProviderBase):
    """A provider that is one Lambda function, created with `PersonalizeProvider.single_function`.

    The function works on a request for up to three minutes, which is enough for most. For a longer request it
    creates an EventBridge rule that invokes it every minute, and deletes the rule when the request is done.
    docs/providers.md says when to choose it.

    Args:
        scope: A construct in the stack that the provider serves.
    """

    role: iam.Role
    """The role of the function."""
    function: lambda_.Function
    """The function."""

    def __init__(self, scope: Construct, **options: Unpack[ProviderOptions]) -> None:
        super().__init__(scope, query_interval=Duration.seconds(POLL_SECONDS), **options)
        stack = self._stack
        # No other stack has the same GUID, so the role reaches only the provider's own rules.
        prefix = f"personalize-{Fn.select(2, Fn.split('/', stack.stack_id))}-"
        self.role = self._role(
            "Role",
            permissions.describe_stacks(self._stacks),
            permissions.describe_stack_events(self._stacks),
            permissions.list_stack_resources(self._stacks),
            permissions.poll_by_rule(stack, prefix),
            of_kinds=permissions.manage_resources(stack, self._stacks, shared=self._shared),
        )
        environment = {"TOTAL_TIMEOUT_SECONDS": str(int(self._timing.total)), "POLL_RULE_PREFIX": prefix}
        self.function = self._function(
            "Function", "single_function.handler", self.role, SINGLE_FUNCTION_SECONDS, environment
        )
        # One permission for all of its rules. crhelper would give each rule its own: the function would then
        # need the right to change its own policy, which has room for about fifty.
        polls = lambda_.CfnPermission(
            self,
            "Polls",
            action="lambda:InvokeFunction",
            function_name=self.function.function_arn,
            principal="events.amazonaws.com",
            source_arn=permissions.poll_rules(stack, prefix),
        )
        self.must_outlive = (*self.must_outlive, polls)
        self.service_token = self.function.function_arn
