"""One solution, and the calls that were made for it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_provider.engine.goal import Present
from personalize_provider.engine.steps import Effect, Step
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.resource import Solution
from support.virtual_time.provider_world import World, goal_of, request


def present(at: World, *, anew: bool = True, **properties: Any) -> Solution:
    """A Create, or an Update that finds its own solution."""
    asked = request("Create", properties) if anew else request("Update", properties, "", properties)
    return solution(at, goal_of(asked, at.time.now()))


def absent(at: World, arn: str, **properties: Any) -> Solution:
    """A Delete."""
    return solution(at, goal_of(request("Delete", properties, arn), at.time.now()))


def solution(at: World, goal: Present | AbsentSolution | None) -> Solution:
    assert goal is not None
    return Solution(goal, at.client, at.time.now, at.is_claimed)


def look(of: Solution) -> Step:
    return of.look(expired=False)


def called(at: World) -> list[str]:
    """The calls since the last look at them, in their order."""
    calls = [call.operation for call in at.simulator.calls()]
    at.simulator.clear_calls()
    return calls


def throttled(of: Solution, effect: Effect) -> None:
    with pytest.raises(ClientError, match="LimitExceededException"):
        of.act(effect)
