"""Problems in a filter expression, each with its place in the text."""

from __future__ import annotations

from dataclasses import dataclass

from cdk_personalize.model.findings import Doubt, Problem

_WIDTH = 90  # columns of a line of the expression in a message


@dataclass(frozen=True, kw_only=True)
class ExpressionProblem(Problem):
    """A problem in a filter expression. Its text ends with the line at fault, and carets below the place.

    Attributes:
        expression: The whole filter expression.
        start: Where the problem begins, counted in characters from 0.
        end: Where it ends. The same as `start`, at the end of the expression, if something is missing there.
    """

    expression: str
    start: int
    end: int

    def __str__(self) -> str:
        got = repr(self.value) if self.end > self.start else "the end"
        line, column = _excerpt(self.expression, self.start)
        carets = "^" * max(1, min(self.end - self.start, len(line) - column))
        return f"{self.argument} {self.rule}: got {got}; {self.fix}\n    {line}\n    {' ' * column}{carets}"


@dataclass(frozen=True, kw_only=True)
class ExpressionDoubt(ExpressionProblem, Doubt):
    """Something in a filter expression that may be wrong."""


def _excerpt(text: str, at: int) -> tuple[str, int]:
    """The line with a place, cut where it is long, and the column of the place in it."""
    first = text.rfind("\n", 0, at) + 1
    line = text[first:].partition("\n")[0].rstrip().replace("\t", " ")
    column = at - first
    left = max(0, min(column - _WIDTH // 2, len(line) - _WIDTH))
    shown = line[left : left + _WIDTH]
    before = "..." if left else ""
    after = "..." if left + _WIDTH < len(line) else ""
    return f"{before}{shown}{after}", column - left + len(before)
