"""Run one combination of the fault matrix and check it against the provider's promises."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from personalize_provider.aws.errors import LifecycleError
from support.virtual_time import stack_rules
from support.virtual_time.managed import Managed
from support.virtual_time.stack_rules import Event, Resource
from support.wire.faults import WireFault
from support.wire.faulty_account import Step, WiredAccount
from support.wire.lifecycles import Phase
from support.wire.servers import Wire

_MAX_MESSAGE_BYTES = 1000
_TAGS_LEFT = "tags are left on it"


@dataclass
class Run:
    """What a combination came to.

    Attributes:
        steps: The request and CloudFormation's reactions to its answer, while the fault lasted.
        calls: The provider's calls meanwhile, by operation.
        fired: How often the fault occurred.
        left: The resources that only the provider's log names.
        tags_left: The log tells of tags that could not be taken off.
        problems: The broken promises, as messages.
    """

    steps: list[Step] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    fired: int = 0
    left: frozenset[str] = frozenset()
    tags_left: bool = False
    problems: list[str] = field(default_factory=list)


def run(
    wire: Wire,
    patch: pytest.MonkeyPatch,
    phase: Phase,
    fault: WireFault | None = None,
    operation: str = "",
    times: int | None = None,
) -> Run:
    """Run one combination, lift the fault, let CloudFormation finish, and tear the stack down."""
    random.seed(
        f"{phase.name} {operation} {fault and fault.name} {times}"
    )  # the provider's pauses are random
    account = WiredAccount(wire, patch, phase.kind)
    world = account.world
    owned, event = phase.begin(world, account.do)
    states = {arn: account.state(arn) for arn in account.there()}
    world.simulator.clear_calls()

    account.with_fault(fault, operation, times)
    result = Run()
    pending: Event | None = event
    while pending is not None:
        step = account.answer(pending)
        result.steps.append(step)
        owned = stack_rules.owned(owned, step.event, step.answer)
        pending = stack_rules.reaction(step.event, step.answer)
    result.calls = Counter(wire.calls)
    result.fired = wire.proxy.fired() + world.stacks.late_answers
    refused = {call.operation for call in world.simulator.calls() if call.outcome != "ok"}
    account.without_faults()

    if fault and fault.may_pass and times and not all(step.answer.succeeded for step in result.steps):
        result.problems.append("it was not waited for the end of a fault that passes")
    for step in result.steps:
        found = [*step.delays, *_message_problems(step, operation, fault, refused)]
        result.problems += [f"{step.event.reason}: {problem}" for problem in found]
        if not step.answer.succeeded and step.event.reason not in ("create", "update"):
            owned = _again(account, step.event, owned, result.problems)
    result.tags_left = any(line.startswith(_TAGS_LEFT) for line in account.logged)
    named = [line for line in account.logged if not line.startswith(_TAGS_LEFT)]
    result.left = frozenset(
        arn for arn in account.there() if any(arn.rpartition("/")[2] in line for line in named)
    )
    # CloudFormation never hears of what a cancelled update made. As long as that can't be ended, the log is
    # all there is; a fault that passes must not be enough for it.
    excused = result.left if times is None else frozenset()
    # So it is with tags that a rollback is not allowed to take off.
    more_tags = result.tags_left and times is None
    result.problems += _state_problems(
        account, phase, result.steps[0], owned, states, excused, more_tags=more_tags
    )
    if owned is not None:
        _again(account, stack_rules.delete(owned), owned, result.problems)
    left = account.there() - {account.foreign} - excused
    result.problems += [f"after the stack was deleted there still is {arn}" for arn in left]
    if account.state(account.foreign) != states[account.foreign]:
        result.problems.append(f"the foreign {phase.kind.noun} was changed")
    return result


def identity_problems(result: Run, usual: Run) -> list[str]:
    """Whether each answer has the physical id that its request is about, fault or no fault."""
    usual_ids = {step.event: step.answer.physical_id for step in usual.steps}
    problems = []
    for step in result.steps:
        event, answered = step.event, step.answer.physical_id
        is_about = event.physical_id if event.type == "Delete" or not step.is_begun else usual_ids.get(event)
        if is_about is not None and answered != is_about:
            problems.append(f"{event.reason}: answered with {answered}, not {is_about}")
    return problems


def outcome(result: Run, usual: Run, operation: str, times: int | None) -> str:
    """The table's word for what a combination came to.

    Args:
        result: The combination.
        usual: The same without the fault.
        operation: What the fault was about.
        times: How many calls met it.
    """
    first, *reactions = result.steps
    is_clean = all(step.answer.succeeded for step in reactions)
    if first.answer.succeeded:
        more = result.calls[operation] - usual.calls[operation] if times and _changes(operation) else 0
        again = "" if more < 1 else ", one retry" if more == 1 else ", retries"
        is_left = result.left or result.tags_left
        end = "; the log names what is left" if is_left else "" if is_clean else "; clean-up fails"
        return f"succeeds{again}{end}"
    words = _failure(first)
    if not reactions:
        return words
    end = "rolls back" if is_clean else "rollback fails"
    return f"{words}; {end}{'; the log names what is left' if result.tags_left else ''}"


def _failure(step: Step) -> str:
    if not isinstance(step.error, LifecycleError):
        return f"BREAKS: {type(step.error).__name__}"
    if "not finished by the deadline" in step.answer.reason:
        return "fails at the deadline"
    return f"fails: {step.error.code or step.error.operation}"


def _changes(operation: str) -> bool:
    return not operation.startswith(("Describe", "List"))


def _again(
    account: WiredAccount, event: Event, owned: Resource | None, problems: list[str]
) -> Resource | None:
    """Continue the rollback or repeat the delete, as a user would after the fault has passed."""
    pending: Event | None = event
    while pending is not None:
        step = account.answer(pending)
        if not step.answer.succeeded:
            problems.append(f"{pending.reason}, again and without the fault, fails: {step.answer.reason}")
            return owned
        owned = stack_rules.owned(owned, pending, step.answer)
        pending = stack_rules.reaction(pending, step.answer)
    return owned


def _message_problems(step: Step, operation: str, fault: WireFault | None, refused: set[str]) -> list[str]:
    """What a failure doesn't say. It may be about a change that the service itself refused."""
    if step.answer.succeeded:
        return []
    if not isinstance(step.error, LifecycleError):
        return [f"{type(step.error).__name__} was raised: {step.error}"]
    message = step.answer.reason
    name = step.answer.physical_id.rpartition(":")[2].replace("/", " ", 1)
    said = fault.said if fault else ()
    is_about_the_fault = operation in message and (not said or any(words in message for words in said))
    parts = {
        "the resource": (name and name in message) or "resource Movies" in message,
        "the operation and what the service said": is_about_the_fault
        or any(other in message for other in refused if _changes(other)),
        "a next step": step.error.next_step and message.endswith(step.error.next_step),
        "brevity": len(message.encode()) < _MAX_MESSAGE_BYTES,
    }
    return [f"the message lacks {what}: {message}" for what, is_there in parts.items() if not is_there]


def _state_problems(
    account: WiredAccount,
    phase: Phase,
    first: Step,
    owned: Resource | None,
    states: Mapping[str, Mapping[str, Any]],
    excused: frozenset[str],
    *,
    more_tags: bool,
) -> list[str]:
    """What is there when CloudFormation is through, and how it came to be."""
    calls = account.world.simulator.calls()
    created = [
        call for call in calls if call.operation == phase.kind.operation("Create") and call.outcome == "ok"
    ]
    problems = [f"{len(created)} were created"] if len(created) > phase.creates else []
    known = {account.foreign} | ({owned.physical_id} if owned else set())
    wanted = known if phase.exists else {account.foreign}
    there = account.there()
    problems += [f"leaked: {arn}" for arn in there - known - excused]
    problems += [f"lost: {arn}" for arn in wanted - there]
    if owned is None or owned.physical_id not in there:
        return problems
    state = account.state(owned.physical_id)
    differences = _differences(phase.kind, state, owned.properties, more_tags=more_tags)
    problems += [f"the stack's {phase.kind.noun}: {what}" for what in differences]
    is_replacement = first.event.reason == "update" and first.answer.physical_id != first.event.physical_id
    if is_replacement and not first.answer.succeeded and state != states[owned.physical_id]:
        problems.append(f"the old {phase.kind.noun} of a failed replacement was changed")
    return problems


def _differences(
    kind: Managed, state: Mapping[str, Any], properties: Mapping[str, Any], *, more_tags: bool
) -> list[str]:
    tags = {key: value for key, value in state["tags"].items() if not key.startswith("cdk-personalize:")}
    if more_tags:
        declared = {tag["tagKey"] for tag in properties["tags"]}
        tags = {key: value for key, value in tags.items() if key in declared}
    live = {**kind.described(state), "status": state["status"], "tags": tags}
    wanted = {
        **kind.declared(properties),
        "status": "ACTIVE",
        "tags": {tag["tagKey"]: tag["tagValue"] for tag in properties["tags"]},
    }
    return [f"{key} is {live[key]!r}, not {value!r}" for key, value in wanted.items() if live[key] != value]
