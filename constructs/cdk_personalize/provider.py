"""What carries out the deploys of a stack's Personalize resources: functions, roles and a state machine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar
from weakref import WeakKeyDictionary

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import custom_resources as cr
from constructs import Construct

from cdk_personalize import _permissions as permissions
from cdk_personalize._asset import handler_code
from cdk_personalize._timing import IS_COMPLETE_SECONDS, ON_EVENT_SECONDS, Timing
from cdk_personalize.errors import InvalidProviderError, Problem


class SolutionProvider(Construct):
    """Define the custom-resource provider that creates, updates and deletes a stack's solutions.

    One serves a whole stack. The first `Solution` of a stack makes it with the defaults below; construct it
    yourself before that to tune it, and the stack's solutions find it. It always has the id
    `PersonalizeSolutionProvider` at the top of the stack, wherever it is constructed, because CloudFormation
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
        vpc: Run all five functions in this VPC. They then need a way out to the endpoints of Personalize,
            CloudFormation, Lambda, Step Functions and S3. Default: - no VPC.
        vpc_subnets: Where in the VPC. Default: - its private subnets.
        security_groups: For the functions' network interfaces.
            Default: - one new group, all outbound traffic allowed.

    Raises:
        InvalidProviderError: A duration is out of range, or the stack already has its provider.
    """

    ID: ClassVar[str] = "PersonalizeSolutionProvider"

    # A look-up in the construct tree costs three round trips to jsii, for each Solution; this costs none.
    _by_stack: ClassVar[WeakKeyDictionary[Stack, SolutionProvider]] = WeakKeyDictionary()

    service_token: str
    """The ARN that custom resources name as their ServiceToken."""
    service_timeout: str
    """Seconds that CloudFormation waits for an answer; a string, as CloudFormation has it."""
    partition: str
    """The stack's AWS partition."""
    log_group: logs.LogGroup
    """Where all five functions log."""
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
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
    ) -> None:
        stack = Stack.of(scope)
        timing = Timing(**_given(total=total_timeout, interval=query_interval))
        problems = list(timing.problems())
        if stack in self._by_stack:
            problems.append(
                Problem(
                    argument="scope",
                    value=stack.node.path,
                    rule="must be in a stack that has no SolutionProvider yet",
                    fix="construct it once, before the stack's first Solution",
                )
            )
        if problems:
            raise InvalidProviderError(f"{stack.node.path}/{self.ID}", problems)
        super().__init__(stack, self.ID)

        self.partition = stack.partition
        self.service_timeout = str(timing.service_timeout)
        self.log_group = logs.LogGroup(
            self, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY
        )
        if vpc is not None and not security_groups:
            security_groups = [
                ec2.SecurityGroup(self, "SecurityGroup", vpc=vpc, description="Personalize custom resources")
            ]
        code = handler_code()
        common = [permissions.write_logs(self.log_group.log_group_arn)]
        if vpc is not None:
            common.append(permissions.manage_network_interfaces())

        def role(id: str, *statements: iam.PolicyStatement) -> iam.Role:
            # The statements are part of the role, so that they last as long as it while a stack is deleted.
            return iam.Role(
                self,
                id,
                assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
                inline_policies={"Function": iam.PolicyDocument(statements=[*statements, *common])},
            )

        def function(
            id: str, handler: str, role: iam.Role, seconds: int, environment: dict[str, str]
        ) -> lambda_.Function:
            return lambda_.Function(
                self,
                id,
                code=code,
                environment={"POWERTOOLS_SERVICE_NAME": "cdk-personalize", **environment},
                handler=f"personalize_provider.framework.{handler}",
                log_group=self.log_group,
                memory_size=memory_size,
                role=role,
                runtime=lambda_.Runtime.PYTHON_3_14,
                security_groups=security_groups,
                timeout=Duration.seconds(seconds),
                vpc=vpc,
                vpc_subnets=vpc_subnets,
            )

        self.on_event_role = role(
            "OnEventRole", permissions.describe_own_stack(stack), permissions.describe_own_events(stack)
        )
        self.is_complete_role = role(
            "IsCompleteRole", permissions.describe_own_stack(stack), *permissions.manage_solutions(stack)
        )
        deadline = {"TOTAL_TIMEOUT_SECONDS": str(int(timing.total))}
        framework = cr.Provider(
            self,
            "Framework",
            framework_complete_and_timeout_role=role("FrameworkIsCompleteRole"),
            framework_on_event_role=role("FrameworkOnEventRole"),
            is_complete_handler=function(
                "IsComplete", "is_complete", self.is_complete_role, IS_COMPLETE_SECONDS, {}
            ),
            log_group=self.log_group,
            on_event_handler=function("OnEvent", "on_event", self.on_event_role, ON_EVENT_SECONDS, deadline),
            query_interval=Duration.seconds(timing.interval),
            security_groups=security_groups,
            total_timeout=Duration.seconds(timing.waiter),
            vpc=vpc,
            vpc_subnets=vpc_subnets,
        )
        self.service_token = framework.service_token
        self._by_stack[stack] = self

    @classmethod
    def get_or_create(cls, scope: Construct) -> SolutionProvider:
        """Return the provider of the stack that a construct is in, making it with the defaults if need be."""
        stack = scope if isinstance(scope, Stack) else Stack.of(scope)
        return cls._by_stack.get(stack) or cls(stack)


def _given(**durations: Duration | None) -> dict[str, float]:
    return {
        name: duration.to_seconds(integral=False)
        for name, duration in durations.items()
        if duration is not None
    }
