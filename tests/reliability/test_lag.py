"""How soon CloudFormation hears that a solution is ready, in virtual time."""

from __future__ import annotations

from statistics import median

import pytest

from personalize_local.simulator import Durations, Limits
from support.virtual_time.account import account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime


def lag(transport: FrameworkRuntime | OneFunction, ready_after: float) -> float:
    """Seconds from ACTIVE to the answer."""
    limits, durations = Limits(requests_per_second=1), Durations(solution_create=ready_after)
    with account(transport, total_timeout=1800, limits=limits, durations=durations) as made:
        made.deploy("films", template(Movies={}))
        [answer] = made.engine.requests[0].answers
        [created] = [call.time for call in made.simulator.calls() if call.operation == "CreateSolution"]
        assert answer[1]["Status"] == "SUCCESS"
        return answer[0] - created.timestamp() - ready_after


def test_answer__ready_within_half_a_minute__comes_about_a_second_later(
    transport: FrameworkRuntime | OneFunction,
) -> None:
    lags = [lag(transport, ready_after) for ready_after in range(1, 28)]

    assert median(lags) <= 1.0
    assert max(lags) <= 2.0


@pytest.mark.parametrize("ready_after", [60.0, 120.0, 600.0])
def test_answer__ready_late__comes_within_a_pause_of_the_waiter(
    transport: FrameworkRuntime | OneFunction, ready_after: float
) -> None:
    # The pause between two invocations, two cold starts, and the two calls of a look.
    slowest = 60.0 if isinstance(transport, OneFunction) and ready_after > 180 else 7.0

    assert lag(transport, ready_after) <= slowest
