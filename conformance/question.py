"""A question to the service, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conformance.shared import Shared


class CouldNotAskError(Exception):
    """The question has no answer: something that it needs was refused, or did not become ready."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the service answered.

    Attributes:
        answer: Compared with what the project expects.
        message: The service's own words, for the page. They are not compared.
    """

    answer: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that the project relies on and that a free call can settle.

    Attributes:
        id: A short name, unique and stable.
        rules: The numbers in docs/rules.md.
        text: The question, for people.
        expected: The answer that the project expects.
        ask: Asks the service.
    """

    id: str
    rules: tuple[int, ...]
    text: str
    expected: str
    ask: Callable[[Shared], Seen]


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one question.

    Attributes:
        id: The question's id.
        rules: Its rules.
        text: Its text.
        expected: The expected answer.
        seen: The answer. None: it could not be asked.
        reason: Why it could not be asked.
    """

    id: str
    rules: tuple[int, ...]
    text: str
    expected: str
    seen: Seen | None
    reason: str = ""

    @property
    def verdict(self) -> str:
        """`same`, `different` or `not asked`."""
        if self.seen is None:
            return "not asked"
        return "same" if self.seen.answer == self.expected else "different"
