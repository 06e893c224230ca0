"""A resource that follows a script, and a clock for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from botocore.exceptions import ClientError

from personalize_provider.engine.first_event import Attempt
from personalize_provider.engine.reconciler import reconcile
from personalize_provider.engine.stack import StackState
from personalize_provider.engine.steps import Done, Effect, Step, Wait
from personalize_provider.framework import WORK_SECONDS

BEGIN = 1_000.0
STATE = StackState("CREATE_IN_PROGRESS")
DONE = Done({"name": "movies"})


class Change(Effect):
    """An effect."""


class Ticking:
    """A clock that moves only by sleeping."""

    def __init__(self, at: float = BEGIN) -> None:
        self.at = at
        self.slept: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


class Scripted:
    """A resource that leads to one step after the other; the last one stays."""

    label = "solution movies"

    def __init__(self, steps: Iterable[Step | Exception], refusals: Iterable[Wait | Exception] = ()) -> None:
        self.steps = list(steps)
        self.refusals = list(refusals)
        self.expired: list[bool] = []
        self.acts: list[Effect] = []

    def look(self, *, expired: bool) -> Step:
        self.expired.append(expired)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step

    def act(self, effect: Effect) -> Wait | None:
        self.acts.append(effect)
        refusal = self.refusals.pop(0) if self.refusals else None
        if isinstance(refusal, Exception):
            raise refusal
        return refusal


def answer(code: str, status: int = 400, operation: str = "DescribeSolution") -> ClientError:
    metadata = {
        "HTTPStatusCode": status,
        "RequestId": "",
        "HostId": "",
        "HTTPHeaders": {},
        "RetryAttempts": 0,
    }
    return ClientError(
        {"Error": {"Code": code, "Message": "its own words"}, "ResponseMetadata": metadata},
        operation,
    )


def run(
    resource: Scripted,
    *,
    clock: Ticking | None = None,
    deadline: float = BEGIN + 1800,
    check: Callable[[], Wait | None] = lambda: None,
    chance: Callable[[], float] = lambda: 0.75,  # pauses as they are, and no handing back
) -> Done | Wait:
    clock = clock or Ticking()
    return reconcile(resource, Attempt(BEGIN, deadline, STATE), clock, check, clock.at + WORK_SECONDS, chance)
