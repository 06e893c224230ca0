"""A second kind of resource needs no change outside of its own module: a toy goes through its whole life."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from personalize_provider import framework
from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError
from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.identity import Owner, arns_of
from personalize_provider.engine.kind import Ask, Claim, Desired, Kind
from personalize_provider.engine.request import Request
from personalize_provider.engine.steps import Done, Effect, Step
from personalize_provider.kinds import KINDS
from support.virtual_time.provider_world import CONTEXT, STACK_ID, World

SHOP: dict[str, Mapping[str, Any]] = {}
"""The service: the properties of each toy, by ARN."""


@dataclass(frozen=True)
class Toy(Desired):
    """A toy has a size that can be changed, and a color that can't."""

    def identify(self, ask: Ask, is_claimed: Claim, *, is_rolling_back: bool) -> str:  # noqa: ARG002
        request = self.request
        owner, is_delete = Owner(request.stack_id, request.logical_id), request.type == "Delete"
        return request.physical_id if is_delete else owner.arn(f"toy/{request.properties['color']}")

    def resource(self, attempt: Attempt, now: Callable[[], float], is_claimed: Claim) -> Toy:  # noqa: ARG002
        return self

    @property
    def label(self) -> str:
        return f"toy {self.request.physical_id}"

    def look(self, *, expired: bool) -> Step:  # noqa: ARG002
        wanted = None if self.request.type == "Delete" else self.request.properties
        is_done = SHOP.get(self.request.physical_id) == wanted
        return Done({"arn": self.request.physical_id}) if is_done else Effect()

    def act(self, effect: Effect) -> None:  # noqa: ARG002
        SHOP.pop(self.request.physical_id, None)
        if self.request.type != "Delete":
            SHOP[self.request.physical_id] = self.request.properties


def read(request: Request) -> Toy:
    """Validate the properties."""
    if request.type != "Delete" and "color" not in request.properties:
        raise InvalidPropertiesError(f"resource {request.logical_id}", ["Missing parameter color"])
    return Toy(request)


TOY = Kind("Custom::PersonalizeToy", arns_of("toy"), read)


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Register the kind."""
    monkeypatch.setitem(KINDS, TOY.resource_type, TOY)
    SHOP.clear()


def send(type_: str, physical: str = "", old: Mapping[str, str] | None = None, **properties: str) -> Any:
    """What CloudFormation gets for a request: the answer of the last invocation, and the physical id."""
    event = {
        "RequestType": type_,
        "StackId": STACK_ID,
        "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
        "LogicalResourceId": "Bear",
        "ResourceType": TOY.resource_type,
        "ResourceProperties": {"ServiceToken": "provider", **properties},
        **({"PhysicalResourceId": physical} if physical else {}),
        **({"OldResourceProperties": old} if old else {}),
    }
    merged = json.loads(json.dumps({**event, **framework.on_event(event, CONTEXT)}))
    return {**framework.is_complete(merged, CONTEXT), "PhysicalResourceId": merged["PhysicalResourceId"]}


def test_toy__its_whole_life__goes_through_the_frameworks_handlers(at: World) -> None:
    brown, white = (f"arn:aws:personalize:us-east-1:123456789012:toy/{color}" for color in ("brown", "white"))

    at.stacks.status = "CREATE_IN_PROGRESS"
    answer = send("Create", color="brown", size="1")
    assert answer == {"IsComplete": True, "Data": {"arn": brown}, "PhysicalResourceId": brown}
    assert {brown: {"color": "brown", "size": "1"}} == SHOP

    at.stacks.status = "UPDATE_IN_PROGRESS"
    answer = send("Update", brown, {"color": "brown", "size": "1"}, color="brown", size="2")
    assert (answer["PhysicalResourceId"], SHOP) == (brown, {brown: {"color": "brown", "size": "2"}})

    answer = send("Update", brown, {"color": "brown", "size": "2"}, color="white", size="2")
    assert answer["PhysicalResourceId"] == white
    assert SHOP.keys() == {brown, white}
    at.stacks.status = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    assert send("Delete", brown, color="brown", size="2")["IsComplete"]
    assert SHOP.keys() == {white}

    at.stacks.status = "DELETE_IN_PROGRESS"
    assert send("Delete", white, color="white", size="2")["IsComplete"]
    assert SHOP == {}
    assert at.calls() == {}


@pytest.mark.usefixtures("at")
def test_toy__bad_properties_and_other_accounts__are_refused() -> None:
    with pytest.raises(InvalidPropertiesError, match="Missing parameter color"):
        send("Create", size="1")
    with pytest.raises(LifecycleError, match="not in the stack's own account"):
        send("Delete", "arn:aws:personalize:us-east-1:999999999999:toy/brown")
