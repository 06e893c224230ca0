"""What carries out the deploys of a stack's Personalize resources: functions, roles and a state machine."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from cdk_personalize.provider import permissions
from cdk_personalize.provider.base import ImportedProvider, IPersonalizeProvider, ProviderBase
from cdk_personalize.provider.single_function import SingleFunctionProvider
from cdk_personalize.provider.timing import IS_COMPLETE_SECONDS, ON_EVENT_SECONDS, Timing, given


class PersonalizeProvider(ProviderBase):
    """Define the custom-resource provider that creates, updates and deletes a stack's solutions.

    One serves a whole stack. The first `Solution` of a stack makes it with the defaults below; construct it
    yourself before that to tune it, and the stack's solutions find it. It always has the id
    `PersonalizeProvider` at the top of the stack, wherever it is constructed, because CloudFormation
    refuses to move an existing resource to another provider: tuning one that is deployed stays an update.

    Timing: the handler gives up by itself after `total_timeout`, with the last status and what to do.
    The waiter outlasts it by one full invocation, and CloudFormation's `ServiceTimeout` outlasts the waiter,
    so a stack never hangs; all of it stays below the hour that CloudFormation allows.

    Cost: nothing while nothing is deployed, apart from stored logs.

    Args:
        scope: A construct in the stack that the provider is to serve.
        total_timeout: How long one create, update or delete may take, in whole seconds, 1 to 50 minutes.
            Default: - 30 minutes.
        query_interval: Pause between two invocations of the handler that waits, in whole seconds, 1 to 60.
            The handler paces its own requests inside an invocation, so this adds lag rather than saving
            requests. Default: - 5 seconds.
        log_retention: How long the provider's one log group keeps events. Default: - one month.
        memory_size: Memory of the two handler functions, in MiB. Default: - 256.
        runtime: Of the two handler functions: Python 3.11 or newer, for a Region that has no Python 3.14.
            They have byte code for 3.14 alone, so another one takes longer to start. Default: - Python 3.14.
        vpc: Run all five functions in this VPC. They then need a way out to the endpoints of Personalize,
            CloudFormation, Lambda, Step Functions and S3. Solutions depend on all that is defined inside of
            the VPC's construct, so that its ways out are there before them, and go after them. Where one is
            defined elsewhere, add that yourself: `solution.node.add_dependency(endpoint)`.
            Default: - no VPC.
        vpc_subnets: Where in the VPC. Default: - its private subnets.
        security_groups: For the functions' network interfaces.
            Default: - one new group, all outbound traffic allowed.
        shared: Serve the other stacks of the account and Region too: those whose solutions name it as their
            `provider`. Its roles may then work on the solutions of any stack; the provider itself still
            proves for each request whose a solution is. Default: False, for the own stack alone.

    Raises:
        InvalidProviderError: A duration is out of range, or the stack already has its provider.
    """

    on_event_role: iam.Role
    """The role of the function that receives each request."""
    is_complete_role: iam.Role
    """The role of the function that calls Amazon Personalize."""

    def __init__(
        self,
        scope: Construct,
        *,
        total_timeout: Duration | None = None,
        query_interval: Duration | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = 256,
        runtime: lambda_.Runtime | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        shared: bool = False,
    ) -> None:
        timing = Timing(**given(total=total_timeout, interval=query_interval))
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
        self.on_event_role = self._role(
            "OnEventRole",
            permissions.describe_stacks(self._stacks),
            later=[
                permissions.list_stack_resources(self._stacks),
                permissions.see_solutions(self._stack),
            ],
        )
        self.is_complete_role = self._role(
            "IsCompleteRole",
            permissions.describe_stacks(self._stacks),
            permissions.describe_stack_events(self._stacks),
            *permissions.manage_solutions(self._stack, self._stacks, shared=shared),
            later=[permissions.list_stack_resources(self._stacks)],
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
            vpc=vpc,
            vpc_subnets=vpc_subnets,
        )
        self.service_token = framework.service_token

    @staticmethod
    def single_function(
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
    ) -> SingleFunctionProvider:
        """Define the stack's provider as one Lambda function, without a state machine.

        For those who can't have the CDK's provider framework. Construct it before the stack's first
        `Solution`, which then finds it. A stack has this one or the other, and can't change once it is
        deployed: CloudFormation refuses another ServiceToken for an existing resource.

        Args:
            scope: As above, like all that follows.
            total_timeout: Default: - 30 minutes.
            log_retention: Default: - one month.
            memory_size: In MiB. Default: - 256.
            runtime: Default: - Python 3.14.
            vpc: It also needs a way out to EventBridge there. Default: - no VPC.
            vpc_subnets: Default: - its private subnets.
            security_groups: Default: - one new group, all outbound traffic allowed.
            shared: Default: - False.

        Raises:
            InvalidProviderError: As above.
        """
        return SingleFunctionProvider(
            scope,
            total_timeout=total_timeout,
            log_retention=log_retention,
            memory_size=memory_size,
            runtime=runtime,
            vpc=vpc,
            vpc_subnets=vpc_subnets,
            security_groups=security_groups,
            shared=shared,
        )

    @staticmethod
    def from_service_token(
        scope: Construct, id: str, service_token: str, *, service_timeout: Duration | None = None
    ) -> IPersonalizeProvider:
        """Use a provider that another stack of the account and Region has made, with `shared`.

        Args:
            scope: The construct that the reference belongs to.
            id: Its name among that construct's children.
            service_token: The provider's `service_token`; a string or a token.
            service_timeout: How long CloudFormation waits for it, at most an hour: its `service_timeout`.
                Default: - 35 minutes, which goes with a `total_timeout` of 30.

        Returns:
            What `Solution` takes as `provider`.
        """
        timeout = given(timeout=service_timeout).get("timeout", Timing().service_timeout)
        return ImportedProvider(scope, id, service_token, int(timeout))

    @classmethod
    def get_or_create(cls, scope: Construct) -> IPersonalizeProvider:
        """Return the provider of the stack that a construct is in, making it with the defaults if need be."""
        stack = scope if isinstance(scope, Stack) else Stack.of(scope)
        return cls._by_stack.get(stack) or cls(stack)
