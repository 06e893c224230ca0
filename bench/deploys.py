"""Lag, calls and many solutions at once, in virtual time: so the figures are the same on each machine.

The provider, botocore and the framework's code are real. Personalize is the simulator, with the service's
limit of one request a second for each operation; see `tests/support/account.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from account import account, template
from bench.row import Row
from framework_runtime import FrameworkRuntime, framework_runtime
from load import deploy_and_destroy, naive_is_complete, naive_on_event
from personalize_local.simulator import Durations, Limits
from personalize_provider.log import logger

_READY_AFTER = range(1, 31)  # seconds
_SEEDS = range(3)


def rows() -> list[Row]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        return [*_lag(runtime), *_calls(runtime), *_many(runtime)]


def _lag(runtime: FrameworkRuntime) -> Iterator[Row]:
    cases = [(after, seed) for after in _READY_AFTER for seed in _SEEDS]
    ours = [_created(runtime, after, seed)[0] for after, seed in cases]
    naive = [_created(runtime, after, seed, naive=True)[0] for after, seed in cases]
    name = "lag from ACTIVE to the answer, ready after 1 to 30 s, median"
    values = {
        "ours, median, s": median(ours),
        "ours, longest, s": max(ours),
        "provider with defaults, median, s": median(naive),
        "provider with defaults, longest, s": max(naive),
    }
    yield Row(name, median(ours), len(cases), "s", most=1.0, values=values)
    yield Row(
        "the same, against a provider with the defaults", median(ours) / median(naive), len(cases), most=0.3
    )


def _calls(runtime: FrameworkRuntime) -> Iterator[Row]:
    ours, naive = (_created(runtime, 0, 0, naive=naive)[1] for naive in (False, True))
    values = {"ours": float(ours), "provider with defaults": float(naive)}
    yield Row("calls to Personalize for one create, ready at once", ours, 1, "calls", most=4, values=values)


def _created(
    runtime: FrameworkRuntime, ready_after: float, seed: int, *, naive: bool = False
) -> tuple[float, int]:
    """Create one solution: seconds from ACTIVE to the answer, and the calls to Personalize."""
    limits, durations = Limits(requests_per_second=1), Durations(solution_create=ready_after)
    with account(runtime, total_timeout=1800, limits=limits, durations=durations, seed=seed) as made:
        if naive:
            made.functions.on_event, made.functions.is_complete = naive_on_event, naive_is_complete
        made.deploy("films", template(Movies={}))
        calls = made.simulator.calls()
        (answer,) = made.engine.requests[0].answers
        if answer[1]["Status"] != "SUCCESS":
            raise RuntimeError(f"the deploy failed: {answer[1]}")
        (created,) = (call.time.timestamp() for call in calls if call.operation == "CreateSolution")
        return answer[0] - created - ready_after, len(calls)


def _many(runtime: FrameworkRuntime) -> Iterator[Row]:
    for solutions, most in ((10, None), (30, None), (100, 1.3)):
        for leg, what in zip(deploy_and_destroy(runtime, solutions), ("create", "delete"), strict=True):
            yield Row(
                f"{what} {solutions} solutions at 1 request/s, time against one second each",
                leg.seconds / solutions,
                1,
                most=most,
                values={
                    "seconds": leg.seconds,
                    "failed": leg.failed,
                    "limited calls a solution": leg.limited_calls,
                    "other calls a solution": leg.other_calls,
                    "throttled calls a solution": leg.throttled,
                    "Lambda invocations a solution": leg.invocations,
                },
            )
