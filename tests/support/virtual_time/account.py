"""An AWS account in virtual time: Personalize, CloudFormation, and the provider between them.

The provider's handlers, botocore's clients, the framework's JavaScript and crhelper are real. Personalize is
the simulator. Lambda, Step Functions, EventBridge and CloudFormation are modelled in `functions`,
`event_rules` and `stack_engine`.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from unittest import mock
from urllib.parse import urlsplit

from botocore.exceptions import HTTPClientError, ResponseStreamingError

from cdk_personalize.provider.timing import POLL_SECONDS, Timing
from personalize_local.simulator import Clock, Durations, Limits, Response, Scope, ServiceError
from personalize_local.simulator import Personalize as Simulator
from personalize_provider import framework, single_function
from personalize_provider.aws import cfn_response as answer
from personalize_provider.aws import sdk
from personalize_provider.engine.identity import STACK_ID_TAG
from support.virtual_time.call_faults import CallFault, CallFaults, client_error, error_response
from support.virtual_time.clock import VirtualTime
from support.virtual_time.event_rules import PREFIX, EventRules, OneFunction, Rule, SingleFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.functions import Executions, Functions
from support.virtual_time.provider_world import (
    GROUP,
    PROPERTIES,
    SCOPE,
    START,
    client_of,
    without_none,
)
from support.virtual_time.stack_engine import Engine, Stack, Template
from support.virtual_time.stack_rules import TYPE

_LATENCY = (0.02, 0.2)


@dataclass
class Account:
    """The account.

    Attributes:
        simulator: Personalize.
        time: The time of everything in it.
        functions: The provider.
        engine: CloudFormation.
        faults: The faults between the provider and the services.
        effects: What the provider has changed: the operation and the solution's ARN.
        updates: The Update requests among them.
        answered: The number of responses by operation and error code, empty for none; the simulator keeps
            only the last calls.
        descriptions_per_second: How many descriptions CloudFormation answers; None for all.
        descriptions: How often it answered with each of them, and how often it throttled one.
        lags: How many seconds old CloudFormation's descriptions are; each call takes the next value.
        rules: The EventBridge rules, of the transport that has any.
    """

    simulator: Simulator
    time: VirtualTime
    functions: Any  # Functions or SingleFunction, as the transport is
    engine: Engine
    faults: CallFaults = field(default_factory=CallFaults)
    effects: list[tuple[str, str]] = field(default_factory=list)
    updates: list[Mapping[str, Any]] = field(default_factory=list)
    answered: Counter[tuple[str, str]] = field(default_factory=Counter)
    descriptions_per_second: int | None = None
    descriptions: Counter[str] = field(default_factory=Counter)
    lags: Sequence[float] = (0.0,)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    _latency: random.Random = field(default_factory=lambda: random.Random(0))
    _asked: deque[float] = field(default_factory=deque)
    _described: int = 0

    # What others do and see.

    def call(self, operation: str, **members: object) -> dict[str, Any]:
        """Call Personalize, outside the limit of one request a second."""
        rate = self.simulator.limits.requests_per_second
        self.simulator.set_limits(requests_per_second=None)
        try:
            return self.simulator.call(operation, members, SCOPE)
        finally:
            self.simulator.set_limits(requests_per_second=rate)

    def solutions(self) -> dict[str, dict[str, Any]]:
        """All solutions that exist, described, by ARN."""
        listed = self.call("ListSolutions", maxResults=100)["solutions"]
        return {s["solutionArn"]: self.describe(s["solutionArn"]) for s in listed}

    def campaigns(self) -> dict[str, dict[str, Any]]:
        """All campaigns that exist, described, by ARN."""
        listed = self.call("ListCampaigns", maxResults=100)["campaigns"]
        arns = [campaign["campaignArn"] for campaign in listed]
        return {arn: self.call("DescribeCampaign", campaignArn=arn)["campaign"] for arn in arns}

    def describe(self, arn: str) -> dict[str, Any]:
        """DescribeSolution."""
        described: dict[str, Any] = self.call("DescribeSolution", solutionArn=arn)["solution"]
        return described

    def versions(self, solution_arn: str) -> list[dict[str, Any]]:
        """All versions of a solution, described; none if it doesn't exist."""
        try:
            listed = self.call("ListSolutionVersions", solutionArn=solution_arn, maxResults=100)
        except ServiceError:
            return []
        arns = [version["solutionVersionArn"] for version in listed["solutionVersions"]]
        calls = (self.call("DescribeSolutionVersion", solutionVersionArn=arn) for arn in arns)
        return [described["solutionVersion"] for described in calls]

    def tags(self, arn: str) -> dict[str, str]:
        """A solution's tags."""
        tags = self.call("ListTagsForResource", resourceArn=arn)["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in tags}

    def deploy(self, name: str, template: Template, **settings: Any) -> Stack:
        """Create a stack and wait until nothing is in progress."""
        stack = self.engine.create(name, template, **settings)
        self.time.run()
        return stack

    def inject(self, *faults: CallFault) -> None:
        """Inject faults into coming calls of the provider."""
        self.faults.pending += faults

    # What the provider reaches.

    def respond(self, target: str, body: bytes, scope: Scope) -> Response:
        """Answer one of the provider's calls to Personalize."""
        operation = target.rpartition(".")[2]

        def answer() -> Response:
            if operation == "TagResource" and self._is_anothers(json.loads(body)):
                return error_response(HTTPStatus.BAD_REQUEST, "AccessDeniedException")
            response = self.simulator.respond(target, body, scope)
            self.answered[operation, response.headers.get("x-amzn-errortype", "")] += 1
            if response.status == HTTPStatus.OK and not operation.startswith(("Describe", "List")):
                request, answered = json.loads(body), json.loads(response.body or b"{}")
                self.effects.append((operation, _changed(operation, {**request, **answered})))
                self.updates += [request] if operation.startswith("Update") else []
            return response

        return self.around_call(operation, answer)

    def _is_anothers(self, request: Mapping[str, Any]) -> bool:
        """Whether the caller's role must not tag a solution: it has another stack's tag (decision 15)."""
        ours = {tag["tagKey"]: tag["tagValue"] for tag in request["tags"]}.get(STACK_ID_TAG)
        with contextlib.suppress(ServiceError):
            return ours is not None and self.tags(request["resourceArn"]).get(STACK_ID_TAG, ours) != ours
        return False

    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803 (botocore's name)
        """Answer a call to DescribeStacks."""
        return self._told("DescribeStacks", lambda: self.engine.describe_stacks(StackName, self._next_lag()))

    def describe_stack_events(self, *, StackName: str, NextToken: str = "") -> Mapping[str, Any]:  # noqa: N803
        """Answer a call to DescribeStackEvents."""
        return self._told(
            "DescribeStackEvents",
            lambda: self.engine.describe_stack_events(StackName, NextToken, self._next_lag()),
        )

    def _next_lag(self) -> float:
        self._described += 1
        return self.lags[self._described % len(self.lags)]

    def list_stack_resources(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803
        """Answer a call to ListStackResources, on one page."""
        return self._told("ListStackResources", lambda: self.engine.list_stack_resources(StackName))

    def _told(self, operation: str, tell: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        told: dict[str, Any] = {}

        def answer() -> Response:
            if not self._admits_description():
                self.descriptions["throttled"] += 1
                return Response(HTTPStatus.BAD_REQUEST, {"x-amzn-errortype": "Throttling"}, b"")
            self.descriptions[operation] += 1
            told.update(tell())
            return Response(HTTPStatus.OK, {}, b"")

        response = self.around_call(operation, answer)
        if response.status != HTTPStatus.OK:
            raise client_error(operation, response.headers["x-amzn-errortype"], status=response.status)
        if "x-amzn-errortype" not in response.headers and "content-type" in response.headers:
            raise ResponseStreamingError(error=f"the answer to {operation} is cut short")
        return told

    def around_call(self, operation: str, answer: Callable[[], Response]) -> Response:
        self.functions.sleep(self._latency.uniform(*_LATENCY))
        response = self.faults.around(operation, answer, self.functions.sleep)
        self.functions.sleep(self._latency.uniform(*_LATENCY))
        return response

    def _admits_description(self) -> bool:
        now, most = self.time.now(), self.descriptions_per_second
        while self._asked and self._asked[0] <= now - 1:
            self._asked.popleft()
        if most is not None and len(self._asked) >= most:
            return False
        self._asked.append(now)
        return True


def _changed(operation: str, members: Mapping[str, Any]) -> str:
    """The ARN of the resource that a call changed; of a version, that of its solution."""
    noun = operation.removeprefix("Create").removeprefix("Update").removeprefix("Delete")
    own = members.get("resourceArn") or members.get(f"{noun[0].lower()}{noun[1:]}Arn")
    return str(own or members["solutionVersionArn"].rpartition("/")[0])


def template(**resources: Mapping[str, Any]) -> Template:
    """A template by logical id: solutions, as what differs from `PROPERTIES`, and `campaign`s."""
    return {
        key: properties if TYPE in properties else without_none({**PROPERTIES, **properties})
        for key, properties in resources.items()
    }


def campaign(solution_arn: str, **properties: Any) -> Mapping[str, Any]:
    """A campaign in a template."""
    own = {"ServiceToken": PROPERTIES["ServiceToken"], "solutionArn": solution_arn, **properties}
    return {TYPE: "Custom::PersonalizeCampaign", **without_none(own)}


@contextlib.contextmanager
def account(
    runtime: FrameworkRuntime | OneFunction,
    *,
    total_timeout: float = 120.0,
    durations: Durations | None = None,
    limits: Limits | None = None,
    concurrency: int | None = None,
    seed: int = 0,
) -> Iterator[Account]:
    """An empty account, with an ACTIVE dataset group, for as long as the block runs.

    Args:
        runtime: What carries requests: the framework's code, or one function.
        total_timeout: The provider's, in seconds.
        durations: How long things take in Personalize.
        limits: Its quotas.
        concurrency: How many Lambda functions may run at once.
        seed: Of everything that happens by chance.
    """
    clock = Clock.frozen(START)
    time = VirtualTime(clock)
    is_one = isinstance(runtime, OneFunction)
    timing = Timing(total=total_timeout, interval=POLL_SECONDS) if is_one else Timing(total=total_timeout)
    engine = Engine(time, seed, timing.service_timeout)
    functions: Functions | SingleFunction
    if isinstance(runtime, OneFunction):
        functions = SingleFunction(time, engine.respond, timing, concurrency, seconds=runtime.seconds)
    else:
        functions = Functions(time, engine.respond, timing, concurrency, runtime=runtime)
    engine.deliver = functions.deliver
    made = Account(Simulator(clock, durations, limits), time, functions, engine, _latency=random.Random(seed))
    client = client_of(made.respond)
    random.seed(seed)  # the provider's own chance
    clock_of_provider = _ProviderClock(functions)
    with (
        _event_rules(made),
        mock.patch.object(sdk, "personalize", return_value=client),
        mock.patch.object(sdk, "cloudformation", return_value=made),
        mock.patch.object(framework, "_CLOCK", clock_of_provider),
        mock.patch.object(single_function, "_CLOCK", clock_of_provider),
        mock.patch.dict(os.environ, _environment(total_timeout)),
    ):
        made.call("CreateDatasetGroup", name=GROUP.rpartition("/")[2])
        made.simulator.advance(60)
        made.simulator.clear_calls()
        try:
            yield made
        finally:
            time.close()


def _environment(total_timeout: float) -> dict[str, str]:
    return {"TOTAL_TIMEOUT_SECONDS": str(int(total_timeout)), "POLL_RULE_PREFIX": PREFIX}


@contextlib.contextmanager
def _event_rules(made: Account) -> Iterator[None]:
    """EventBridge and the answers to CloudFormation, for the transport that calls both itself."""
    if not isinstance(made.functions, SingleFunction):
        yield
        return
    rules = EventRules(made.functions, made.around_call)
    made.rules = rules.rules

    def put(url: str, data: bytes) -> str:
        def take() -> Response:
            return Response(made.engine.respond(urlsplit(url).path, data.decode()), {}, b"{}")

        try:
            response = made.around_call("Answer", take)
        except HTTPClientError as error:
            return type(error).__name__
        return "" if response.status == HTTPStatus.OK else f"HTTP status {response.status}"

    with (
        mock.patch.object(sdk, "events", return_value=rules),
        mock.patch.object(answer, "_put", put),
    ):
        yield


class _ProviderClock:
    """The provider's clock inside its functions."""

    def __init__(self, functions: Executions) -> None:
        self._functions = functions

    def now(self) -> float:
        return self._functions.time.now()

    def sleep(self, seconds: float) -> None:
        self._functions.sleep(seconds)
