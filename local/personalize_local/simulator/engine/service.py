"""The simulated service: all accounts and Regions in one object."""

from __future__ import annotations

import copy
import json
import random
import threading
from collections import deque
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from personalize_local.simulator.data_plane import batch
from personalize_local.simulator.data_plane.choice import ITEMS
from personalize_local.simulator.engine import snapshot, tags
from personalize_local.simulator.engine.account import Account
from personalize_local.simulator.engine.calls import KEPT, Call, RateLimit
from personalize_local.simulator.engine.clock import Clock
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import (
    NOT_SIMULATED,
    SERIALIZATION,
    UNKNOWN_OPERATION,
    ServiceError,
)
from personalize_local.simulator.engine.faults import Fault, Faults
from personalize_local.simulator.engine.model import checked, operation_model
from personalize_local.simulator.engine.objects import ObjectStore, ReadObjects, WriteObject
from personalize_local.simulator.engine.operations import operations, rate_limited
from personalize_local.simulator.engine.planned_failures import Failure, Outcomes
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.engine.settings import changed
from personalize_local.simulator.engine.status_overrides import StatusOverride, StatusOverrides
from personalize_local.simulator.engine.wire import Response, answered, refused
from personalize_local.simulator.kinds import KINDS, Durations, Limits

TARGET = "AmazonPersonalize."
"""The prefix of the header x-amz-target (rule 122)."""


class Personalize:
    """Amazon Personalize for all accounts and Regions, thread safe.

    Args:
        clock: The clock for all statuses. Default: - real time.
        durations: How long each kind of work takes. Default: - `Durations()`, much quicker than AWS.
        limits: The quotas. Default: - `Limits()`, those of AWS without the limit of the request rate.
        seed: The seed of identifiers. The same seed and calls give the same ARNs.
        read_objects: Returns the objects in S3 that jobs read. Default: - those of `put_object`.
        write_object: Writes an object in S3, for batch jobs. Default: - into the objects of `get_object`.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        durations: Durations | None = None,
        limits: Limits | None = None,
        seed: int = 0,
        read_objects: ReadObjects | None = None,
        write_object: WriteObject | None = None,
    ) -> None:
        self.clock = clock or Clock()
        self._foreign_objects = read_objects
        self._executor: ThreadPoolExecutor | None = None
        self._foreign_write = write_object
        self._initial = (durations or Durations(), limits or Limits(), seed, self.clock.scale)
        self._lock = threading.RLock()
        self._operations, self._rate_limited = operations(), rate_limited()
        self.reset()

    def reset(self) -> None:
        """Delete resources, faults, failures, overrides, items, objects and calls, and restore the settings.

        The clock keeps its time, and passes as fast as at first.
        """
        with self._lock:
            self._durations, self._limits, seed, scale = self._initial
            self.clock.set_scale(scale)
            self._random = random.Random(seed)  # noqa: S311 - identifiers, not secrets
            self._accounts: dict[Scope, Account] = {}
            self._outcomes = Outcomes()
            self._faults = Faults()
            self._statuses = StatusOverrides()
            self._items = ITEMS
            self._objects = ObjectStore()
            if self._executor:
                self._executor.shutdown(wait=False, cancel_futures=True)
            # One thread: the answers share the machine with one import or training, not with many.
            self._executor = None if self.clock.stands else ThreadPoolExecutor(1, "personalize-work")
            self._calls: deque[Call] = deque(maxlen=KEPT)
            self._rate = RateLimit()

    def call(self, operation: str, params: Mapping[str, object], scope: Scope) -> dict[str, object]:
        """Run one operation with the API's member names, as if the request came over HTTP.

        Returns:
            The response, with `datetime` for timestamps. It is a copy.

        Raises:
            ServiceError: The service refuses.
        """
        return copy.deepcopy(self._logged(operation, params, scope))

    def respond(self, target: str, body: bytes, scope: Scope) -> Response:
        """Answer one HTTP request in the protocol of its operation.

        Args:
            target: The header x-amz-target, for example
                `AmazonPersonalize.CreateSolution`.
            body: The request's body.
            scope: The caller's account and Region.
        """
        operation = target.removeprefix(TARGET)
        try:
            _require_known(target)
            return answered(operation, self._logged(operation, _parsed(body), scope))
        except ServiceError as error:
            return refused(operation, error)

    def state(self) -> dict[str, Any]:
        """Return the state as JSON data: the clock, the settings, and every resource of every account."""
        with self._lock:
            now = self.clock.now()
            contexts = self._caught_up(now)
            return snapshot.state(
                now,
                settings={"durations": self._durations, "limits": self._limits},
                injected={
                    "faults": self._faults.pending,
                    "outcomes": self._outcomes.pending,
                    "statuses": self._statuses.active,
                },
                contexts=contexts,
            )

    def tags_of(self, scope: Scope, arn: str) -> dict[str, str]:
        """Return the tags of a resource, if it exists, without a call. Policies need them (rule 131)."""
        with self._lock:
            return tags.read(self._context(scope, self.clock.now()), arn)

    @property
    def durations(self) -> Durations:
        """How long work that begins now takes."""
        return self._durations

    @property
    def limits(self) -> Limits:
        """The quotas in force."""
        return self._limits

    def set_durations(self, /, **seconds: object) -> Durations:
        """Change some durations. Work that has begun keeps its own.

        Raises:
            ValueError: A name is unknown, or a value is not a number of seconds.
        """
        with self._lock:
            self._durations = changed(self._durations, seconds)
            return self._durations

    def set_limits(self, /, **limits: object) -> Limits:
        """Change some limits.

        Raises:
            ValueError: A name is unknown, or a value is not a whole number.
        """
        with self._lock:
            self._limits = changed(self._limits, limits)
            return self._limits

    def advance(self, seconds: float) -> datetime:
        """Advance the clock and return the new time.

        Imports and trainings that should be done by then are done when it returns. Other calls are answered
        meanwhile.

        Raises:
            ValueError: `seconds` is negative.
        """
        with self._lock:
            now = self.clock.advance(seconds)
            due = [
                work
                for account in self._accounts.values()
                for resource in account.working
                if (work := resource.work_due(now)) is not None
            ]
        if self._executor:
            for work in due:
                work.finish()
        return now

    def inject(self, fault: Fault) -> None:
        """Answer the next calls with an error."""
        with self._lock:
            self._faults.pending.append(fault)

    def clear_faults(self) -> None:
        """Remove all faults."""
        with self._lock:
            self._faults.pending.clear()

    def fail_next(self, failure: Failure) -> None:
        """Make the next creation of a resource end in CREATE FAILED."""
        with self._lock:
            self._outcomes.pending.append(failure)

    def override_status(self, override: StatusOverride) -> None:
        """Report another status than the true one, until the overrides are cleared."""
        with self._lock:
            self._statuses.active.append(override)

    def clear_status_overrides(self) -> None:
        """Report true statuses again."""
        with self._lock:
            self._statuses.active.clear()

    def recommend(self, items: Iterable[str]) -> tuple[str, ...]:
        """Set the items that every campaign recommends, best first, and return them."""
        with self._lock:
            self._items = tuple(items)
            return self._items

    def put_object(self, uri: str, content: bytes) -> None:
        """Store an object that jobs can read, in a small S3 of the simulator's own.

        In the local AWS, jobs read that one's S3 instead.

        Raises:
            ValueError: `uri` is not `s3://BUCKET/KEY`.
        """
        with self._lock:
            self._objects.put(uri, content)

    def get_object(self, uri: str) -> bytes:
        """Return an object of that small S3, such as the output of a batch job.

        Raises:
            KeyError: There is none.
        """
        with self._lock:
            self._caught_up(self.clock.now())
            return self._objects.get(uri)

    def calls(self) -> list[Call]:
        """Return the latest calls, at most 10,000, oldest first."""
        with self._lock:
            return list(self._calls)

    def clear_calls(self) -> None:
        """Clear the log of calls."""
        with self._lock:
            self._calls.clear()

    def _logged(self, operation: str, params: object, scope: Scope) -> dict[str, object]:
        with self._lock:
            now = self.clock.now()
            outcome = "ok"
            try:
                return self._run(operation, params, self._context(scope, now))
            except ServiceError as error:
                outcome = error.code
                raise
            finally:
                self._calls.append(Call(operation, scope, now, outcome, params))

    def _run(self, operation: str, params: object, context: Context) -> dict[str, object]:
        self._faults.strike(operation, after=False)
        if operation not in self._operations:
            raise ServiceError(NOT_SIMULATED, f"{operation_model(operation).name} is not simulated")
        if self._limits.requests_per_second is not None and operation in self._rate_limited:
            self._rate.admit(operation, context.scope, context.now, self._limits.requests_per_second)
        request = checked(operation, params)
        _catch_up(context)
        answer = self._statuses.applied(self._operations[operation](context, request))
        self._faults.strike(operation, after=True)
        return answer

    def _caught_up(self, now: datetime) -> list[Context]:
        """The context of each account, after what is due there."""
        contexts = [self._context(scope, now) for scope in self._accounts]
        for context in contexts:
            _catch_up(context)
        return contexts

    def _context(self, scope: Scope, now: datetime) -> Context:
        return Context(
            account=self._accounts.setdefault(scope, Account()),
            scope=scope,
            now=now,
            settings=(self._durations, self._limits),
            planned_failure=self._outcomes.failure,
            items=self._items,
            new_id=lambda: f"{self._random.getrandbits(32):08x}",
            new_uuid=lambda: str(UUID(int=self._random.getrandbits(128), version=4)),
            read_objects=self._foreign_objects or self._objects.read,
            executor=self._executor,
            write_object=self._foreign_write or self._objects.write,
        )


def _catch_up(context: Context) -> None:
    # What is due comes before trainings that start by themselves, and those may be due as well.
    context.account.settle(context.now)
    for kind in KINDS.values():
        if kind.catch_up is not None:
            kind.catch_up(context)
    context.account.settle(context.now)
    batch.catch_up(context)


def _require_known(target: str) -> None:
    if not target.startswith(TARGET):
        raise ServiceError(UNKNOWN_OPERATION, f"x-amz-target must begin with {TARGET}: got {target!r}")


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body or b"{}", parse_constant=_not_json)
    except (ValueError, RecursionError) as error:
        raise ServiceError(SERIALIZATION, f"the body is not JSON: {error}") from error


def _not_json(constant: str) -> NoReturn:
    msg = f"{constant} is not valid JSON"
    raise ValueError(msg)
