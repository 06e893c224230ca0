"""What every provider is made of, whatever carries its requests: a log group, roles and functions."""

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

from cdk_personalize.model.errors import InvalidProviderError, Problem
from cdk_personalize.provider import permissions
from cdk_personalize.provider.asset import handler_code
from cdk_personalize.provider.regions import warn_where_there_is_none
from cdk_personalize.provider.timing import Timing

_OLDEST_PYTHON = (3, 11)  # what the handler's code is written for; its byte code is for 3.14 alone


class IPersonalizeProvider(Protocol):
    """What carries out the deploys of solutions; it may belong to another stack of the account and Region."""

    service_token: str
    """The ARN that custom resources name as their ServiceToken."""
    service_timeout: str
    """Seconds that CloudFormation waits for an answer; a string, as CloudFormation has it."""
    partition: str
    """The AWS partition that it is in."""
    outlives: Sequence[IDependable]
    """What the service token doesn't refer to, and what is needed until the last solution is gone."""

    def serves(self, stack: Stack) -> bool:
        """Whether it may work on the solutions of a stack."""
        ...


class ProviderBase(Construct):
    """The provider of a stack, without what carries its requests."""

    ID: ClassVar[str] = "PersonalizeProvider"

    # A look-up in the construct tree costs three round trips to jsii, for each Solution; this costs none.
    _by_stack: ClassVar[WeakKeyDictionary[Stack, ProviderBase]] = WeakKeyDictionary()

    service_token: str
    """The ARN that custom resources name as their ServiceToken."""
    service_timeout: str
    """Seconds that CloudFormation waits for an answer; a string, as CloudFormation has it."""
    partition: str
    """The stack's AWS partition."""
    outlives: Sequence[IDependable]
    """What the service token doesn't refer to, and what is needed until the last solution is gone."""
    log_group: logs.LogGroup
    """Where all functions log."""

    def __init__(
        self,
        scope: Construct,
        *,
        timing: Timing,
        log_retention: logs.RetentionDays,
        memory_size: int,
        runtime: lambda_.Runtime | None,
        vpc: ec2.IVpc | None,
        vpc_subnets: ec2.SubnetSelection | None,
        security_groups: Sequence[ec2.ISecurityGroup] | None,
        shared: bool,
    ) -> None:
        stack = Stack.of(scope)
        problems = [*timing.problems(), *_runtime_problems(runtime)]
        if stack in self._by_stack:
            problems.append(
                Problem(
                    argument="scope",
                    value=stack.node.path,
                    rule="must be in a stack that has no PersonalizeProvider yet",
                    fix="construct it once, before the stack's first Solution",
                )
            )
        if problems:
            raise InvalidProviderError(f"{stack.node.path}/{self.ID}", problems)
        super().__init__(stack, self.ID)

        self.partition = stack.partition
        self.service_timeout = str(timing.service_timeout)
        # Without the ways out of the VPC no function reaches the service, neither to create nor to delete.
        self.outlives = () if vpc is None else (vpc, *(security_groups or ()))
        self.log_group = logs.LogGroup(
            self, "Logs", retention=log_retention, removal_policy=RemovalPolicy.DESTROY
        )
        if vpc is not None and not security_groups:
            security_groups = [
                ec2.SecurityGroup(self, "SecurityGroup", vpc=vpc, description="Personalize custom resources")
            ]
        self._stack = stack
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
        warn_where_there_is_none(self, stack.region)

    def serves(self, stack: Stack) -> bool:
        """Whether it may work on the solutions of a stack: of its own, and if it is shared, of any."""
        return self._shared or stack is self._stack

    def _role(
        self, id: str, *statements: iam.PolicyStatement, later: Sequence[iam.PolicyStatement] = ()
    ) -> iam.Role:
        # The statements are part of the role, so that they last as long as it while a stack is deleted.
        # A released template keeps its statements in their places: `later` ones come last.
        return iam.Role(
            self,
            id,
            assumed_by=self._service,
            inline_policies={"Function": iam.PolicyDocument(statements=[*statements, *self._common, *later])},
        )

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
    """A provider that another stack made."""

    def __init__(self, scope: Construct, id: str, service_token: str, service_timeout: int) -> None:
        super().__init__(scope, id)
        self.service_token = service_token
        self.service_timeout = str(service_timeout)
        self.partition = Stack.of(scope).partition
        self.outlives: Sequence[IDependable] = ()

    def serves(self, _stack: Stack) -> bool:
        """Whether it may work on the solutions of a stack: it was named for that."""
        return True
