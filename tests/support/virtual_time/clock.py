"""Many things at once in a time that passes as fast as they allow.

Each task is a greenlet. A task that sleeps or waits hands over to whatever is due next, and the clock jumps
there: an hour of a hundred tasks takes as long as their own work does, and always happens in the same order.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from personalize_local.simulator import Clock


class Signal:
    """Something that happens once, and that tasks can wait for."""

    def __init__(self) -> None:
        self.is_set = False
        self.value: Any = None
        self._waiting: list[tuple[greenlet, int]] = []


class Task(Signal):
    """A running function; the event is its end, the value what it returned."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class VirtualTime:
    """The order of things, on the simulator's clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._hub = getcurrent()
        self._due: list[tuple[float, int, greenlet, int]] = []
        self._order = count()
        self._tickets: dict[greenlet, int] = {}  # a wake-up for an older wait is stale
        self._ticket = count(1)

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.clock.now().timestamp()

    def spawn(self, name: str, function: Callable[[], Any]) -> Task:
        """Start a task; it runs when the caller next waits."""
        task = Task(name)

        def run() -> None:
            try:
                self.set(task, function())
            finally:
                self._tickets.pop(getcurrent(), None)

        self._wake(greenlet(run, parent=self._hub), 0)
        return task

    def sleep(self, seconds: float) -> None:
        """Let others go on for a while."""
        self._wake(getcurrent(), seconds)
        self._hub.switch()

    def wait(self, event: Signal, seconds: float | None = None) -> bool:
        """Wait until something has happened, or for so long; whether it has."""
        if not event.is_set:
            ticket = self._new_ticket(getcurrent())
            event._waiting.append((getcurrent(), ticket))
            if seconds is not None:
                heapq.heappush(self._due, (self.now() + seconds, next(self._order), getcurrent(), ticket))
            self._hub.switch()
        return event.is_set

    def set(self, event: Signal, value: Any = None) -> None:
        """Let it happen. What happens twice stays as it was the first time."""
        if event.is_set:
            return
        event.is_set, event.value = True, value
        for waiting, ticket in event._waiting:
            heapq.heappush(self._due, (self.now(), next(self._order), waiting, ticket))

    def run(self, seconds: float | None = None) -> None:
        """Let all tasks go on: for so long, or until nothing is left to happen. Not for tasks to call."""
        end = None if seconds is None else self.now() + seconds
        while self._due and (end is None or self._due[0][0] <= end):
            at, _, task, ticket = heapq.heappop(self._due)
            if self._tickets.get(task) == ticket and not task.dead:
                self._advance_to(at)
                task.switch()
        if end is not None:
            self._advance_to(end)

    def close(self) -> None:
        """End all tasks where they are."""
        for task in list(self._tickets):
            task.throw(GreenletExit)
        self._due.clear()

    def _advance_to(self, moment: float) -> None:
        self.clock.advance(max(0.0, moment - self.now()))

    def _wake(self, task: greenlet, seconds: float) -> None:
        heapq.heappush(self._due, (self.now() + seconds, next(self._order), task, self._new_ticket(task)))

    def _new_ticket(self, task: greenlet) -> int:
        self._tickets[task] = next(self._ticket)
        return self._tickets[task]
