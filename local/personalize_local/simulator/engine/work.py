"""Work that takes long on this machine: imports and trainings.

Answers do not wait for it. On a clock that runs, it is done in a thread. A resource whose work is not done
stays CREATE IN_PROGRESS, even if its time has come. On a clock that stands still, as in tests, it is done
when its result is needed for the first time. So what a test sees never depends on the speed of the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future, wait
from typing import Generic, TypeVar

_T = TypeVar("_T")


class WorkFailedError(Exception):
    """The work failed. The text is the failure reason that Describe answers."""


class Work(Generic[_T]):
    """Something that is computed until a resource becomes ACTIVE.

    Args:
        compute: Returns the result. It raises `WorkFailedError` if the resource must become CREATE FAILED.
        executor: Where to compute. Default: - in the thread that needs the result first.
    """

    def __init__(self, compute: Callable[[], _T], executor: Executor | None) -> None:
        self._postponed: Callable[[], _T] | None = None if executor else compute
        self._future: Future[_T] = executor.submit(compute) if executor else Future()

    def ready(self) -> bool:
        """Whether it is done. Postponed work is done now."""
        if self._postponed is not None:
            self.finish()
        return self._future.done()

    def finish(self) -> None:
        """Return when it is done."""
        compute, self._postponed = self._postponed, None
        if compute is not None:
            try:
                self._future.set_result(compute())
            except Exception as error:
                self._future.set_exception(error)
        wait([self._future])

    def problem(self) -> str | None:
        """Why it failed, if it is done and failed. A mistake of the simulator says so."""
        error = self._future.exception() if self._future.done() else None
        if error is None or isinstance(error, WorkFailedError):
            return None if error is None else str(error)
        return f"The simulator failed: {error!r}"

    def result(self) -> _T | None:
        """The result. None if it is not done or failed."""
        if not self._future.done() or self._future.exception():
            return None
        return self._future.result()
