"""One create of a solution in virtual time, ours or a peer's, and what it takes.

Lambda, Step Functions and EventBridge are modelled, see `tests/support/virtual_time/functions.py`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass
from statistics import mean

from personalize_local.simulator import Durations, Limits
from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.functions import dollars
from support.virtual_time.load import naive_is_complete, naive_on_event

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
