"""Process faults on the local AWS: short time limits, and functions that are killed or stalled.

A Lambda function of the local AWS is a process, so it can be killed, and stopped and let go on, at a moment
that a test can see from outside.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk

from cdk_personalize import PersonalizeProvider, Recipe, Solution
from support.processes.cloud import Build, Cloud
from support.processes.local_process import descendants

_STACK = "Stack"
_THEIRS = "theirs"
_SECONDS = 30.0
_CLOUDFORMATION_SENDS = {
    "RequestType",
    "RequestId",
    "StackId",
    "ResponseURL",
    "ResourceType",
    "LogicalResourceId",
    "ResourceProperties",
}


def recommender(**properties: Any) -> Build:
    """A stack with one solution, and these arguments of it other than the defaults."""

    def build(stack: cdk.Stack) -> None:
        given = {"dataset_group": Cloud.dataset_group_arn, "recipe": Recipe.USER_PERSONALIZATION_V2}
        Solution(stack, "Recommender", **{**given, **properties})

    return build


def limited(
    build: Build, *, total: int | None = None, service: int | None = None, is_complete: int | None = None
) -> Build:
    """The same stack with time limits below what the constructs allow, and a waiter that pauses a second.

    Args:
        build: What is in the stack.
        total: Seconds until the handler gives up by itself.
        service: Seconds until CloudFormation gives up.
        is_complete: Seconds until Lambda ends one invocation of the handler that waits.
    """

    def build_limited(stack: cdk.Stack) -> None:
        provider = PersonalizeProvider(stack, query_interval=cdk.Duration.seconds(1))
        build(stack)
        if total is not None:
            _override(provider, "OnEvent", "Environment.Variables.TOTAL_TIMEOUT_SECONDS", str(total))
        if is_complete is not None:
            _override(provider, "IsComplete", "Timeout", is_complete)
        for child in stack.node.children:
            if isinstance(child, Solution) and service is not None:
                resource = cast(cdk.CfnResource, child.node.default_child)
                resource.add_property_override("ServiceTimeout", str(service))

    return build_limited


def _override(provider: PersonalizeProvider, function: str, path: str, value: object) -> None:
    resource = cast(cdk.CfnResource, provider.node.find_child(function).node.default_child)
    resource.add_property_override(path, value)


@contextmanager
def in_background(call: Callable[[], str]) -> Iterator[Future[str]]:
    """Deploy or destroy while the block looks on or interferes; its result is the last status."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(call)


def eventually(what: str, condition: Callable[[], Any], seconds: float = _SECONDS) -> Any:
    """Wait until a condition holds, and return what it returns.

    Raises:
        TimeoutError: it does not; `what` says what was waited for.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)
    return value


def until_called(cloud: Cloud, operation: str, times: int = 1) -> None:
    """Wait until an operation of Personalize was called that often."""
    eventually(f"{times} x {operation}", lambda: len(calls(cloud, operation)) >= times)


def until_status(cloud: Cloud, *statuses: str) -> None:
    """Wait until the stack has one of these statuses; empty once there is none."""
    eventually(" or ".join(statuses), lambda: status(cloud) in statuses)


def until_waiters_ended(cloud: Cloud) -> None:
    """Wait until no request is in progress, whether CloudFormation listens or not."""
    eventually("waiters ended", lambda: all(waiter["status"] != "RUNNING" for waiter in waiters(cloud)))


def calls(cloud: Cloud, *operations: str) -> list[tuple[str, str]]:
    """The calls of these operations so far and what each was answered, `ok` or an error's code."""
    answered = cloud.aws.control("GET", "calls")["calls"]
    return [(call["operation"], call["outcome"]) for call in answered if call["operation"] in operations]


def taken(cloud: Cloud, *operations: str) -> list[str]:
    """Those of the calls that the service took, not those that it refused."""
    return [operation for operation, outcome in calls(cloud, *operations) if outcome == "ok"]


def forget_calls(cloud: Cloud) -> None:
    """Let `calls` begin anew."""
    cloud.aws.control("DELETE", "calls")


def waiters(cloud: Cloud) -> list[dict[str, Any]]:
    """The executions of the provider framework's state machine, as DescribeExecution answers."""
    machines = cloud.aws.client("stepfunctions")
    return [
        machines.describe_execution(executionArn=execution["executionArn"])
        for machine in machines.list_state_machines()["stateMachines"]
        for execution in machines.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    ]


def status(cloud: Cloud) -> str:
    """The stack's status; empty while there is none."""
    stacks = cloud.aws.client("cloudformation").describe_stacks()["Stacks"]
    return next((str(stack["StackStatus"]) for stack in stacks if stack["StackName"] == _STACK), "")


def physical_id(cloud: Cloud) -> str:
    """What the stack holds as the solution's physical id; empty when it holds none."""
    if not status(cloud):
        return ""
    described = cloud.aws.client("cloudformation").describe_stack_resources(StackName=_STACK)
    ids = [
        str(resource["PhysicalResourceId"])
        for resource in described["StackResources"]
        if resource["ResourceType"] == Solution.RESOURCE_TYPE
    ]
    return ids[0] if ids else ""


def solution_arns(cloud: Cloud) -> set[str]:
    """The ARNs of all solutions except the foreign one."""
    listed = cloud.personalize.list_solutions()["solutions"]
    return {solution["solutionArn"] for solution in listed if solution["name"] != _THEIRS}


@contextmanager
def foreign_solution(cloud: Cloud) -> Iterator[None]:
    """A solution that no stack owns and the block must not change."""
    cloud.aws.control("POST", "durations", {"solution_create": 0})
    made = cloud.personalize.create_solution(
        name=_THEIRS,
        datasetGroupArn=Cloud.dataset_group_arn,
        recipeArn="arn:aws:personalize:::recipe/aws-sims",
        performAutoTraining=False,
    )
    cloud.aws.control("POST", "durations", {"solution_create": 1})
    before = cloud.describe(made["solutionArn"])
    yield
    assert cloud.describe(made["solutionArn"]) == before


def workers(cloud: Cloud, handler: str) -> set[int]:
    """The processes, one at least, that run a function, known by its handler as `framework.isComplete`."""
    functions = cloud.aws.client("lambda")

    def found() -> set[int]:
        listed = functions.list_functions()["Functions"]
        names = {function["FunctionName"] for function in listed if function["Handler"] == handler}
        return {pid for pid in descendants(cloud.aws.record.pid) if _function_name(pid) in names}

    pids: set[int] = eventually(f"a worker of {handler}", found)
    return pids


def copied_event(cloud: Cloud) -> dict[str, Any]:
    """What CloudFormation sent last, copied from the waiter that was started for it."""
    newest = max(waiters(cloud), key=lambda waiter: waiter["startDate"])
    event: dict[str, Any] = json.loads(newest["input"])
    return {key: value for key, value in event.items() if key in _CLOUDFORMATION_SENDS}


def deliver(cloud: Cloud, event: Mapping[str, Any]) -> None:
    """Send an event to the provider framework as CloudFormation does."""
    functions = cloud.aws.client("lambda")
    listed = functions.list_functions()["Functions"]
    (name,) = (item["FunctionName"] for item in listed if item["Handler"] == "framework.onEvent")
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()


def kill(pids: set[int]) -> None:
    """End processes as a crash would."""
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


@contextmanager
def stalled(pids: set[int]) -> Iterator[None]:
    """Stop processes for as long as the block runs, then let them go on."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def _function_name(pid: int) -> str:
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
    prefix = b"AWS_LAMBDA_FUNCTION_NAME="
    return next((item[len(prefix) :].decode() for item in variables if item.startswith(prefix)), "")
