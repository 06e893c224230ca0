"""The grammar of filter expressions, with the restrictions in the developer guide.

[DG creating-filter-expressions, filter-expression-guidelines-requirements, multiple-expression-example] The
case of keywords does not matter: AWS's samples use both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

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


def problem_in(expression: str) -> str | None:
    """Return the error in a filter expression, as the rest of a sentence, or None."""
    try:
        fields = set(_Parser(expression).expressions())
    except ValueError as error:
        return str(error)
    if len(fields) > _MOST_FIELDS:
        return f"must use at most {_MOST_FIELDS} fields: got {len(fields)}"
    return None


class _Parser:
    """Parses an expression from left to right and returns the fields that it uses."""

    def __init__(self, expression: str) -> None:
        self._tokens = list(_tokens(expression))
        self._next = 0

    def expressions(self) -> Iterator[str]:
        """Expressions, with `|` between them."""
        yield from self._expression()
        while self._take("|"):
            yield from self._expression()
        if self._peek():
            raise _expected("AND, OR, IF, | or the end", self._peek())

    def _expression(self) -> Iterator[str]:
        self._one_of({"INCLUDE", "EXCLUDE"}, "INCLUDE or EXCLUDE")
        self._one_of(_IDS, "ItemID, ActionID or UserID")
        self._one_of({"WHERE"}, "WHERE")
        field = self._condition(_DATASETS)
        yield field
        dataset = field.partition(".")[0]
        while self._take("AND", "OR"):
            yield self._condition({dataset})
        if self._take("IF"):
            yield self._condition({"CURRENTUSER"})
            while self._take("AND"):
                yield self._condition({"CURRENTUSER"})

    def _condition(self, datasets: set[str]) -> str:
        token = self._pop()
        field = token.upper()
        dataset, _, name = field.partition(".")
        if not name:
            raise _expected("a field such as Items.GENRE", token)
        if dataset not in datasets:
            known = " or ".join(sorted(datasets))
            raise ValueError(f"must use a field of {known} here: got {token}")
        if dataset in _ONLY_EVENT_TYPE and name != "EVENT_TYPE":
            raise ValueError(f"must use only EVENT_TYPE of {dataset}: got {token}")
        if field in _AUTOMATIC:
            raise ValueError(f"must not use {token}: the service filters by it automatically")
        negated = self._take("NOT")
        if negated or self._peek().upper() == "IN":
            self._one_of({"IN"}, "IN")
            self._values(is_event_type=name == "EVENT_TYPE", may_have_parameters=not negated)
        else:
            self._one_of(_COMPARISONS, "IN, NOT IN or a comparison")
            self._values(is_event_type=False, may_have_parameters=True)
        return field

    def _values(self, *, is_event_type: bool, may_have_parameters: bool) -> None:
        """A value, or values in parentheses."""
        in_parentheses = self._take("(")
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
                raise _expected("a value", token)
            if not in_parentheses:
                return
            if self._take(")"):
                return
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

    def _one_of(self, words: set[str], expected: str) -> None:
        token = self._pop()
        if token.upper() not in words:
            raise _expected(expected, token)


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
