"""What a construct says when it is given something that Amazon Personalize would refuse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN = 120  # characters of a value that a message repeats


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong with one argument.

    Attributes:
        argument: The argument at fault, dotted and indexed, such as `solution_config.hpo_config`.
        value: What was given.
        rule: What holds for that argument, as the end of a sentence that starts with it.
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
    """What may be wrong: sources disagree, or the service takes it and does not do what it says.

    It is a warning of the synthesis, never an error.

    Attributes:
        id: By which the warning is acknowledged: `Annotations.of(scope).acknowledge_warning(id)`.
    """

    id: str


class InvalidConstructError(ValueError):
    """A construct's arguments break rules that are known before anything is deployed.

    Attributes:
        path: The construct's path in the tree.
        problems: Everything found wrong, in the order of the arguments.
    """

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        super().__init__(f"{path} cannot be created as written:{lines}")


class InvalidSolutionError(InvalidConstructError):
    """The arguments of a `Solution` are not a request that Amazon Personalize accepts."""


class InvalidProviderError(InvalidConstructError):
    """The arguments of a `PersonalizeProvider` are out of range, or it comes too late to be used."""
