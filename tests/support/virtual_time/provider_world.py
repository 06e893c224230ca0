"""A provider's world in one process: a simulated Personalize, a stack, and a time that tests drive.

The client is botocore's own, so requests and answers go through the wire format and errors are real
`ClientError`s; only the socket is missing.
"""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, NamedTuple, cast
from unittest import mock

import botocore.session
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore import UNSIGNED
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

from personalize_local.simulator import Clock, Durations, Fault, Limits, Response, Scope
from personalize_local.simulator import Personalize as Simulator
from personalize_local.testing.interception import aws_response
from personalize_provider.aws import sdk
from personalize_provider.aws.sdk import Personalize, whole_answers
from personalize_provider.engine import lifecycle
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.goal import Present
from personalize_provider.engine.identity import LOGICAL_ID_TAG
from personalize_provider.engine.request import Request
from personalize_provider.engine.stack import StackState, is_named_elsewhere
from personalize_provider.engine.steps import Done, Wait
from personalize_provider.framework import WORK_SECONDS
from personalize_provider.kinds import KINDS
from personalize_provider.kinds.solution.desired import AbsentSolution, DesiredSolution

SCOPE = Scope("aws", "us-east-1", "123456789012")
STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/films/1f6c2d40-aaaa-bbbb-cccc-0123456789ab"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"
V2 = "arn:aws:personalize:::recipe/aws-user-personalization-v2"
SIMS = "arn:aws:personalize:::recipe/aws-sims"

PROPERTIES: dict[str, Any] = {
    "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:provider",
    "ServiceTimeout": "3600",
    "datasetGroupArn": GROUP,
    "recipeArn": V2,
    "performAutoTraining": "false",
}
"""A solution's properties as CloudFormation sends them."""

QUERY_INTERVAL = 5.0
"""Seconds between two invocations of `is_complete`."""


@cache
def _session() -> botocore.session.Session:
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    return session


Respond = Callable[[str, bytes, Scope], Response]


def client_of(respond: Respond, scope: Scope = SCOPE) -> Personalize:
    """A botocore client whose requests are answered by `respond`, such as the simulator's."""
    # botocore composes its user agent anew for each call, which is a twentieth of the tests' time here.
    # Signing takes another third, and no test here reads the signature.
    config = Config(
        retries={"mode": "standard", "total_max_attempts": 1}, user_agent="tests", signature_version=UNSIGNED
    )
    client = _session().create_client("personalize", region_name=scope.region, config=config)

    def answer(request: AWSPreparedRequest, **_event: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        target = target.decode() if isinstance(target, bytes) else target
        response = respond(target, request.body, scope)
        return aws_response(request, response)

    client.meta.events.register("before-send.personalize", answer)
    return cast(Personalize, whole_answers(client))


class _Told(NamedTuple):
    status: str
    updated: datetime | None
    events: list[Mapping[str, Any]]
    resources: dict[str, str]


class Stacks:
    """CloudFormation's answer to what the stack is doing."""

    def __init__(self, status: str = "CREATE_IN_PROGRESS", updated: datetime | None = None) -> None:
        self.status = status
        self.updated = updated
        self.asked: list[str] = []
        self.events: list[Mapping[str, Any]] = []
        self.resources: dict[str, str] = {}
        self.late_answers = 0
        self._history: list[tuple[float, _Told]] = []
        self._late: tuple[str, float, float] = ("", 0.0, 0)  # which operation, by how much, and how often yet
        self._now: Callable[[], float] = lambda: 0.0

    def remember(self, now: Callable[[], float]) -> None:
        """Record the states from now on, for stale answers."""
        self._now = now
        self._history.append((now(), self._present))

    @property
    def _present(self) -> _Told:
        return _Told(self.status, self.updated, self.events, dict(self.resources))

    def be_late(self, operation: str, seconds: float, times: float) -> None:
        """Answer so many of the next calls of an operation with what was so many seconds ago."""
        self._late, self.late_answers = (operation, seconds, times), 0

    def _told(self, operation: str) -> _Told:
        late, seconds, times = self._late
        if operation != late or not times:
            return self._present
        self._late, self.late_answers = (late, seconds, times - 1), self.late_answers + 1
        return [told for at, told in self._history if at <= self._now() - seconds][-1]

    def describe_stacks(self, *, StackName: str) -> Mapping[str, Any]:  # noqa: N803 (botocore's name)
        """As botocore answers."""
        self.asked.append(StackName)
        status, updated, *_ = self._told("DescribeStacks")
        stack: dict[str, Any] = {"StackName": "films", "StackStatus": status}
        return {"Stacks": [{**stack, "LastUpdatedTime": updated} if updated else stack]}

    def roll_back(self, *updates: Mapping[str, Any]) -> None:
        """Be in a rollback, which has sent these Updates to the resource."""
        self.status = "UPDATE_ROLLBACK_IN_PROGRESS"
        began = {"LogicalResourceId": "films", "PhysicalResourceId": STACK_ID, "ResourceStatus": self.status}
        sent = {"LogicalResourceId": "Movies", "ResourceStatus": "UPDATE_IN_PROGRESS"}
        self.events = [
            *({**sent, "ResourceProperties": json.dumps(update)} for update in reversed(updates)),
            began,
        ]

    def describe_stack_events(self, *, StackName: str, NextToken: str = "0") -> Mapping[str, Any]:  # noqa: N803
        """As botocore answers, an event a page."""
        assert StackName == STACK_ID
        page, more = int(NextToken), int(NextToken) + 1
        events = self._told("DescribeStackEvents").events
        answer: dict[str, Any] = {"StackEvents": events[page:more]}
        return {**answer, "NextToken": str(more)} if more < len(events) else answer

    def list_stack_resources(self, *, StackName: str, NextToken: str = "0") -> Mapping[str, Any]:  # noqa: N803
        """As botocore answers, a resource a page."""
        assert StackName == STACK_ID
        page, more = int(NextToken), int(NextToken) + 1
        summaries = [
            {"LogicalResourceId": key, "PhysicalResourceId": arn, "ResourceStatus": "CREATE_COMPLETE"}
            for key, arn in self._told("ListStackResources").resources.items()
        ]
        answer: dict[str, Any] = {"StackResourceSummaries": summaries[page:more]}
        return {**answer, "NextToken": str(more)} if more < len(summaries) else answer


class SimulatedTime:
    """The provider's time, which is the simulator's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._due: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now().timestamp()

    def sleep(self, seconds: float) -> None:
        """Push the simulator's clock."""
        self._clock.advance(seconds)
        while self._due and self._due[0][0] <= self.now():
            self._due.pop(0)[1]()

    def meanwhile(self, seconds: float, act: Callable[[], object]) -> None:
        """Let something happen while the provider waits, so many seconds from now."""
        self._due.append((self.now() + seconds, act))


@dataclass
class World:
    """Everything that a request meets."""

    simulator: Simulator
    stacks: Stacks = field(default_factory=Stacks)
    total_timeout: float = 1800.0

    def __post_init__(self) -> None:
        self.time = SimulatedTime(self.simulator.clock)
        self.client = client_of(self.simulator.respond)
        self.call("CreateDatasetGroup", name="films")
        self.simulator.advance(60)
        self.simulator.clear_calls()

    def call(self, operation: str, **members: object) -> dict[str, Any]:
        """Call Personalize as another caller in the account."""
        return self.simulator.call(operation, members, SCOPE)

    def fault(self, operation: str, code: str, *, times: int = 1, after: bool = False) -> None:
        """Let the next calls of an operation be answered with an error."""
        self.simulator.inject(Fault(operation, code, message="the last answer", times=times, after=after))

    def calls(self) -> Counter[str]:
        """The provider's calls since the last look, by operation."""
        counted = Counter(call.operation for call in self.simulator.calls())
        self.simulator.clear_calls()
        return counted

    def solution(self, arn: str) -> dict[str, Any]:
        """A solution as described."""
        described: dict[str, Any] = self.call("DescribeSolution", solutionArn=arn)["solution"]
        return described

    def solutions(self) -> list[str]:
        """The ARNs of all solutions, also of those being deleted."""
        return [s["solutionArn"] for s in self.call("ListSolutions")["solutions"]]

    def tags(self, arn: str) -> dict[str, str]:
        """The tags of a solution."""
        tags = self.call("ListTagsForResource", resourceArn=arn)["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in tags}

    @contextlib.contextmanager
    def reached(self) -> Iterator[None]:
        """While the block runs, the provider's calls reach this world."""
        with (
            mock.patch.object(sdk, "personalize", return_value=self.client),
            mock.patch.object(sdk, "cloudformation", return_value=self.stacks),
        ):
            yield

    def is_claimed(self, arn: str, tags: Mapping[str, str]) -> bool:
        """Whether the stack has a solution under another logical id than `Movies`."""
        return is_named_elsewhere(self.stacks, STACK_ID, "Movies", arn, tags.get(LOGICAL_ID_TAG, ""))

    def begin(self, request: Request) -> Deploy:
        """Begin a request as its first event does, without the calls that it makes."""
        now = self.time.now()
        attempt = Attempt(now, now + self.total_timeout, StackState.read(self.stacks, request.stack_id))
        return Deploy(self, request, attempt, physical_id(request))

    def create(self, **properties: Any) -> Deploy:
        """Begin a Create."""
        return self.begin(request("Create", properties))

    def update(self, of: str, old: Mapping[str, Any] | None = None, **properties: Any) -> Deploy:
        """Begin an Update of the solution `of`, whose properties were `old`."""
        return self.begin(request("Update", properties, of, old or {}))

    def delete(self, of: str, **properties: Any) -> Deploy:
        """Begin a Delete."""
        return self.begin(request("Delete", properties, of))

    def created(self, **properties: Any) -> str:
        """Create a solution, forget the calls, and return its ARN."""
        deploy = self.create(**properties)
        deploy.finish()
        self.simulator.clear_calls()
        return deploy.arn


@dataclass
class Deploy:
    """A request on its way."""

    world: World
    request: Request
    attempt: Attempt
    arn: str
    invocations: int = 0

    def invoke(self) -> Done | Wait:
        """One invocation of `is_complete`."""
        self.invocations += 1
        answered, time = replace(self.request, physical_id=self.arn), self.world.time
        with self.world.reached():
            desired = lifecycle.desired_by(answered, KINDS)
            step = lifecycle.proceed(desired, self.attempt, time, time.now() + WORK_SECONDS)
        return step or Done({})

    def finish(self) -> Mapping[str, str]:
        """Invoke until it is done; the waiter gives up some minutes after the deadline."""
        while self.world.time.now() < self.attempt.deadline + 120:
            step = self.invoke()
            if isinstance(step, Done):
                return step.attributes
            self.world.time.sleep(QUERY_INTERVAL)
        raise AssertionError("the waiter gave up before the handler did")


def request(
    type_: Any,
    properties: Mapping[str, Any],
    physical: str = "",
    old: Mapping[str, Any] | None = None,
    logical_id: str = "Movies",
) -> Request:
    """A request; a property of None is left out."""
    return Request.from_event(
        {
            "RequestType": type_,
            "ResourceType": "Custom::PersonalizeSolution",
            "StackId": STACK_ID,
            "LogicalResourceId": logical_id,
            "RequestId": "4d6a7c1e-request",
            "PhysicalResourceId": physical,
            "ResourceProperties": without_none({**PROPERTIES, **properties}),
            "OldResourceProperties": {} if old is None else without_none({**PROPERTIES, **old}),
        }
    )


def goal_of(request: Request, since: float, **known: Any) -> Present | AbsentSolution | None:
    """What a request wants of a solution."""
    return DesiredSolution.read(request).goal(since, **known)


def physical_id(request: Request) -> str:
    """The id to answer a request with, if nothing else has its name."""
    goal = goal_of(request, 0)
    return goal.arn if isinstance(goal, Present) else request.physical_id


def without_none(properties: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that are there."""
    return {key: value for key, value in properties.items() if value is not None}


def tag_list(**tags: str) -> list[dict[str, str]]:
    """Tags in the API's form."""
    return [{"tagKey": key, "tagValue": value} for key, value in tags.items()]


def world(
    *, durations: Durations | None = None, limits: Limits | None = None, total_timeout: float = 1800.0
) -> World:
    """A new world at `START`, with an ACTIVE dataset group `films`."""
    simulator = Simulator(Clock.frozen(START), durations or Durations(), limits or Limits())
    return World(simulator, total_timeout=total_timeout)


CONTEXT = cast(
    LambdaContext,
    SimpleNamespace(
        function_name="provider",
        function_version="$LATEST",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:provider",
        aws_request_id="lambda-request",
    ),
)
"""What Lambda passes to a function besides the event."""
