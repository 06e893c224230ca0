"""Lag, calls and many solutions at once, in virtual time, so the figures are the same on every machine.

The provider, botocore and the framework's code are real. Personalize is the simulator, with the service's
limit of one request a second for each operation. Lambda, Step Functions and EventBridge are modeled in
`tests/support/virtual_time`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from statistics import mean, median

from bench.page import Row
from personalize_local.simulator import Durations, Limits
from personalize_provider.engine.log import logger
from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime, framework_runtime
from support.virtual_time.functions import dollars
from support.virtual_time.load import Leg, lives, naive_is_complete, naive_on_event

Transport = FrameworkRuntime | OneFunction
Peer = Callable[[Account], AbstractContextManager[dict[str, str]]]
"""Has something else carry an account's requests; what it wants of a solution's properties beside ours."""


@dataclass(frozen=True)
class Create:
    """One create, or the mean of some.

    Attributes:
        lag: Seconds from ACTIVE to the answer.
        calls: To Personalize.
        invocations: Of Lambda functions.
        gigabyte_seconds: Of Lambda functions.
        transitions: Of Step Functions.
    """

    lag: float
    calls: float
    invocations: float
    gigabyte_seconds: float
    transitions: float

    @classmethod
    def mean_of(cls, creates: Sequence[Create]) -> Create:
        """Their mean."""
        return cls(*(mean(column) for column in zip(*map(astuple, creates), strict=True)))

    @property
    def dollars(self) -> float:
        """What a thousand of them cost."""
        return 1000 * dollars(
            gigabyte_seconds=self.gigabyte_seconds,
            invocations=self.invocations,
            transitions=self.transitions,
        )

    def values(self) -> Mapping[str, float]:
        """All of it by name, as a table shows it."""
        return {
            "lag, s": self.lag,
            "calls": self.calls,
            "invocations": self.invocations,
            "GB-s": self.gigabyte_seconds,
            "transitions": self.transitions,
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


_USUAL_CONCURRENCY = 1000  # executions at once that Lambda lets an account have


# Each with what `lives` takes.
CASES: dict[str, dict[str, int]] = {
    "450 solutions in a stack": {"solutions": 450},
    "450 solutions in a stack, a hundred at once": {"solutions": 450, "at_once": 100},
    "1,000 stacks of a solution": {
        "solutions": 1000,
        "stacks": 1000,
        "concurrency": _USUAL_CONCURRENCY,
    },
    "1,000 stacks of a solution, a hundred at once": {
        "solutions": 1000,
        "stacks": 1000,
        "at_once": 100,
        "concurrency": _USUAL_CONCURRENCY,
    },
}


def scale_rows() -> list[Row]:
    """Measure hundreds of solutions in a stack, and a thousand stacks at once; see docs/scale.md."""
    logger.setLevel("CRITICAL")
    with framework_runtime() as runtime:
        return [row for of, case in CASES.items() for row in leg_rows(lives(runtime, **case), of)]
