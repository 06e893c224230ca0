"""What the creates of a solution cost, by how soon it is ready: in virtual time, and on the local AWS.

On the local AWS functions are processes, and what they bill is counted there.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

import boto3
from aws_cdk import Stack

from bench.deploys import Create, Peer, Transport, created, naive_in, ours
from bench.page import Row
from bench.peers.app import provider, solution
from cdk_personalize import PersonalizeProvider, Recipe, Solution
from personalize_local.testing.server_process import LocalAws, running
from personalize_provider.aws import sdk
from personalize_provider.engine.log import logger
from support.processes.cloud import Cloud
from support.virtual_time.account import Account
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime, framework_runtime
from support.virtual_time.functions import Executions, Handler

Declare = Callable[[Stack, bool], object]
"""Defines a provider in a stack and, if asked to, a solution."""

_REPORT = re.compile(r"^REPORT .*Billed Duration: (\d+) ms\tMemory Size: (\d+) MB", re.MULTILINE)
_READY_AFTER = (1, 5, 30, 120)  # seconds
_READY_AFTER_ON_LOCAL_AWS = (5, 30)
_SEEDS = range(5)
_HANDLER = Path(__file__).parent / "peers" / "crhelper_handler"
_FUNCTION_SECONDS = 300
_CALL = 0.2  # seconds of a call to EventBridge or Lambda


def rows() -> list[Row]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        modelled = {after: _modelled(runtime, after) for after in _READY_AFTER}
    return [
        *(
            _row(f"price of 1,000 creates, ready after {after} s: {side}", create, len(_SEEDS))
            for after, sides in modelled.items()
            for side, create in sides.items()
        ),
        *_on_local_aws(modelled),
    ]


def _row(name: str, create: Create, runs: int, **more: float) -> Row:
    return Row(name, create.dollars, runs, "dollars", values={**create.values(), **more})


def _modelled(runtime: FrameworkRuntime, ready_after: float) -> dict[str, Create]:
    """The mean of each side's creates in virtual time."""
    sides: dict[str, tuple[Transport, Peer]] = {
        "ours": (runtime, ours),
        "ours in a single function": (OneFunction(), ours),
        "the default provider": (runtime, naive_in),
        "crhelper": (OneFunction(), crhelper_in),
    }
    return {
        side: Create.mean_of([created(transport, peer, ready_after, seed) for seed in _SEEDS])
        for side, (transport, peer) in sides.items()
    }


def _on_local_aws(modelled: Mapping[int, Mapping[str, Create]]) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as aws:
        for after in _READY_AFTER_ON_LOCAL_AWS:
            for side, declare in _DECLARED.items():
                create = _created_on(aws, declare, after)
                against = create.dollars / modelled[after][side].dollars
                name = f"the same on the local AWS, ready after {after} s: {side}"
                yield _row(name, create, 1, **{"times the price in virtual time": against})


def _created_on(aws: LocalAws, declare: Declare, ready_after: float) -> Create:
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


def _declare_ours(stack: Stack, with_solution: bool) -> None:
    if with_solution:
        Solution(
            stack, "Solution", dataset_group=Cloud.dataset_group_arn, recipe=Recipe.USER_PERSONALIZATION_V2
        )
    else:
        PersonalizeProvider.get_or_create(stack)


def _declare_ours_single(stack: Stack, with_solution: bool) -> None:
    PersonalizeProvider.single_function(stack)
    _declare_ours(stack, with_solution)


def _declare_default(stack: Stack, with_solution: bool) -> None:
    token = provider(stack)
    if with_solution:
        solution(stack, 0, token, Cloud.dataset_group_arn)


_DECLARED: dict[str, Declare] = {
    "ours": _declare_ours,
    "ours in a single function": _declare_ours_single,
    "the default provider": _declare_default,
}


class CrhelperFunction(Executions):
    """The one function of the peer, and the schedules that call it until they are deleted."""

    handler: Handler

    def _receive(self, event: Mapping[str, Any]) -> None:
        self.run(self.handler, event, _FUNCTION_SECONDS)

    def client(self, service: str, **_settings: Any) -> Any:
        """What the function gets of `boto3.client`."""
        if service == "personalize":
            return sdk.personalize()
        return _Schedules(self) if service == "events" else _Anything(self)


class _Anything:
    """A client whose calls take their time and change nothing."""

    def __init__(self, function: CrhelperFunction) -> None:
        self._function = function

    def __getattr__(self, _operation: str) -> Any:
        return self._called

    def _called(self, **_request: Any) -> None:
        self._function.sleep(_CALL)


class _Schedules(_Anything):
    """EventBridge's rules."""

    def __init__(self, function: CrhelperFunction) -> None:
        super().__init__(function)
        self._inputs: dict[str, str] = {}

    def put_rule(self, *, Name: str, ScheduleExpression: str, **_more: str) -> dict[str, str]:  # noqa: N803
        self._function.sleep(_CALL)
        minutes = int(ScheduleExpression.removeprefix("rate(").partition(" ")[0])
        self._inputs[Name] = ""
        self._function.time.spawn(Name, lambda: self._tick(Name, minutes * 60))
        return {"RuleArn": f"arn:aws:events:us-east-1:123456789012:rule/{Name}"}

    def put_targets(self, *, Rule: str, Targets: list[dict[str, str]]) -> None:  # noqa: N803
        self._function.sleep(_CALL)
        (target,) = Targets
        self._inputs[Rule] = target["Input"]

    def delete_rule(self, *, Name: str) -> None:  # noqa: N803
        self._function.sleep(_CALL)
        del self._inputs[Name]

    def _tick(self, name: str, seconds: float) -> None:
        while True:
            self._function.time.sleep(seconds)
            if name not in self._inputs:
                return
            self._function.deliver(json.loads(self._inputs[name]))


@contextlib.contextmanager
def crhelper_in(made: Account) -> Iterator[dict[str, str]]:
    """Have the peer carry an account's requests while the block runs; what it wants of a solution."""
    function = CrhelperFunction(made.time, made.engine.respond, made.functions.timing)
    made.functions = function
    made.engine.deliver = function.deliver

    def answer(url: str, body: Mapping[str, Any], _verify: object) -> None:
        function.sleep(_CALL)
        made.engine.respond(urlsplit(url).path, json.dumps(body))

    with (
        mock.patch.object(boto3, "client", function.client),
        mock.patch.object(sys, "path", [str(_HANDLER), *sys.path]),
    ):
        sys.modules.pop("index", None)
        index = importlib.import_module("index")
        index.helper._send = partial(index.helper._send, send_response=answer)
        function.handler = index.handler
        yield {"name": "movies"}
