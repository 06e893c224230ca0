"""Calls that are made again for as long as what is wrong with them may pass."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from personalize_provider.aws.errors import CALL_ERRORS, CallError
from personalize_provider.engine.clock import Clock

_Answer = TypeVar("_Answer")

_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class Patience:
    """Makes calls, each again for as long as its error may pass.

    Attributes:
        clock: Tells and passes time.
        since: When asking began.
        seconds: For how many seconds from then a call is begun again.
        passes: Whether an error may pass, that many seconds after asking began.
    """

    clock: Clock
    since: float
    seconds: float
    passes: Callable[[CallError, float], bool]

    def __call__(self, call: Callable[[], _Answer]) -> _Answer:
        """Make a call. Its last error is raised when it can't pass, or when time is up."""
        while True:
            try:
                return call()
            except CALL_ERRORS as error:
                if self.is_over or not self.passes(error, self.clock.now() - self.since):
                    raise
                self.pause()

    @property
    def is_over(self) -> bool:
        """Whether no call is begun again."""
        return self.clock.now() - self.since > self.seconds

    def pause(self) -> None:
        """Wait about a second, at random: else a stack's other resources ask at the same moment."""
        self.clock.sleep(_PAUSE_SECONDS * (0.5 + random.random()))  # noqa: S311 (no secret)
