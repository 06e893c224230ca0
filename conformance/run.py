"""Asks all questions, and deletes everything whatever happens."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Self

from conformance.account import Account
from conformance.cleanup import delete_all
from conformance.question import CouldNotAskError, Question, Result, Seen
from conformance.shared import Shared

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Attributes:
        results: One for each question, in their order.
        left: What could not be deleted, each with the reason.
        interrupted: Whether it was ended before the last question.
    """

    results: list[Result]
    left: list[str]
    interrupted: bool

    def count(self, verdict: str) -> int:
        """How many results have this verdict."""
        return sum(result.verdict == verdict for result in self.results)

    @property
    def status(self) -> int:
        """The exit status: 0 all as expected, 1 something is different, 3 unfinished."""
        if self.left or self.count("not asked"):
            return 3
        return 1 if self.count("different") else 0


def run(account: Account, questions: Sequence[Question], say: Callable[[str], object]) -> Run:
    """Ask each question, and delete what the run created.

    Ctrl-C and SIGTERM end the questions. They don't end the deletion.

    Args:
        account: Where to ask.
        questions: What to ask.
        say: Shows a line of progress.
    """
    results: list[Result] = []
    shared = Shared(account)
    with _Signals(lambda: say("Still deleting what this run created. It ends by itself.")) as signals:
        try:
            for number, question in enumerate(questions, 1):
                results.append(_asked(question, shared))
                for line in _progress(f"{number:3}/{len(questions)}", results[-1]):
                    say(line)
            signals.interrupt = False
        except KeyboardInterrupt:
            signals.interrupt = False
        finally:
            say("Deleting what this run created ...")
            left = delete_all(account)
    interrupted = len(results) < len(questions)
    for question in questions[len(results) :]:
        results.append(_result(question, None, "the run was interrupted"))
    return Run(results, left, interrupted)


def _progress(number: str, result: Result) -> Iterator[str]:
    yield f"{number}  {result.verdict:9}  {result.text}"
    if result.seen is None:
        yield f"{'':20}{result.reason}"
    elif result.verdict == "different":
        yield f"{'':20}expected {result.expected}, seen {result.seen.answer}"


def _asked(question: Question, shared: Shared) -> Result:
    try:
        return _result(question, question.ask(shared))
    except CouldNotAskError as error:
        return _result(question, None, str(error))
    except Exception as error:  # one question's failure must not end the run
        return _result(question, None, f"{type(error).__name__}: {error}")


def _result(question: Question, seen: Seen | None, reason: str = "") -> Result:
    return Result(question.id, question.rules, question.text, question.expected, seen, reason)


class _Signals:
    """What the signals to end do: they raise KeyboardInterrupt once, and only while there are questions.

    Attributes:
        interrupt: Whether the next signal raises KeyboardInterrupt.
    """

    def __init__(self, otherwise: Callable[[], object]) -> None:
        self.interrupt = True
        self._otherwise = otherwise
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._handle) for number in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        if not self.interrupt:
            self._otherwise()
            return
        self.interrupt = False
        raise KeyboardInterrupt
