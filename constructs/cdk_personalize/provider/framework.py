"""The provider on the CDK's provider framework: functions, roles and a state machine."""

from __future__ import annotations

from typing import Unpack

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import custom_resources as cr
from constructs import Construct

from cdk_personalize.model.places import stack_of
from cdk_personalize.provider import permissions
from cdk_personalize.provider.base import ImportedProvider, IPersonalizeProvider, ProviderBase
from cdk_personalize.provider.options import ProviderOptions
from cdk_personalize.provider.single_function import SingleFunctionProvider
from cdk_personalize.provider.timing import IS_COMPLETE_SECONDS, ON_EVENT_SECONDS, Timing, given


class PersonalizeProvider(ProviderBase):
    """Define the custom resource provider that manages a stack's solutions and campaigns.

    One provider serves a whole stack. The first `Solution` or `Campaign` of a stack creates it with the
    defaults. To tune it, create it yourself before that, and the stack's constructs find it. Wherever you
    create it, it has the id `PersonalizeProvider` at the top of the stack, because CloudFormation refuses to
    move an existing resource to another provider: tuning a deployed provider stays an update.

    Timing: the handler gives up after `total_timeout`, and reports the last status and what to do. The waiter
    outlasts the handler by one full invocation, and CloudFormation's `ServiceTimeout` outlasts the waiter, so
    a stack never hangs. All of it stays below the hour that CloudFormation allows.

    Cost: nothing while you deploy nothing, apart from stored logs.

    Args:
        scope: A construct in the stack that the provider serves.
        query_interval: Pause between two invocations of the handler that waits, in whole seconds, 1 to 60.
            The handler paces its own requests inside an invocation, so this adds lag and saves no requests.
            Default: - 5 seconds.

    Raises:
        InvalidProviderError: A duration is out of range, or the stack already has its provider.
    """

    on_event_role: iam.Role
    """The role of the function that receives requests."""
    is_complete_role: iam.Role
    """The role of the function that calls Amazon Personalize."""

    def __init__(
        self,
        scope: Construct,
        *,
        query_interval: Duration | None = None,
        **options: Unpack[ProviderOptions],
    ) -> None:
        super().__init__(scope, query_interval=query_interval, **options)
        timing = self._timing
        self.on_event_role = self._role(
            "OnEventRole",
            permissions.describe_stacks(self._stacks),
            permissions.list_stack_resources(self._stacks),
            of_kinds=permissions.read_resources(self._stack),
        )
        self.is_complete_role = self._role(
            "IsCompleteRole",
            permissions.describe_stacks(self._stacks),
            permissions.describe_stack_events(self._stacks),
            permissions.list_stack_resources(self._stacks),
            of_kinds=permissions.manage_resources(self._stack, self._stacks, shared=self._shared),
        )
        deadline = {"TOTAL_TIMEOUT_SECONDS": str(int(timing.total))}
        framework = cr.Provider(
            self,
            "Framework",
            framework_complete_and_timeout_role=self._role("FrameworkIsCompleteRole"),
            framework_on_event_role=self._role("FrameworkOnEventRole"),
            is_complete_handler=self._function(
                "IsComplete", "framework.is_complete", self.is_complete_role, IS_COMPLETE_SECONDS, {}
            ),
            log_group=self.log_group,
            on_event_handler=self._function(
                "OnEvent", "framework.on_event", self.on_event_role, ON_EVENT_SECONDS, deadline
            ),
            query_interval=Duration.seconds(timing.interval),
            security_groups=self._security_groups,
            total_timeout=Duration.seconds(timing.waiter),
            vpc=self._vpc,
            vpc_subnets=self._vpc_subnets,
        )
        self.service_token = framework.service_token

    @staticmethod
    def single_function(scope: Construct, **options: Unpack[ProviderOptions]) -> SingleFunctionProvider:
        """Define the stack's provider as one Lambda function, without a state machine.

        For stacks that can't have the CDK's provider framework. Create it before the stack's first `Solution`
        or `Campaign`, which then finds it. A stack has this provider or the other, and can't change it once
        it is deployed: CloudFormation refuses another ServiceToken for an existing resource.

        Args:
            scope: A construct in the stack that the provider serves.
            options: The arguments of `PersonalizeProvider`, except `query_interval`.

        Raises:
            InvalidProviderError: A duration is out of range, or the stack already has its provider.
        """
        return SingleFunctionProvider(scope, **options)

    @staticmethod
    def from_service_token(
        scope: Construct, id: str, service_token: str, *, service_timeout: Duration | None = None
    ) -> IPersonalizeProvider:
        """Use a provider of another stack of the account and Region, created with `shared`.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            service_token: The provider's `service_token`; a string or a token.
            service_timeout: How long CloudFormation waits for it, at most an hour: its `service_timeout`.
                Default: - 35 minutes, which fits a `total_timeout` of 30.

        Returns:
            A value for the `provider` of a `Solution` or a `Campaign`.
        """
        timeout = given(timeout=service_timeout).get("timeout", Timing().service_timeout)
        return ImportedProvider(scope, id, service_token, int(timeout))

    @classmethod
    def get_or_create(cls, scope: Construct) -> IPersonalizeProvider:
        """Return the provider of a construct's stack. Create it with the defaults if there is none."""
        stack = stack_of(scope)
        return cls._by_stack.get(stack) or cls(stack)
