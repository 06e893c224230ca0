"""What a check finds: a `Problem` is an error, a `Doubt` a warning, a `Note` information."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import Construct

_SHOWN = 120  # characters of a value that a message repeats


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with one argument.

    Attributes:
        argument: The argument at fault, dotted and indexed, such as `solution_config.hpo_config`.
        value: The value you passed.
        rule: The rule that it breaks, as the end of a sentence that starts with the argument.
        fix: What to do about it.
    """

    argument: str
    value: object
    rule: str
    fix: str

    def __str__(self) -> str:
        value = repr(self.value)
        shown = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}..."
        return f"{self.argument} {self.rule}: got {shown}; {self.fix}"


@dataclass(frozen=True, kw_only=True)
class Doubt(Problem):
    """Something that may be wrong: sources disagree, or the service accepts it and then ignores it.

    It is a warning at synthesis, never an error.

    Attributes:
        id: Acknowledges the warning: `Annotations.of(scope).acknowledge_warning(id)`.
    """

    id: str


@dataclass(frozen=True)
class Note:
    """Information: something to know that is not wrong.

    Attributes:
        id: Acknowledges it, like a warning's.
        text: One or two sentences, without the last period.
    """

    id: str
    text: str


def problems_in(findings: Iterable[Problem]) -> list[Problem]:
    """Return the errors among findings, without the doubts."""
    return [finding for finding in findings if not isinstance(finding, Doubt)]


class InvalidConstructError(ValueError):
    """A construct's arguments break rules that are known before anything is deployed.

    Attributes:
        path: The construct's path in the tree.
        problems: Everything wrong with the arguments, in their order.
    """

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        super().__init__(f"{path} cannot be created as written:{lines}")


def path_of(scope: Construct, id: str) -> str:
    """Return the path of a construct that does not exist yet, for errors."""
    return f"{scope.node.path}/{id}".lstrip("/")


def refusal(
    scope: Construct,
    id: str,
    findings: Iterable[Problem],
    error: type[InvalidConstructError] = InvalidConstructError,
) -> InvalidConstructError | None:
    """Return the error for a construct that does not exist yet, or None if the findings have no problem.

    The caller raises it, so that the traceback ends in the construct and not here.
    """
    problems = problems_in(findings)
    return error(path_of(scope, id), problems) if problems else None
