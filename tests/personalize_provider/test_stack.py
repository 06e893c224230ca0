"""What the stack is doing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from personalize_provider.attempt import Attempt
from personalize_provider.stack import StackState
from provider_world import STACK_ID, Stacks


def test_read__never_updated__has_no_time() -> None:
    stacks = Stacks("CREATE_IN_PROGRESS")
    assert StackState.read(stacks, STACK_ID) == StackState("CREATE_IN_PROGRESS")
    assert stacks.asked == [STACK_ID]


def test_read__updated__has_its_time() -> None:
    stacks = Stacks("UPDATE_IN_PROGRESS", datetime(2026, 3, 1, tzinfo=UTC))
    assert StackState.read(stacks, STACK_ID) == StackState("UPDATE_IN_PROGRESS", "2026-03-01T00:00:00+00:00")


@pytest.mark.parametrize(
    "state", [StackState("CREATE_IN_PROGRESS"), StackState("UPDATE_IN_PROGRESS", "2026")]
)
def test_attempt__through_an_event__is_the_same(state: StackState) -> None:
    attempt = Attempt(1772366400.25, 1772368200.25, state)
    assert Attempt.from_event(json.loads(json.dumps(attempt.to_event()))) == attempt
