"""The grammar of filter expressions, with the restrictions in the developer guide.

[DG creating-filter-expressions, filter-expression-guidelines-requirements, multiple-expression-example] The
case of keywords does not matter: AWS's samples use both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"[^"]*")
    |(?P<number>-?\d+(?:\.\d+)?)
    |(?P<parameter>\$\w+)
    |(?P<field>\w+\.\w+)
    |(?P<word>\w+)
    |(?P<sign><=|>=|!=|[<>=(),|*]))""",
    re.VERBOSE,
)
_COMPARISONS = {"=", "!=", "<", "<=", ">", ">="}
_IDS = {"ITEMID", "ACTIONID", "USERID"}
_DATASETS = {"INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS"}
_ONLY_EVENT_TYPE = {"INTERACTIONS", "ACTION_INTERACTIONS"}
_AUTOMATIC = {
    "ACTIONS.REPEAT_FREQUENCY",
    "ACTIONS.ACTION_EXPIRATION_TIMESTAMP",
    "ACTIONS.EXPIRATION_TIMESTAMP",
}
_MOST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of a field with values.

    Attributes:
        field: The dataset and the field, in upper case, for example `ITEMS.GENRE`.
        operator: `IN`, `NOT IN`, `=`, `!=`, `<`, `<=`, `>` or `>=`.
        values: As in the expression: `"horror"`, `1.5`, `$GENRE`, `CurrentItem.GENRE` or `*`.
    """

    field: str
    operator: str
    values: tuple[str, ...]

    @property
    def dataset(self) -> str:
        """The dataset, in upper case, or `CURRENTUSER`."""
        return self.field.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Expression:
    """One of the expressions that `|` separates.

    Attributes:
        include: Whether it includes, and does not exclude.
        chooses: What it includes or excludes: `ITEMID`, `ACTIONID` or `USERID`.
        any_of: Alternatives, each with conditions that must all hold. All are of the same dataset.
        only_if: Conditions on the current user.
    """

    include: bool
    chooses: str
    any_of: tuple[tuple[Condition, ...], ...]
    only_if: tuple[Condition, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions."""
        return (*(condition for group in self.any_of for condition in group), *self.only_if)

    @property
    def parameters(self) -> list[str]:
        """The names of the placeholders, without `$`."""
        values = [value for condition in self.conditions for value in condition.values]
        return [value.removeprefix("$") for value in values if value.startswith("$")]


def parsed(text: str) -> tuple[Expression, ...]:
    """Parse a filter expression.

    Raises:
        ValueError: The message describes the error, as the rest of a sentence.
    """
    return tuple(_Parser(text).expressions())


def fields_in(text: str) -> set[str]:
    """Return the different fields that an expression uses, in upper case."""
    return {condition.field for expression in parsed(text) for condition in expression.conditions}


def problem_in(text: str) -> str | None:
    """Return the error in a filter expression, as the rest of a sentence, or None."""
    try:
        fields = fields_in(text)
    except ValueError as error:
        return str(error)
    if len(fields) > _MOST_FIELDS:
        return f"must use at most {_MOST_FIELDS} fields: got {len(fields)}"
    return None


class _Parser:
    """Parses an expression from left to right."""

    def __init__(self, expression: str) -> None:
        self._tokens = list(_tokens(expression))
        self._next = 0

    def expressions(self) -> Iterator[Expression]:
        """Expressions, with `|` between them."""
        yield self._expression()
        while self._take("|"):
            yield self._expression()
        if self._peek():
            raise _expected("AND, OR, IF, | or the end", self._peek())

    def _expression(self) -> Expression:
        verb = self._one_of({"INCLUDE", "EXCLUDE"}, "INCLUDE or EXCLUDE")
        chooses = self._one_of(_IDS, "ItemID, ActionID or UserID")
        self._one_of({"WHERE"}, "WHERE")
        any_of, only_if = [[self._condition(_DATASETS)]], []
        same = {any_of[0][0].dataset}
        while self._peek().upper() in {"AND", "OR"}:
            # The grammar has no parentheses. As in SQL, AND binds more tightly than OR (?).
            if self._pop().upper() == "OR":
                any_of.append([])
            any_of[-1].append(self._condition(same))
        if self._take("IF"):
            only_if.append(self._condition({"CURRENTUSER"}))
            while self._take("AND"):
                only_if.append(self._condition({"CURRENTUSER"}))
        return Expression(verb == "INCLUDE", chooses, tuple(map(tuple, any_of)), tuple(only_if))

    def _condition(self, datasets: set[str]) -> Condition:
        token = self._pop()
        field = token.upper()
        dataset, _, name = field.partition(".")
        if not name:
            raise _expected("a field such as Items.GENRE", token)
        if dataset not in datasets:
            known = ", ".join(sorted(datasets))
            raise ValueError(f"must use a field of {known} here: got {token}")
        if dataset in _ONLY_EVENT_TYPE and name != "EVENT_TYPE":
            raise ValueError(f"must use only EVENT_TYPE of {dataset}: got {token}")
        if field in _AUTOMATIC:
            raise ValueError(f"must not use {token}: the service filters by it automatically")
        negated = self._take("NOT")
        if negated or self._peek().upper() == "IN":
            self._one_of({"IN"}, "IN")
            values = self._values(is_event_type=name == "EVENT_TYPE", may_have_parameters=not negated)
            return Condition(field, "NOT IN" if negated else "IN", values)
        operator = self._one_of(_COMPARISONS, "IN, NOT IN or a comparison")
        values = self._values(is_event_type=False, may_have_parameters=True)
        if len(values) > 1:
            raise ValueError(f"must have one value after {operator}: got {len(values)}")
        return Condition(field, operator, values)

    def _values(self, *, is_event_type: bool, may_have_parameters: bool) -> tuple[str, ...]:
        """A value, or values in parentheses."""
        in_parentheses, values = self._take("("), []
        while True:
            token = self._pop()
            if token.strip('"') == "*":
                if not is_event_type:
                    raise ValueError("can have * with Interactions.EVENT_TYPE only")
            elif token.startswith("$"):
                if not may_have_parameters:
                    raise ValueError(
                        f"must not have the parameter {token} with NOT IN: swap INCLUDE and EXCLUDE"
                    )
            elif not _is_value(token):
                hint = f'; text needs double quotes: "{token}"' if token.isidentifier() else ""
                raise ValueError(f"{_expected('a value', token)}{hint}")
            values.append(token)
            if not in_parentheses or self._take(")"):
                return tuple(values)
            self._one_of({","}, ", or )")

    def _peek(self) -> str:
        return self._tokens[self._next] if self._next < len(self._tokens) else ""

    def _pop(self) -> str:
        token = self._peek()
        self._next += 1
        return token

    def _take(self, *words: str) -> bool:
        found = self._peek().upper() in words
        self._next += found
        return found

    def _one_of(self, words: set[str], expected: str) -> str:
        word = self._pop()
        if word.upper() not in words:
            raise _expected(expected, word)
        return word.upper()


def _tokens(expression: str) -> Iterator[str]:
    at, end = 0, len(expression.rstrip())
    while at < end:
        match = _TOKEN.match(expression, at)
        if match is None:
            raise ValueError(f"cannot be read from {expression[at:].strip()!r} on")
        yield match.group().strip()
        at = match.end()


def _is_value(token: str) -> bool:
    return (
        token.startswith('"')
        or token[:1].isdigit()
        or token[:1] == "-"
        or token.upper().startswith("CURRENTITEM.")
    )


def _expected(expected: str, token: str) -> ValueError:
    return ValueError(f"must have {expected} here: got {token or 'the end'}")
