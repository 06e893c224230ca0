"""Many solutions at once, against one request a second for each operation (rule 118)."""

from __future__ import annotations

import pytest

from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.load import deploy_and_destroy, roll_back
from support.virtual_time.managed import CAMPAIGN


@pytest.mark.parametrize(("solutions", "most"), [(1, 5.0), (10, 30.0), (100, 130.0)])
def test_stack__of_many_solutions__converges_without_a_failure(
    transport: FrameworkRuntime | OneFunction, solutions: int, most: float
) -> None:
    # One to create or delete, one to see it done. The single function looks again by itself a bit more often.
    calls = 2.3 if isinstance(transport, OneFunction) else 2.2
    for leg in deploy_and_destroy(transport, solutions):
        assert leg.failed == 0
        assert leg.seconds <= most  # for 100: 1.3 times what their calls need at one a second
        assert leg.limited_calls <= calls


def test_stack__of_a_hundred_campaigns__converges_without_a_failure(runtime: FrameworkRuntime) -> None:
    """Each takes half a minute to be created, and all of them look at it with one call a second."""
    create, delete = deploy_and_destroy(runtime, 100, kind=CAMPAIGN)

    assert (create.failed, delete.failed) == (0, 0)
    assert create.seconds <= 350.0
    assert delete.seconds <= 130.0


@pytest.mark.parametrize(
    ("solutions", "others", "most", "descriptions"),
    [(1, 0, 8.0, 4), (10, 0, 40.0, 4), (100, 0, 260.0, 5), (20, 400, 60.0, 8)],
)
def test_stack__of_many_solutions_rolled_back_at_once__converges_without_a_failure(
    transport: FrameworkRuntime | OneFunction, solutions: int, others: int, most: float, descriptions: int
) -> None:
    leg = roll_back(transport, solutions, others=others)

    is_polled = isinstance(transport, OneFunction) and solutions == 100  # each minute: as an update is
    assert leg.failed == 0
    assert leg.seconds <= (290.0 if is_polled else most)  # for 100: 1.3 times what two looks need
    # One look before the change and one after it. UpdateSolution takes two seconds here. The throttle spreads
    # many solutions so far that the second look finds the update finished. A few look again: 3.0 looks for 1
    # solution, 2.6 for 10 on the framework and 2.3 on the single function. Without those seconds it is 2.0.
    assert leg.limited_calls <= {1: 3.0, 10: 2.7}.get(solutions, 2.3)
    # What the stack does, at first and before the change, and a page of events or more.
    assert leg.descriptions <= descriptions * (1.1 if solutions > 1 else 1)


@pytest.mark.parametrize("solutions", [10, 30])
def test_stack__with_a_naive_provider__fails_where_this_one_does_not(
    runtime: FrameworkRuntime, solutions: int
) -> None:
    create, _ = deploy_and_destroy(runtime, solutions, naive=True)

    assert create.failed > solutions / 2


@pytest.mark.parametrize("solutions", [1, 4])
def test_stack__in_an_account_with_ten_concurrent_executions__converges(
    transport: FrameworkRuntime | OneFunction, solutions: int
) -> None:
    for leg in deploy_and_destroy(transport, solutions, concurrency=10):
        assert leg.failed == 0
        assert leg.most_running <= 10


def test_stack__of_more_solutions_than_executions_on_a_single_function__converges() -> None:
    """Lambda queues the events, where the framework's own calls of our functions fail."""
    for leg in deploy_and_destroy(OneFunction(), 20, concurrency=10):
        assert leg.failed == 0
        assert leg.most_running <= 10
