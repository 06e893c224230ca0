"""An account whose provider is called as the CDK's framework calls it, with or without faults on the wire."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from personalize_provider import framework
from personalize_provider.aws import sdk
from personalize_provider.engine.log import logger
from support.virtual_time import provider_world
from support.virtual_time.managed import Managed
from support.virtual_time.provider_world import CONTEXT, STACK_ID
from support.virtual_time.stack_rules import Answer, Event, Resource
from support.wire.faults import WireFault
from support.wire.servers import Wire

# Just longer than any phase takes with its time-outs and retries: a permanent fault recurs until then.
_TOTAL_TIMEOUT = 120.0
_QUERY_INTERVAL = 15.0
# What the functions may take, and by how much the handler is before the waiter (docs/architecture.md).
_ON_EVENT_SECONDS = 60.0
_IS_COMPLETE_SECONDS = 120.0
_AHEAD_OF_THE_WAITER = 60.0

_SETTLED = 60.0


@dataclass(frozen=True)
class Step:
    """An event and its final answer.

    Attributes:
        event: The request from CloudFormation.
        answer: The response.
        error: What the provider raised.
        is_begun: Whether the first event was answered, with a physical id.
        delays: What exceeded its time limit, as messages.
    """

    event: Event
    answer: Answer
    error: Exception | None
    is_begun: bool
    delays: tuple[str, ...]


class WiredAccount:
    """An account with a stack in it and with a foreign resource of the kind.

    Attributes:
        kind: What kind of resource the stack has.
        foreign: ARN of that resource.
        logged: What the provider logged as errors.
    """

    def __init__(self, wire: Wire, patch: pytest.MonkeyPatch, kind: Managed) -> None:
        self._wire = wire
        self._patch = patch
        self.kind = kind
        self.world = provider_world.world(total_timeout=_TOTAL_TIMEOUT)
        self.world.stacks.status = "REVIEW_IN_PROGRESS"
        self.world.stacks.remember(self.world.time.now)
        kind.prepare(self.world.call, self.world.simulator.advance)
        self.foreign = kind.by_hand(self.world.call, "films-Movies")
        self.world.simulator.advance(_SETTLED)
        self.logged: list[str] = []
        patch.setenv("TOTAL_TIMEOUT_SECONDS", str(_TOTAL_TIMEOUT))
        patch.setattr(framework, "_CLOCK", self.world.time)
        patch.setattr(logger, "error", lambda text, **keys: self.logged.append(f"{text}: {keys}"))
        self.without_faults()

    def without_faults(self) -> None:
        """Let the provider's calls reach the services directly."""
        self.world.stacks.be_late("", 0, 0)
        self._patch.setattr(sdk, "personalize", lambda: self.world.client)
        self._patch.setattr(sdk, "cloudformation", lambda: self.world.stacks)

    def with_fault(self, fault: WireFault | None, operation: str, times: int | None) -> None:
        """Let the provider's calls go over the wire, where so many calls of an operation meet a fault."""
        patient = fault is None or fault.patient
        self._wire.connect(self.world)
        self._wire.proxy.apply(*([fault.rule(operation, times)] if fault and fault.effect else []))
        if fault and fault.lag:
            self.world.stacks.be_late(operation, fault.lag, math.inf if times is None else times)
        for service in ("personalize", "cloudformation"):
            client = self._wire.client(service, patient=patient)
            self._patch.setattr(sdk, service, lambda client=client: client)

    def there(self) -> set[str]:
        """The ARNs of all resources of the kind."""
        return set(self.kind.all(self.world.call))

    def state(self, arn: str) -> dict[str, Any]:
        """All about a resource."""
        return {**self.kind.describe(self.world.call, arn), "tags": self.world.tags(arn)}

    def do(self, event: Event) -> Resource:
        """Have a request done that must succeed."""
        step = self.answer(event)
        assert step.answer.succeeded, step.answer.reason
        self.world.simulator.advance(_SETTLED)
        return Resource(step.answer.physical_id, event.properties)

    def answer(self, event: Event) -> Step:
        """The provider's final answer, come by as the CDK's framework does."""
        stacks = self.world.stacks
        stacks.status = event.status
        if event.status == "UPDATE_IN_PROGRESS":
            stacks.updated = datetime.fromtimestamp(self.world.time.now(), UTC)
        sent = _sent(event)
        if event.type == "Update" and event.status == "UPDATE_ROLLBACK_IN_PROGRESS":
            stacks.roll_back(sent["ResourceProperties"])
        stacks.remember(self.world.time.now)
        began = self.world.time.now()
        answered: dict[str, Any] = {}
        error: Exception | None = None
        try:
            answered = _as_json(framework.on_event(sent, CONTEXT))
        except Exception as raised:
            error = raised
        delays = self._late(began, _ON_EVENT_SECONDS, "on_event")
        merged = {**sent, **answered}
        if error is None:
            error = self._wait(merged, began, delays)
        # Where on_event fails, the framework knows no id but the event's.
        answer = Answer(error is None, merged.get("PhysicalResourceId", ""), str(error or ""))
        return Step(event, answer, error, bool(answered), tuple(delays))

    def _wait(self, merged: dict[str, Any], began: float, delays: list[str]) -> Exception | None:
        """Ask until it is done, or has failed, and with what."""
        while True:
            invoked = self.world.time.now()
            error: Exception | None = None
            try:
                is_done = framework.is_complete(merged, CONTEXT)["IsComplete"]
            except Exception as raised:
                error, is_done = raised, True
            delays += self._late(invoked, _IS_COMPLETE_SECONDS, "is_complete")
            late = self._late(began, _TOTAL_TIMEOUT + _AHEAD_OF_THE_WAITER, "the final answer")
            if is_done or late:
                delays += late
                return error if is_done else TimeoutError("the waiter gave up")
            self.world.time.sleep(_QUERY_INTERVAL)

    def _late(self, since: float, most: float, what: str) -> list[str]:
        took = self.world.time.now() - since
        return [f"{what} took {took:.0f} s"] if took > most else []


def _sent(event: Event) -> dict[str, Any]:
    ids = {
        "RequestId": f"4d6a7c1e-{event.reason}",
        "ResponseURL": "https://cloudformation-custom-resource-response.s3.amazonaws.com/",
    }
    return _as_json({**event.body(STACK_ID, "Movies"), **ids})


def _as_json(value: Mapping[str, Any]) -> dict[str, Any]:
    return cast(dict[str, Any], json.loads(json.dumps(value)))
