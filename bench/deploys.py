"""Lag, calls and many solutions at once, in virtual time: so the figures are the same on each machine.

The provider, botocore and the framework's code are real. Personalize is the simulator, with the service's
limit of one request a second for each operation; see `tests/support/account.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from bench.costs import created, naive_in, ours
from bench.legs import LEAST_SECONDS, leg_rows
from bench.row import Row
from bench.series import Series
from framework_runtime import FrameworkRuntime, framework_runtime
from load import lives
from personalize_provider.log import logger

_READY_AFTER = range(1, 31)  # seconds
_SEEDS = range(3)


def rows() -> list[Row | Series]:
    """Measure."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        return [*_lag(runtime), *_calls(runtime), *_many(runtime)]


def _lag(runtime: FrameworkRuntime) -> Iterator[Row | Series]:
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
    for side, found in (("ours", lags), ("provider with defaults", naive)):
        points = [(after, lag) for (after, _), lag in zip(cases, found, strict=True)]
        yield Series(f"lag, {side}", "s", points)


def _calls(runtime: FrameworkRuntime) -> Iterator[Row]:
    calls, naive = (created(runtime, side, 0, 0).calls for side in (ours, naive_in))
    values = {"ours": float(calls), "provider with defaults": float(naive)}
    yield Row("calls to Personalize for one create, ready at once", calls, 1, "calls", most=4, values=values)


def _many(runtime: FrameworkRuntime) -> Iterator[Row | Series]:
    found = {solutions: lives(runtime, solutions) for solutions in (1, 3, 10, 30, 100)}
    yield from leg_rows(found[10], "10 solutions")
    yield from leg_rows(found[30], "30 solutions")
    yield from leg_rows(found[100], "100 solutions", most=dict.fromkeys(LEAST_SECONDS, 1.3))
    failed = sum(leg.failed for leg in found[100].values())
    yield Row("requests that failed, of 100 solutions each time", failed, 1, "requests", most=0)
    for operation in LEAST_SECONDS:
        taken = [(solutions, legs[operation]) for solutions, legs in found.items()]
        yield Series(f"time, {operation}", "s", [(solutions, leg.seconds) for solutions, leg in taken])
        yield Series(
            f"calls, {operation}",
            "calls",
            [(solutions, leg.limited_calls * solutions) for solutions, leg in taken],
        )
