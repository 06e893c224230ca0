"""One combination of the fault matrix: run it, and judge it by what the provider promises."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

import provider_world
import stack_model
from lifecycles import Phase
from personalize_provider import framework, sdk
from personalize_provider.errors import LifecycleError
from provider_world import GROUP, STACK_ID, V2, World
from stack_model import Answer, Event, Version
from wire import Wire
from wire_faults import Fault

# Longer than any phase takes, its time-outs and retries included, and no longer: a fault that lasts for
# ever is met again and again until then.
_TOTAL_TIMEOUT = 120.0
_QUERY_INTERVAL = 15.0
# What the functions may take, and by how much the handler is before the waiter (docs/architecture.md).
_ON_EVENT_SECONDS = 60.0
_IS_COMPLETE_SECONDS = 120.0
_AHEAD_OF_THE_WAITER = 60.0
_MAX_MESSAGE_BYTES = 1000

_CONTEXT = cast(
    LambdaContext,
    SimpleNamespace(
        function_name="provider",
        function_version="$LATEST",
        memory_limit_in_mb=128,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:provider",
        aws_request_id="lambda-request",
    ),
)


@dataclass(frozen=True)
class Step:
    """An event, its final answer, and how the provider came to it."""

    event: Event
    answer: Answer
    error: Exception | None
    problems: tuple[str, ...]


@dataclass
class Run:
    """What a combination came to.

    Attributes:
        steps: The request and CloudFormation's reactions to its answer, while the fault lasted.
        calls: The provider's calls meanwhile, by operation.
        fired: How often the fault was met.
        problems: The promises that were broken, in words; none is as it should be.
    """

    steps: list[Step] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    fired: int = 0
    problems: list[str] = field(default_factory=list)


class Account:
    """An account with a stack in it and with somebody else's solution."""

    def __init__(self, wire: Wire, patch: pytest.MonkeyPatch) -> None:
        self._wire = wire
        self._patch = patch
        self.world = provider_world.world(total_timeout=_TOTAL_TIMEOUT)
        self.foreign = self.world.call(
            "CreateSolution", name="films-Movies", datasetGroupArn=GROUP, recipeArn=V2, performAutoTraining=False
        )["solutionArn"]
        self.world.simulator.advance(60)
        patch.setenv("TOTAL_TIMEOUT_SECONDS", str(_TOTAL_TIMEOUT))
        patch.setattr(framework, "_CLOCK", self.world.time)
        self.without_faults()

    def without_faults(self) -> None:
        """Let the provider's calls reach the services directly."""
        self._patch.setattr(sdk, "personalize", lambda: self.world.client)
        self._patch.setattr(sdk, "cloudformation", lambda: self.world.stacks)

    def with_fault(self, fault: Fault | None, operation: str, times: int | None) -> None:
        """Let the provider's calls go over the wire, where so many of them meet a fault."""
        patient = fault is None or fault.patient
        self._wire.connect(self.world)
        self._wire.proxy.apply(*([fault.rule(operation, times)] if fault else []))
        # Only the calls in question are hasty: a busy machine must not add time-outs to the others.
        client = self._wire.client("personalize", patient=patient)
        stacks = self._wire.client("cloudformation", patient=patient)
        self._patch.setattr(sdk, "personalize", lambda: client)
        self._patch.setattr(sdk, "cloudformation", lambda: stacks)

    def state(self, arn: str) -> dict[str, Any]:
        """All about a solution."""
        return {**self.world.solution(arn), "tags": self.world.tags(arn)}

    def do(self, event: Event) -> Version:
        """Have a request done that must succeed."""
        step = self.answer(event)
        assert step.answer.succeeded, step.answer.reason
        self.world.simulator.advance(60)
        return Version(step.answer.physical_id, event.properties)

    def answer(self, event: Event) -> Step:
        """The provider's final answer, come by as the CDK's framework does."""
        self.world.stacks.status = event.status
        sent = _sent(event)
        began = self.world.time.now()
        try:
            answered = _as_json(framework.on_event(sent, _CONTEXT))
        except Exception as error:
            # The framework knows no id but the event's then.
            answer = Answer(False, event.physical_id, str(error))
            return Step(event, answer, error, tuple(self._late(began, _ON_EVENT_SECONDS, "on_event")))
        merged = {**sent, **answered}
        problems = self._late(began, _ON_EVENT_SECONDS, "on_event")
        failure = self._wait(merged, began, problems)
        answer = Answer(failure is None, merged["PhysicalResourceId"], str(failure or ""))
        return Step(event, answer, failure, tuple(problems))

    def _wait(self, merged: dict[str, Any], began: float, problems: list[str]) -> Exception | None:
        """Ask until it is done; what it failed with."""
        while True:
            invoked = self.world.time.now()
            try:
                is_done = framework.is_complete(merged, _CONTEXT)["IsComplete"]
            except Exception as error:
                problems += self._late(invoked, _IS_COMPLETE_SECONDS, "is_complete")
                problems += self._late(began, _TOTAL_TIMEOUT + _AHEAD_OF_THE_WAITER, "the answer")
                return error
            problems += self._late(invoked, _IS_COMPLETE_SECONDS, "is_complete")
            if is_done:
                return None
            if self.world.time.now() > began + _TOTAL_TIMEOUT + _AHEAD_OF_THE_WAITER:
                problems.append("there was no final answer by the deadline")
                return TimeoutError("the waiter gave up")
            self.world.time.sleep(_QUERY_INTERVAL)

    def _late(self, since: float, most: float, what: str) -> list[str]:
        took = self.world.time.now() - since
        return [f"{what} took {took:.0f} s"] if took > most else []


def run(
    wire: Wire,
    patch: pytest.MonkeyPatch,
    phase: Phase,
    fault: Fault | None = None,
    operation: str = "",
    times: int | None = None,
) -> Run:
    """Run one combination, lift the fault, let CloudFormation finish, and tear the stack down."""
    account = Account(wire, patch)
    world = account.world
    before, event = phase.begin(world, account.do)
    states = {arn: account.state(arn) for arn in world.solutions()}
    world.simulator.clear_calls()

    account.with_fault(fault, operation, times)
    result = Run()
    owned = before
    pending: Event | None = event
    while pending is not None:
        step = account.answer(pending)
        result.steps.append(step)
        owned = stack_model.owned(owned, step.event, step.answer)
        pending = stack_model.reaction(step.event, step.answer)
    result.calls = Counter(wire.calls)
    result.fired = wire.proxy.fired()

    account.without_faults()
    for step in list(result.steps):
        result.problems += [f"{step.event.reason}: {problem}" for problem in step.problems]
        result.problems += _message_problems(step, operation, fault)
        if not step.answer.succeeded and step.event.reason not in ("create", "update"):
            owned = _again(account, step.event, owned, result.problems)
    result.problems += _state_problems(account, phase, result.steps[0], owned, states)
    if owned is not None:
        _again(account, stack_model.delete(owned), owned, result.problems)
    left = set(world.solutions()) - {account.foreign}
    result.problems += [f"after the stack was deleted there still is {arn}" for arn in left]
    if account.state(account.foreign) != states[account.foreign]:
        result.problems.append("somebody else's solution was changed")
    return result


def outcome(result: Run, usual: Run, operation: str) -> str:
    """The table's word for what a combination came to.

    Args:
        result: The combination.
        usual: The same without the fault.
        operation: What the fault was about.
    """
    first, *reactions = result.steps
    is_clean = all(step.answer.succeeded for step in reactions)
    if first.answer.succeeded:
        repeated = result.calls[operation] - usual.calls[operation]
        again = f", {repeated} more call{'s'[: repeated > 1]}" if repeated > 0 and _changes(operation) else ""
        return f"succeeds{again}{'' if is_clean else '; clean-up fails'}"
    words = _failure(first)
    if not reactions:
        return words
    return f"{words}; rolls back" if is_clean else f"{words}; rollback fails"


def _failure(step: Step) -> str:
    if not isinstance(step.error, LifecycleError):
        return f"BREAKS: {type(step.error).__name__}"
    if "not finished by the deadline" in step.answer.reason:
        return "fails at the deadline"
    return f"fails: {step.error.code or step.error.operation}"


def _changes(operation: str) -> bool:
    return not operation.startswith(("Describe", "List"))


def _again(account: Account, event: Event, owned: Version | None, problems: list[str]) -> Version | None:
    """What somebody has done who continues a rollback or repeats a delete, now that nothing is in the way."""
    pending: Event | None = event
    while pending is not None:
        step = account.answer(pending)
        if not step.answer.succeeded:
            problems.append(f"{pending.reason}, again and without the fault, fails: {step.answer.reason}")
            return owned
        owned = stack_model.owned(owned, pending, step.answer)
        pending = stack_model.reaction(pending, step.answer)
    return owned


def _message_problems(step: Step, operation: str, fault: Fault | None) -> list[str]:
    if step.answer.succeeded:
        return []
    if not isinstance(step.error, LifecycleError) or fault is None:
        return [f"{step.event.reason}: {type(step.error).__name__} was raised: {step.error}"]
    message = step.answer.reason
    name = step.answer.physical_id.rpartition("/")[2]
    checks = {
        "the resource": (name and f"solution {name}" in message) or "resource Movies" in message,
        "the operation": operation in message,
        "what the service said": not fault.said or any(said in message for said in fault.said),
        "a next step": bool(step.error.next_step) and message.endswith(step.error.next_step),
    }
    problems = [
        f"{step.event.reason}: the message lacks {what}: {message}" for what, is_there in checks.items() if not is_there
    ]
    if len(message.encode()) >= _MAX_MESSAGE_BYTES:
        problems.append(f"{step.event.reason}: the message is too long: {message}")
    return problems


def _state_problems(
    account: Account, phase: Phase, first: Step, owned: Version | None, states: Mapping[str, Mapping[str, Any]]
) -> list[str]:
    """What is there when CloudFormation is through, and how it came to be."""
    world = account.world
    created = [
        call for call in world.simulator.calls() if call.operation == "CreateSolution" and call.outcome == "ok"
    ]
    problems = []
    if len(created) > phase.creates:
        problems.append(f"{len(created)} solutions were created")
    wanted = {account.foreign} | ({owned.id} if owned else set())
    there = set(world.solutions())
    problems += [f"leaked: {arn}" for arn in there - wanted]
    problems += [f"lost: {arn}" for arn in wanted - there]
    if owned is None or owned.id not in there:
        return problems
    state = account.state(owned.id)
    differing = _differences(state, owned.properties)
    problems += [f"the stack's solution is not as it believes: {what}" for what in differing]
    is_old = first.event.reason == "update" and first.answer.physical_id != first.event.physical_id
    if is_old and not first.answer.succeeded and state != states[owned.id]:
        problems.append("the old solution of a failed replacement was changed")
    return problems


def _differences(state: Mapping[str, Any], properties: Mapping[str, Any]) -> list[str]:
    tags = {key: value for key, value in state["tags"].items() if not key.startswith("cdk-personalize:")}
    wanted = {
        "status": "ACTIVE",
        "recipeArn": properties["recipeArn"],
        "performAutoTraining": properties["performAutoTraining"] == "true",
        "tags": {tag["tagKey"]: tag["tagValue"] for tag in properties["tags"]},
    }
    live = {**state, "tags": tags}
    return [f"{key} is {live[key]!r}, not {value!r}" for key, value in wanted.items() if live[key] != value]


def _sent(event: Event) -> dict[str, Any]:
    made: dict[str, Any] = {
        "RequestType": event.type,
        "ResponseURL": "https://cloudformation-custom-resource-response.s3.amazonaws.com/",
        "StackId": STACK_ID,
        "RequestId": f"4d6a7c1e-{event.reason}",
        "LogicalResourceId": "Movies",
        "ResourceType": "Custom::PersonalizeSolution",
        "ResourceProperties": event.properties,
    }
    if event.type != "Create":
        made["PhysicalResourceId"] = event.physical_id
    if event.type == "Update":
        made["OldResourceProperties"] = event.old_properties
    return _as_json(made)


def _as_json(value: Mapping[str, Any]) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(json.dumps(value)))
