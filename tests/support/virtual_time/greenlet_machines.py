"""State machines beside everything else in a `VirtualTime`: each thread of ministack's is a task."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ministack.services import stepfunctions

from support.virtual_time.account import Account
from support.virtual_time.clock import Signal, Task, VirtualTime
from support.virtual_time.provider_world import SCOPE
from support.virtual_time.simulated import Simulated
from support.virtual_time.state_machines import JumpingClock, Machines, interpreted


class _TaskClock(JumpingClock):
    """The clock of the tasks, for which they wait as tasks do."""

    def __init__(self, time: VirtualTime) -> None:
        super().__init__(time.clock.now)
        self._time, self._woken = time, Signal()

    def wait_until(self, moment: datetime, ended: Callable[[], bool]) -> None:
        """Let other tasks go on until a moment, or until `ended` says so after a `wake`."""
        while not ended() and (left := (moment - self.now()) / timedelta(seconds=1)) > 0:
            self._time.wait(self._woken, left)

    def wake(self) -> None:
        """Let every task that waits look again whether its wait has ended."""
        self._time.set(self._woken)
        self._woken = Signal()


class _Thread:
    """A thread of an execution, as a task."""

    def __init__(self, time: VirtualTime, target: Callable[..., Any], args: Sequence[Any] = ()) -> None:
        self._time, self._target, self._args = time, target, args
        self._task: Task

    def start(self) -> None:
        self._task = self._time.spawn("execution", self._run)

    def join(self) -> None:
        self._time.wait(self._task)

    def _run(self) -> None:
        with contextlib.suppress(SystemExit):  # by which a thread ends in silence
            self._target(*self._args)


class _OneByOne:
    """The pool of a Map, whose items are processed one after the other: ours have a MaxConcurrency of 1."""

    def __init__(self, max_workers: int) -> None:
        assert max_workers == 1

    def __enter__(self) -> _OneByOne:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, function: Callable[..., Any], *args: Any) -> None:
        function(*args)


@contextlib.contextmanager
def machines_in(at: Account) -> Iterator[Machines]:
    """State machines in an account, for as long as the block runs. `Machines.start` doesn't wait."""
    time = at.time
    with interpreted(Machines(_TaskClock(time), Simulated(at.simulator, SCOPE))) as machines:
        stepfunctions.threading.Thread = lambda target, args=(), **_: _Thread(time, target, args)
        stepfunctions.ThreadPoolExecutor = _OneByOne
        stepfunctions.futures_wait = lambda _futures: None
        yield machines
