"""The types of values in the service's API, each with its limits and its form in a request.

Every value is checked, rendered and read back through `problems`, `wire` and `read`, which skip absent values
and values known only at deploy time. A type therefore never sees None or a token.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.suggestions import closest
from cdk_personalize.model.tokens import ANYTHING, is_token

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class ValueType(ABC):
    """A type of values."""

    takes_tokens: ClassVar[bool] = True
    """Whether a value can be known only at deploy time."""

    @abstractmethod
    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        """Find what is wrong with a value.

        Args:
            value: The value.
            at: The argument that has it.
        """

    def wire(self, value: Any) -> Any:
        """Return the value in the API's form."""
        return value

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        """Return the argument for a value in the API's form: the reverse of `wire`.

        Args:
            value: The value in a request.
            at: The member that has it.
            found: Where to add a problem that `problems` would not find in the result.
        """
        del at, found
        return value


def problems(type_: ValueType, value: Any, at: str) -> Iterator[Problem]:
    """Find what is wrong with a value, unless it is absent or a token."""
    if value is not None and not (type_.takes_tokens and is_token(value)):
        yield from type_.problems(value, at)


def required(type_: ValueType, value: Any, at: str) -> Iterator[Problem]:
    """Find what is wrong with a value that must be there, unless it is a token."""
    if value is not None:
        yield from problems(type_, value, at)
    elif type_.takes_tokens:
        yield Problem(argument=at, value=value, rule="must not be None", fix="pass a value, or remove it")
    else:  # its own hint says what to pass
        yield from type_.problems(value, at)


def wire(type_: ValueType, value: Any) -> Any:
    """Return a value in the API's form; a token as it is."""
    return value if value is None or is_token(value) else type_.wire(value)


def read(type_: ValueType, value: Any, at: str, found: list[Problem]) -> Any:
    """Return the argument for a value in the API's form; a token as it is."""
    if value is None:
        return refuse(value, at, "must not be None", "leave it out", found)
    return value if is_token(value) else type_.read(value, at, found)


def refuse(value: object, at: str, rule: str, fix: str, found: list[Problem]) -> Any:
    """Add a problem, and return a replacement for the value."""
    found.append(Problem(argument=at, value=value, rule=rule, fix=fix))
    return ANYTHING


@dataclass(frozen=True, kw_only=True)
class Text(ValueType):
    """A string of limited length.

    Attributes:
        min: Fewest characters.
        max: Most characters.
        pattern: A regular expression that must match the whole string.
        rule: The same in words, as the end of a sentence.
        hint: What to do when it does not match.
    """

    min: int = 0
    max: int
    pattern: str = ""
    rule: str = ""
    hint: str = ""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str):
            yield _wrong_type(value, at, "a string", _quoted(value))
        elif not self.min <= len(value) <= self.max:
            surplus = len(value) - self.max
            yield Problem(
                argument=at,
                value=value,
                rule=f"must have {self.min} to {self.max} characters",
                fix=f"shorten it by {surplus}" if surplus > 0 else f"give at least {self.min}",
            )
        elif self.pattern and not re.fullmatch(self.pattern, value):
            yield Problem(argument=at, value=value, rule=self.rule, fix=self.hint)


@dataclass(frozen=True, kw_only=True)
class Number(ValueType):
    """A real number in an inclusive range."""

    min: float = -math.inf
    max: float = math.inf

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not _is_number(value):
            yield _wrong_type(value, at, "a number", _unquoted(value, self))
        else:
            yield from _out_of_range(value, at, self.min, self.max)

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        del at, found
        return float(value) if isinstance(value, Decimal) else value  # boto3 takes both


@dataclass(frozen=True, kw_only=True)
class Integer(ValueType):
    """A whole number in an inclusive range."""

    min: float = -math.inf
    max: float = math.inf

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield _wrong_type(value, at, "a whole number (int)", _unquoted(value, self))
        else:
            yield from _out_of_range(value, at, self.min, self.max)


class IntegerText(Integer):
    """A whole number that the API takes as a string."""

    def wire(self, value: int) -> str:
        return str(value)

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if isinstance(value, str) and _WHOLE.fullmatch(value):
            return int(value)
        number = _whole(value)
        fix = 'write one in quotes, as in "10"' if number is None else f'write "{number}"'
        refuse(value, at, "must be a string that holds a whole number", fix, found)
        return ANYTHING if number is None else number


@dataclass(frozen=True, kw_only=True)
class ScalarText(ValueType):
    """A string, number or boolean that the API takes as a string (rule 8)."""

    max: int

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, str | int | float):
            yield _wrong_type(value, at, "a string, a number or a boolean", 'give one, as in "0.5"')
        elif isinstance(value, float) and not math.isfinite(value):
            yield Problem(argument=at, value=value, rule="must be finite", fix="give a number, as in 0.5")
        else:
            yield from Text(max=self.max).problems(to_text(value), at)

    def wire(self, value: str | float) -> str:
        return to_text(value)

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        return _read_text(value, at, found)


@dataclass(frozen=True, kw_only=True)
class NumberText(ScalarText):
    """A real number in an inclusive range that the API takes as a string, such as "0.5"."""

    low: float = -math.inf
    high: float = math.inf

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not (_is_number(value) or isinstance(value, str)):
            yield _wrong_type(value, at, "a number, or a string that holds one", 'give one, as in "0.5"')
            return
        too_long = list(Text(max=self.max).problems(value, at)) if isinstance(value, str) else []
        yield from too_long
        if not too_long and not _is_finite(value):
            yield Problem(argument=at, value=value, rule="must be a number", fix='give one, as in "0.5"')
        elif not too_long:
            yield from Text(max=self.max).problems(to_text(value), at)
            yield from _out_of_range(float(value), at, self.low, self.high)


class Flag(ValueType):
    """True or false."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, bool):
            yield _wrong_type(value, at, "True or False", NO_FLAG)


@dataclass(frozen=True)
class Choice(ValueType):
    """A member of an enumeration, whose values are the API's words."""

    members: type[Enum]

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, self.members):
            name = self.members.__name__
            names = [f"{name}.{member.name}" for member in self.members]
            similar = closest(str(value), [member.name for member in self.members])
            fix = f"use {name}.{similar}" if similar else f"use one of {', '.join(names)}"
            yield _wrong_type(value, at, f"a member of {name}", fix)

    def wire(self, value: Enum) -> Any:
        return value.value

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        words: dict[Any, Enum] = {member.value: member for member in self.members}
        if isinstance(value, str) and value in words:
            return words[value]
        similar = closest(str(value), words)
        fix = f"did you mean {similar}?" if similar else "use one of those"
        return refuse(value, at, f"must be one of {', '.join(words)}", fix, found)


@dataclass(frozen=True, kw_only=True)
class ListOf(ValueType):
    """A list of limited length."""

    item: ValueType
    max: float = math.inf

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            yield _wrong_type(value, at, "a list", "put it into brackets, as in [...]")
            return
        yield from _too_many(value, at, self.max)
        for index, item in enumerate(value):
            yield from required(self.item, item, f"{at}[{index}]")

    def wire(self, value: Iterable[Any]) -> list[Any]:
        return [wire(self.item, item) for item in value]

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if not isinstance(value, list | tuple):
            return value
        return [read(self.item, item, f"{at}[{index}]", found) for index, item in enumerate(value)]


@dataclass(frozen=True, kw_only=True)
class MapOf(ValueType):
    """A mapping of limited size."""

    key: ValueType
    value: ValueType
    max: float = math.inf

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if not isinstance(value, Mapping):
            yield _wrong_type(value, at, "a mapping", "give names and values, as in {name: value}")
            return
        yield from _too_many(value, at, self.max)
        for key, item in value.items():
            yield from required(self.key, key, f"a key of {at}")
            yield from required(self.value, item, f"{at}[{key!r}]")

    def wire(self, value: Mapping[Any, Any]) -> dict[Any, Any]:
        return {wire(self.key, key): wire(self.value, item) for key, item in value.items()}

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {key: read(self.value, item, f"{at}[{key!r}]", found) for key, item in value.items()}


def to_text(value: str | float | Decimal) -> str:
    """Write a scalar as a string of the API: 55 as "55", True as "true", 1e-05 as "0.00001"."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{Decimal(float.__repr__(value)):f}"  # a subclass, such as numpy's, may say more
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _read_text(value: Any, at: str, found: list[Problem]) -> Any:
    """A string. An argument may have another type, but not the API's member (rules 7 and 8).

    A number or a boolean is read as the string that it should be, so that it is checked further.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return refuse(value, at, "must be a string", 'give one, as in "0.5"', found)
    refuse(value, at, "must be a string", _quoted(value), found)
    return to_text(value)


NO_FLAG = "write True or False, without quotes; in JSON true or false"
"""What to do where a flag is needed."""


def _wrong_type(value: object, at: str, expected: str, fix: str) -> Problem:
    return Problem(argument=at, value=value, rule=f"must be {expected}", fix=fix)


def _quoted(value: object) -> str:
    """What to do with a value where a string is needed."""
    if isinstance(value, int | float | Decimal) and math.isfinite(value):
        return f'write "{to_text(value)}"'
    return "pass a string in quotes"


def _unquoted(value: object, type_: ValueType) -> str:
    """What to do with a value where a number is needed: the number that it means, if the type accepts it."""
    if isinstance(value, str | float):
        number = _whole(value) if isinstance(type_, Integer) else _number(value)
        if number is not None and not any(type_.problems(number, "")):
            return f"write {number}"
    return "give a number"


def _whole(value: object) -> int | None:
    """The whole number that a value other than a flag means."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    number = _number(value)
    return int(number) if number is not None and number == int(number) else None


def _number(value: str | float | Decimal) -> float | None:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _out_of_range(value: float, at: str, low: float, high: float) -> Iterator[Problem]:
    if low <= value <= high and abs(value) != math.inf:
        return
    if math.isinf(low) and math.isinf(high):
        limits = "finite"
    elif math.isinf(high):
        limits = f"at least {low:g}"
    elif math.isinf(low):
        limits = f"at most {high:g}"
    else:
        limits = f"{low:g} to {high:g}"
    fix = "give a finite number" if limits == "finite" else "choose a value in that range"
    yield Problem(argument=at, value=value, rule=f"must be {limits}", fix=fix)


def _too_many(value: Mapping[Any, Any] | Sequence[Any], at: str, most: float) -> Iterator[Problem]:
    if len(value) > most:
        fix = f"remove {len(value) - most:g}"
        yield Problem(argument=at, value=value, rule=f"must have at most {most:g} entries", fix=fix)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_finite(value: str | float) -> bool:
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False
