"""What the creates of a solution cost, by how soon it is ready: in virtual time, and on the local AWS.

In virtual time Lambda, Step Functions and EventBridge are modelled, see `tests/support/functions.py`. On the
local AWS functions are processes, and what they bill is counted there.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from aws_cdk import Stack

from account import Account, account, template
from bench.create import Create
from bench.crhelper_peer import crhelper_in
from bench.local_costs import Declare, created_on
from bench.peers.custom_resource_app import provider, solution
from bench.row import Row
from cdk_personalize import Recipe, Solution, SolutionProvider
from cloud import Cloud
from event_rules import OneFunction
from framework_runtime import FrameworkRuntime, framework_runtime
from load import naive_is_complete, naive_on_event
from personalize_local.simulator import Durations, Limits
from personalize_local.testing.server_process import running
from personalize_provider.log import logger

Transport = FrameworkRuntime | OneFunction
Peer = Callable[[Account], AbstractContextManager[dict[str, str]]]
"""Has something else carry an account's requests; what it wants of a solution's properties beside ours."""

_READY_AFTER = (1, 5, 30, 120)  # seconds
_READY_AFTER_ON_LOCAL_AWS = (5, 30)
_SEEDS = range(5)


def rows() -> list[Row]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        modelled = {after: _modelled(runtime, after) for after in _READY_AFTER}
    return [
        *(
            _row(f"price of 1,000 creates, ready after {after} s: {side}", create, len(_SEEDS))
            for after, sides in modelled.items()
            for side, create in sides.items()
        ),
        *_on_local_aws(modelled),
    ]


def _row(name: str, create: Create, runs: int, **more: float) -> Row:
    return Row(name, create.dollars, runs, "dollars", values={**create.values(), **more})


def _modelled(runtime: FrameworkRuntime, ready_after: float) -> dict[str, Create]:
    """The mean of each side's creates in virtual time."""
    sides: dict[str, tuple[Transport, Peer]] = {
        "ours": (runtime, ours),
        "ours in a single function": (OneFunction(), ours),
        "the default provider": (runtime, naive_in),
        "crhelper": (OneFunction(), crhelper_in),
    }
    return {
        side: Create.mean_of([created(transport, peer, ready_after, seed) for seed in _SEEDS])
        for side, (transport, peer) in sides.items()
    }


def created(transport: Transport, peer: Peer, ready_after: float, seed: int) -> Create:
    """Create one solution in virtual time."""
    limits, durations = Limits(requests_per_second=1), Durations(solution_create=ready_after)
    with (
        account(transport, total_timeout=1800, limits=limits, durations=durations, seed=seed) as made,
        peer(made) as properties,
    ):
        made.deploy("films", template(Movies=properties))
        (request,) = made.engine.requests
        answered, answer = request.answers[0]
        if answer["Status"] != "SUCCESS":
            raise RuntimeError(f"the deploy failed: {answer}")
        calls = made.simulator.calls()
        (created,) = (call.time.timestamp() for call in calls if call.operation == "CreateSolution")
        functions = made.functions
        return Create(
            lag=answered - created - ready_after,
            calls=len(calls),
            invocations=functions.invocations,
            gigabyte_seconds=functions.gigabyte_seconds,
            transitions=functions.transitions,
        )


@contextlib.contextmanager
def ours(_made: Account) -> Iterator[dict[str, str]]:
    """Leave the account to our provider."""
    yield {}


@contextlib.contextmanager
def naive_in(made: Account) -> Iterator[dict[str, str]]:
    """Have the naive handlers carry an account's requests, behind the framework with its defaults."""
    made.functions.on_event, made.functions.is_complete = naive_on_event, naive_is_complete
    yield {}


def _on_local_aws(modelled: Mapping[int, Mapping[str, Create]]) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as aws:
        for after in _READY_AFTER_ON_LOCAL_AWS:
            for side, declare in _DECLARED.items():
                create = created_on(aws, declare, after)
                against = create.dollars / modelled[after][side].dollars
                name = f"the same on the local AWS, ready after {after} s: {side}"
                yield _row(name, create, 1, **{"times the price in virtual time": against})


def _declare_ours(stack: Stack, with_solution: bool) -> None:
    if with_solution:
        Solution(
            stack, "Solution", dataset_group=Cloud.dataset_group_arn, recipe=Recipe.USER_PERSONALIZATION_V2
        )
    else:
        SolutionProvider.get_or_create(stack)


def _declare_ours_single(stack: Stack, with_solution: bool) -> None:
    SolutionProvider.single_function(stack)
    _declare_ours(stack, with_solution)


def _declare_default(stack: Stack, with_solution: bool) -> None:
    token = provider(stack)
    if with_solution:
        solution(stack, 0, token, Cloud.dataset_group_arn)


_DECLARED: dict[str, Declare] = {
    "ours": _declare_ours,
    "ours in a single function": _declare_ours_single,
    "the default provider": _declare_default,
}
