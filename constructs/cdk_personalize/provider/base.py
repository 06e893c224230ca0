"""What every provider consists of, whatever carries its requests: a log group, roles and functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct, IDependable

from cdk_personalize.model.findings import InvalidConstructError, Problem
from cdk_personalize.provider import permissions
from cdk_personalize.provider.asset import handler_code
from cdk_personalize.provider.regions import warn_if_unavailable
from cdk_personalize.provider.timing import Timing, given

_OLDEST_PYTHON = (3, 11)  # what the handler's source needs; its byte code is for 3.14 only


class InvalidProviderError(InvalidConstructError):
    """The arguments of a `PersonalizeProvider` are out of range, or the stack already has a provider."""


class IPersonalizeProvider(Protocol):
    """Manages solutions and campaigns. It may belong to another stack of the account and Region."""

    service_token: str
    """The ARN for the ServiceToken of custom resources."""
    service_timeout: str
    """How long CloudFormation waits for a response, in seconds; a string, as in templates."""
    partition: str
    """Its AWS partition."""
    must_outlive: Sequence[IDependable]
    """What must exist until the last resource is deleted, besides the service token."""

    def serves(self, stack: Stack) -> bool:
        """Whether it may manage the resources of a stack."""
        ...


class ProviderBase(Construct):
    """A stack's provider, whatever carries its requests."""

    ID: ClassVar[str] = "PersonalizeProvider"

    # A look-up in the construct tree costs three round trips to jsii per construct; this costs none.
    _by_stack: ClassVar[WeakKeyDictionary[Stack, ProviderBase]] = WeakKeyDictionary()

    service_token: str
    """The ARN for the ServiceToken of custom resources."""
    service_timeout: str
    """How long CloudFormation waits for a response, in seconds; a string, as in templates."""
    partition: str
    """The stack's AWS partition."""
    must_outlive: Sequence[IDependable]
    """What must exist until the last resource is deleted, besides the service token."""
    log_group: logs.LogGroup
    """The log group of all functions."""

    def __init__(
        self,
        scope: Construct,
        *,
        query_interval: Duration | None,
        total_timeout: Duration | None = None,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        memory_size: int = 256,
        runtime: lambda_.Runtime | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        shared: bool = False,
    ) -> None:
        stack = Stack.of(scope)
        timing = Timing(**given(total=total_timeout, interval=query_interval))
        problems = [*timing.problems(), *_runtime_problems(runtime)]
        if stack in self._by_stack:
            problems.append(
                Problem(
                    argument="scope",
                    value=stack.node.path,
                    rule="must be in a stack without a PersonalizeProvider",
                    fix="create the provider once, before the stack's first Solution or Campaign",
                )
            )
        if problems:
            raise InvalidProviderError(f"{stack.node.path}/{self.ID}", problems)
        super().__init__(stack, self.ID)

        self.partition = stack.partition
        self.service_timeout = str(timing.service_timeout)
        # Without the VPC's ways out, no function reaches the service, neither to create nor to delete.
        self.must_outlive = () if vpc is None else (vpc, *(security_groups or ()))
        self.log_group = logs.LogGroup(
            self, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY
        )
        if vpc is not None and not security_groups:
            security_groups = [
                ec2.SecurityGroup(self, "SecurityGroup", vpc=vpc, description="Personalize custom resources")
            ]
        self._stack = stack
        self._timing = timing
        self._shared = shared
        self._stacks = permissions.served_stacks(stack, shared=shared)
        self._vpc = vpc
        self._vpc_subnets = vpc_subnets
        self._security_groups = security_groups
        self._memory_size = memory_size
        self._runtime = runtime or lambda_.Runtime.PYTHON_3_14
        self._code = handler_code()
        self._service = iam.ServicePrincipal("lambda.amazonaws.com")
        self._common = [permissions.write_logs(self.log_group.log_group_arn)]
        if vpc is not None:
            self._common.append(permissions.manage_network_interfaces())
        self._by_stack[stack] = self
        warn_if_unavailable(self, stack.region)

    def serves(self, stack: Stack) -> bool:
        """Whether it may manage the resources of a stack: its own, or any if it is shared."""
        return self._shared or stack is self._stack

    def _role(
        self, id: str, *statements: iam.PolicyStatement, of_kinds: Sequence[iam.PolicyStatement] = ()
    ) -> iam.Role:
        # The statements are part of the role, so that they last as long as the role while a stack is deleted.
        # A released template keeps its statements in their places: those of the kinds come last.
        document = iam.PolicyDocument(statements=[*statements, *self._common, *of_kinds])
        return iam.Role(self, id, assumed_by=self._service, inline_policies={"Function": document})

    def _function(
        self, id: str, handler: str, role: iam.Role, seconds: int, environment: dict[str, str]
    ) -> lambda_.Function:
        return lambda_.Function(
            self,
            id,
            code=self._code,
            environment={"POWERTOOLS_SERVICE_NAME": "cdk-personalize", **environment},
            handler=f"personalize_provider.{handler}",
            log_group=self.log_group,
            memory_size=self._memory_size,
            role=role,
            runtime=self._runtime,
            security_groups=self._security_groups,
            timeout=Duration.seconds(seconds),
            vpc=self._vpc,
            vpc_subnets=self._vpc_subnets,
        )


def _runtime_problems(runtime: lambda_.Runtime | None) -> Iterator[Problem]:
    if runtime is None:
        return
    version = re.fullmatch(r"python(\d+)\.(\d+)", runtime.name)
    if version is None or (int(version[1]), int(version[2])) < _OLDEST_PYTHON:
        yield Problem(
            argument="runtime",
            value=runtime.name,
            rule=f"must be Python {'.'.join(map(str, _OLDEST_PYTHON))} or newer",
            fix="use aws_lambda.Runtime.PYTHON_3_13, or leave it out for Python 3.14",
        )


class ImportedProvider(Construct):
    """A provider of another stack."""

    def __init__(self, scope: Construct, id: str, service_token: str, service_timeout: int) -> None:
        super().__init__(scope, id)
        self.service_token = service_token
        self.service_timeout = str(service_timeout)
        self.partition = Stack.of(scope).partition
        self.must_outlive: Sequence[IDependable] = ()

    def serves(self, _stack: Stack) -> bool:
        """Whether it may manage the resources of a stack: you imported it for that."""
        return True
