"""An AWS account in virtual time: Personalize, CloudFormation, and the provider between them, all real but the time.

The provider's handlers, botocore's clients and the framework's JavaScript are real; Personalize is the simulator;
Lambda, Step Functions and CloudFormation are modelled in `functions` and `stack_engine`.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError

from cdk_personalize._timing import Timing
from chaos import Chaos, Strike
from framework_runtime import FrameworkRuntime
from functions import Functions
from personalize_local.simulator import Clock, Durations, Limits, Response, Scope
from personalize_local.simulator import Personalize as Simulator
from personalize_provider import framework, sdk
from personalize_provider.identity import LOGICAL_ID_TAG, STACK_ID_TAG
from provider_world import GROUP, PROPERTIES, SCOPE, START, client_of, without_none
from stack_engine import Engine, Stack, Template
from virtual_time import VirtualTime

_LATENCY = (0.02, 0.2)


@dataclass
class Account:
    """The account.

    Attributes:
        simulator: Personalize.
        time: Its time and everybody's.
        functions: The provider.
        engine: CloudFormation.
        chaos: What goes wrong between the provider and the services.
        touched: The ARNs that the provider has tried to change, with the operation.
    """

    simulator: Simulator
    time: VirtualTime
    functions: Functions
    engine: Engine
    chaos: Chaos
    touched: list[tuple[str, str]] = field(default_factory=list)

    def call(self, operation: str, **members: object) -> dict[str, Any]:
        """What somebody else does in the account."""
        return self.simulator.call(operation, members, SCOPE)

    def solutions(self) -> dict[str, dict[str, Any]]:
        """All solutions that exist, described, by ARN."""
        (state,) = [s for s in [self.simulator.call("ListSolutions", {"maxResults": 100}, SCOPE)]]
        return {s["solutionArn"]: self.describe(s["solutionArn"]) for s in state["solutions"]}  # type: ignore[union-attr,index]

    def describe(self, arn: str) -> dict[str, Any]:
        """DescribeSolution."""
        described: dict[str, Any] = self.call("DescribeSolution", solutionArn=arn)["solution"]
        return described

    def tags(self, arn: str) -> dict[str, str]:
        """A solution's tags."""
        tags = self.call("ListTagsForResource", resourceArn=arn)["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in tags}

    def deploy(self, name: str, template: Template, **settings: Any) -> Stack:
        """Create a stack and let everything come to its end."""
        stack = self.engine.create(name, template, **settings)
        self.time.run()
        return stack

    def strike(self, *strikes: Strike) -> None:
        """Let things go wrong."""
        self.chaos.pending += strikes


def template(**solutions: Mapping[str, Any]) -> Template:
    """A template of solutions by logical id, each with what differs from `PROPERTIES`."""
    return {key: without_none({**PROPERTIES, **properties}) for key, properties in solutions.items()}


@contextlib.contextmanager
def account(
    runtime: FrameworkRuntime,
    *,
    total_timeout: float = 120.0,
    durations: Durations | None = None,
    limits: Limits | None = None,
    concurrency: int | None = None,
    seed: int = 0,
) -> Iterator[Account]:
    """An empty account, with an ACTIVE dataset group, for as long as the block runs."""
    clock = Clock.frozen(START)
    simulator = Simulator(clock, durations, limits)
    time = VirtualTime(clock)
    engine = Engine(time, seed)
    timing = Timing(total=total_timeout)
    functions = Functions(time, runtime, engine.respond, timing, concurrency)
    engine.deliver = functions.deliver
    engine.service_timeout = timing.service_timeout
    made = Account(simulator, time, functions, engine, Chaos())
    latency = random.Random(seed)

    def respond(target: str, body: bytes, scope: Scope) -> Response:
        operation = target.rpartition(".")[2]
        functions.sleep(latency.uniform(*_LATENCY))
        answer = made.chaos.around(operation, lambda: simulator.respond(target, body, scope), functions.sleep)
        functions.sleep(latency.uniform(*_LATENCY))
        return answer

    class CloudFormation:
        def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803
            functions.sleep(latency.uniform(*_LATENCY))
            answered: dict[str, Any] = {}

            def answer() -> Response:
                answered.update(engine.describe_stacks(StackName))
                return Response(200, {}, b"")

            response = made.chaos.around("DescribeStacks", answer, functions.sleep)
            if response.status != 200 or response.headers:
                error = {"Code": response.headers["x-amzn-errortype"], "Message": "struck by a test"}
                raise ClientError(
                    {"Error": error, "ResponseMetadata": {"HTTPStatusCode": response.status}},  # type: ignore[typeddict-item]
                    "DescribeStacks",
                )
            return answered

    client, stacks = client_of(respond), CloudFormation()
    environment = {"TOTAL_TIMEOUT_SECONDS": str(int(total_timeout))}
    with (
        mock.patch.object(sdk, "personalize", lambda: client),
        mock.patch.object(sdk, "cloudformation", lambda: stacks),
        mock.patch.object(framework, "_CLOCK", functions_clock(functions)),
        mock.patch.dict(os.environ, environment),
    ):
        made.call("CreateDatasetGroup", name=GROUP.rpartition("/")[2])
        simulator.advance(60)
        simulator.clear_calls()
        try:
            yield made
        finally:
            time.close()


class _ProviderClock:
    def __init__(self, functions: Functions) -> None:
        self._functions = functions

    def now(self) -> float:
        return self._functions.time.now()

    def sleep(self, seconds: float) -> None:
        self._functions.sleep(seconds)


def functions_clock(functions: Functions) -> _ProviderClock:
    """The provider's clock inside its functions."""
    return _ProviderClock(functions)


def owner_of(tags: Mapping[str, str]) -> tuple[str, str] | None:
    """The stack id and logical id that tags name."""
    return (tags[STACK_ID_TAG], tags[LOGICAL_ID_TAG]) if STACK_ID_TAG in tags else None
