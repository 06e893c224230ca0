"""Lag, calls and many solutions at once, in virtual time: so the figures are the same on each machine.

The provider, botocore and the framework's code are real. Personalize is the simulator, with the service's
limit of one request a second for each operation; see `tests/support/virtual_time/account.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from statistics import median

from bench.create import created, naive_in, ours
from bench.figures import Row
from personalize_provider.engine.log import logger
from support.virtual_time.framework_runtime import FrameworkRuntime, framework_runtime
from support.virtual_time.load import Leg, lives

_READY_AFTER = range(1, 31)  # seconds
_SEEDS = range(3)

# Requests for each solution to the operation that is asked most: CreateSolution, DeleteSolution, and two
# DescribeSolution, for an update looks before it changes anything. Each is let in once a second (rule 118).
LEAST_SECONDS = {"create": 1, "update": 2, "delete": 1}


def rows() -> list[Row]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        return [*_lag(runtime), *_calls(runtime), *_many(runtime)]


def _lag(runtime: FrameworkRuntime) -> Iterator[Row]:
    cases = [(after, seed) for after in _READY_AFTER for seed in _SEEDS]
    lags = [created(runtime, ours, after, seed).lag for after, seed in cases]
    naive = [created(runtime, naive_in, after, seed).lag for after, seed in cases]
    name = "lag from ACTIVE to the answer, ready after 1 to 30 s, median"
    values = {
        "ours, median, s": median(lags),
        "ours, longest, s": max(lags),
        "provider with defaults, median, s": median(naive),
        "provider with defaults, longest, s": max(naive),
    }
    yield Row(name, median(lags), len(cases), "s", most=1.0, values=values)
    yield Row(
        "the same, against a provider with the defaults", median(lags) / median(naive), len(cases), most=0.3
    )


def _calls(runtime: FrameworkRuntime) -> Iterator[Row]:
    calls, naive = (created(runtime, side, 0, 0).calls for side in (ours, naive_in))
    values = {"ours": float(calls), "provider with defaults": float(naive)}
    yield Row("calls to Personalize for one create, ready at once", calls, 1, "calls", most=4, values=values)


def _many(runtime: FrameworkRuntime) -> Iterator[Row]:
    found = {solutions: lives(runtime, solutions) for solutions in (10, 30, 100)}
    yield from leg_rows(found[10], "10 solutions")
    yield from leg_rows(found[30], "30 solutions")
    yield from leg_rows(found[100], "100 solutions", most=dict.fromkeys(LEAST_SECONDS, 1.3))
    failed = sum(leg.failed for leg in found[100].values())
    yield Row("requests that failed, of 100 solutions each time", failed, 1, "requests", most=0)


def leg_rows(legs: Mapping[str, Leg], of: str, most: Mapping[str, float] | None = None) -> Iterator[Row]:
    """A row for each operation.

    Args:
        legs: What each took.
        of: Of what, such as `100 solutions`.
        most: What its ratio must not exceed, by operation.
    """
    for operation, leg in legs.items():
        values = {
            "seconds": leg.seconds,
            "failed": leg.failed,
            "limited calls a solution": leg.limited_calls,
            "other calls a solution": leg.other_calls,
            "throttled calls a solution": leg.throttled,
            "Lambda invocations a solution": leg.invocations,
            "functions at once": leg.most_running,
        }
        if leg.failed:  # how soon is of no use then
            yield Row(f"{operation} {of}: requests that fail", leg.failed, 1, "requests", values=values)
            continue
        yield Row(
            f"{operation} {of} at 1 request/s, time against the least",
            leg.seconds / leg.solutions / LEAST_SECONDS[operation],
            1,
            most=(most or {}).get(operation),
            values=values,
        )
