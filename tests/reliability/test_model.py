"""Random lives of stacks in which everything that can fail does so at random moments.

A failure that these or `make soak` find gets a scenario of its own in the module of its subject. Its seed is
not kept, because it draws other lives as soon as the model gets another rule.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import seed
from hypothesis.stateful import run_state_machine_as_test

from cdk_personalize.provider.timing import SINGLE_FUNCTION_SECONDS
from support.virtual_time.campaign_machine import RandomAdoptingCampaigns, RandomCampaigns
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.machine import RandomStacks, lives
from support.virtual_time.pipeline_machine import RandomPipelines


@pytest.fixture(autouse=True)
def _runtime(runtime: FrameworkRuntime) -> Iterator[None]:
    RandomStacks.runtime = runtime
    yield
    RandomStacks.tally.clear()


# `make soak` draws thousands of these lives.
def test_lives__random__break_no_promise() -> None:
    run_state_machine_as_test(seed(0)(RandomStacks), settings=lives(120))

    assert RandomStacks.tally["sequences"] >= 120
    assert RandomStacks.tally["faults injected"] > 0


@pytest.mark.parametrize(("number", "seconds"), [(0, SINGLE_FUNCTION_SECONDS), (1, 125)])
def test_lives__random_with_a_single_function__break_no_promise(number: int, seconds: int) -> None:
    """With the second time limit it works for five seconds, and polls for the rest."""
    RandomStacks.runtime = OneFunction(seconds)
    run_state_machine_as_test(seed(number)(RandomStacks), settings=lives(40))

    assert RandomStacks.tally["sequences"] >= 40
    assert RandomStacks.tally["faults injected"] > 0


@pytest.mark.parametrize(
    ("machine", "transport", "number"),
    [
        (RandomCampaigns, "framework", 0),
        (RandomCampaigns, "framework", 1),
        (RandomCampaigns, "single function", 2),
        (RandomAdoptingCampaigns, "framework", 3),
    ],
    ids=["plain", "more", "single function", "adopting"],
    indirect=["transport"],
)
def test_lives__random_campaigns__break_no_promise(
    machine: type[RandomCampaigns | RandomAdoptingCampaigns],
    transport: FrameworkRuntime | OneFunction,
    number: int,
) -> None:
    machine.runtime = OneFunction(125) if isinstance(transport, OneFunction) else transport
    run_state_machine_as_test(seed(number)(machine), settings=lives(40))

    assert machine.tally["promotions"] > 0
    assert machine.tally["faults injected"] > 0
    machine.tally.clear()


def test_lives__random_runs_of_pipelines__break_no_promise() -> None:
    RandomPipelines.runtime = OneFunction(125)
    run_state_machine_as_test(seed(0)(RandomPipelines), settings=lives(25))

    assert RandomPipelines.tally["runs"] > 10
    assert RandomPipelines.tally["aborted runs"] > 0
    RandomPipelines.tally.clear()
