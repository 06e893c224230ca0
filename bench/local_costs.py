"""What a create of one solution takes on the local AWS: real functions, real time."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from aws_cdk import Stack

from bench.create import Create
from cloud import Cloud
from personalize_local.testing.server_process import LocalAws

_REPORT = re.compile(r"^REPORT .*Billed Duration: (\d+) ms\tMemory Size: (\d+) MB", re.MULTILINE)

Declare = Callable[[Stack, bool], object]
"""Defines a provider in a stack and, if asked to, a solution."""


def created_on(aws: LocalAws, declare: Declare, ready_after: float) -> Create:
    """Create one solution with a provider that is there already."""
    aws.reset()
    cloud = Cloud(aws)
    _succeed(cloud, lambda stack: declare(stack, False))
    aws.control("POST", "durations", {"solution_create": ready_after})
    aws.control("DELETE", "calls")
    _succeed(cloud, lambda stack: declare(stack, True))
    calls = aws.control("GET", "calls")["calls"]
    (made,) = (call for call in calls if call["operation"] == "CreateSolution")
    billed = _billed(aws)
    return Create(
        lag=(_answered(aws) - datetime.fromisoformat(made["time"])).total_seconds() - ready_after,
        calls=len(calls),
        invocations=len(billed),
        gigabyte_seconds=sum(billed),
        transitions=_transitions(aws),
    )


def _succeed(cloud: Cloud, build: Callable[[Stack], object]) -> None:
    status = cloud.deploy(build)
    if not status.endswith("_COMPLETE") or "ROLLBACK" in status:
        raise RuntimeError(f"the deploy ended in {status}: {cloud.reasons()}")


def _answered(aws: LocalAws) -> datetime:
    """When CloudFormation had the answer about the solution."""
    events = aws.client("cloudformation").describe_stack_events(StackName="Stack")["StackEvents"]
    (answered,) = (
        event["Timestamp"]
        for event in events
        if event["ResourceType"] == "Custom::PersonalizeSolution"
        and event["ResourceStatus"].endswith("_COMPLETE")  # ministack says UPDATE_ of all in an update
    )
    assert isinstance(answered, datetime)  # noqa: S101 (what botocore makes of it)
    return answered


def _billed(aws: LocalAws) -> list[float]:
    """The gigabyte-seconds of each invocation, as Lambda's own lines in the logs have it."""
    logs = aws.client("logs")
    texts = [
        event["message"]
        for group in logs.describe_log_groups()["logGroups"]
        for event in logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
    ]
    reports = [match for text in texts if (match := _REPORT.search(text))]
    return [int(ms) / 1000 * int(megabytes) / 1024 for ms, megabytes in (match.groups() for match in reports)]


def _transitions(aws: LocalAws) -> int:
    """The transitions of all state machines: each try of a task is one."""
    states = aws.client("stepfunctions")
    return sum(
        event["type"] == "TaskScheduled"
        for machine in states.list_state_machines()["stateMachines"]
        for execution in states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
        for event in states.get_execution_history(executionArn=execution["executionArn"])["events"]
    )
