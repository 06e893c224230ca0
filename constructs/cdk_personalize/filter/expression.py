"""The grammar of filter expressions (rule 172).

    filter     = expression {"|" expression}
    expression = ("INCLUDE" | "EXCLUDE") ("ItemID" | "ActionID" | "UserID")
                 "WHERE" condition {("AND" | "OR") condition} ["IF" condition {"AND" condition}]
    condition  = field (["NOT"] "IN" | "=" | "!=" | "<" | "<=" | ">" | ">=") values
    values     = value | "(" value {"," value} ")"
    value      = "string" | number | $PARAMETER | CurrentItem.FIELD | *

Keywords, datasets and fields can have any case: AWS's own samples differ.
[DG creating-filter-expressions, multiple-expression-example]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cdk_personalize.filter.problems import ExpressionProblem
from cdk_personalize.model.suggestions import closest

ARGUMENT = "filter_expression"
"""The argument that problems name."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"[^"]*")
    |(?P<number>-?\d+(?:\.\d+)?(?!\w))
    |(?P<parameter>\$\w+)
    |(?P<field>\w+\.\w+)
    |(?P<word>\w+)
    |(?P<sign><=|>=|!=|[<>=(),|*])
    |(?P<other>"[^"|]*|\S[^\s"(),|]*))""",
    re.VERBOSE,
)
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_OTHER_QUOTES = "'\u2018\u2019\u201c\u201d"


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an expression.

    Attributes:
        kind: `string`, `number`, `parameter`, `field`, `word`, `sign`, `other`, or `end` after the last one.
        text: As it is written.
        start: Where it begins in the expression.
    """

    kind: str
    text: str
    start: int

    @property
    def dataset(self) -> str:
        """The part of a field before the dot, in upper case, such as `ITEMS` or `CURRENTUSER`."""
        return self.text.partition(".")[0].upper()

    @property
    def field(self) -> str:
        """The part of a field after the dot, as it is written."""
        return self.text.partition(".")[2]

    def problem(self, text: str, rule: str, fix: str) -> ExpressionProblem:
        """Return a problem at this word of an expression."""
        return ExpressionProblem(
            argument=ARGUMENT,
            value=self.text,
            rule=rule,
            fix=fix,
            expression=text,
            start=self.start,
            end=self.start + len(self.text),
        )


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of a field with values.

    Attributes:
        field: The dataset and the field.
        operator: `IN`, `NOT IN`, or a comparison such as `<=`.
        values: At least one.
    """

    field: Token
    operator: str
    values: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """One of the expressions that `|` separates.

    Attributes:
        chooses: `ITEMID`, `ACTIONID` or `USERID`.
        where: The conditions on the data, in their order.
        only_if: The conditions on the current user.
    """

    chooses: str
    where: tuple[Condition, ...]
    only_if: tuple[Condition, ...]


class _UnexpectedError(Exception):
    """An expression can't be parsed further."""

    def __init__(self, token: Token, rule: str, fix: str) -> None:
        super().__init__(rule)
        self.token, self.rule, self.fix = token, rule, fix


def parse(text: str) -> tuple[list[Expression], list[ExpressionProblem]]:
    """Parse a filter expression.

    Returns:
        The expressions between `|` that follow the grammar, and for each of the others the first place where
        it doesn't.
    """
    parsed: list[Expression] = []
    problems: list[ExpressionProblem] = []
    for tokens in _parts(text):
        try:
            parsed.append(_Parser(tokens).expression())
        except _UnexpectedError as error:
            problems.append(error.token.problem(text, error.rule, error.fix))
    return parsed, problems


def _parts(text: str) -> Iterator[list[Token]]:
    """Yield the words of each expression, with an `end` after the last one."""
    part: list[Token] = []
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        token = Token(kind, match[kind], match.start(kind))
        if token.text == "|":
            yield [*part, Token("end", "|", token.start)]
            part = []
        else:
            part.append(token)
    yield [*part, Token("end", "", len(text.rstrip()))]


class _Parser:
    """Parses one expression from left to right."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = iter(tokens)
        self._next = next(self._tokens)

    def expression(self) -> Expression:
        self._need("INCLUDE", "EXCLUDE")
        chooses = self._need("ItemID", "ActionID", "UserID")
        self._need("WHERE")
        where, only_if = [self._condition()], []
        while self._take("AND", "OR"):
            where.append(self._condition())
        if self._take("IF"):
            only_if.append(self._condition())
            while self._take("AND"):
                only_if.append(self._condition())
        if self._next.kind != "end":
            words = ("AND",) if only_if else ("AND", "OR", "IF")
            raise self._unexpected(f"{', '.join(words)}, | or the end", *words)
        return Expression(chooses.text.upper(), tuple(where), tuple(only_if))

    def _condition(self) -> Condition:
        field = self._next
        if field.kind != "field":
            fix = "write the dataset and the field, as in Items.GENRE"
            if field.text == "(":
                fix = "remove it: conditions have no parentheses around them"
            raise _UnexpectedError(field, "must have a field such as Items.GENRE here", fix)
        self._pop()
        negated = self._take("NOT")
        if negated or self._next.text.upper() == "IN":
            self._need("IN")
            operator = "NOT IN" if negated else "IN"
        elif self._next.text.upper() == "LIKE":
            fix = "list the exact values with IN: the service compares whole strings"
            raise _UnexpectedError(self._next, "must have IN, NOT IN or a comparison here", fix)
        else:
            operator = self._need("IN", "NOT IN", *_COMPARISONS).text
        return Condition(field, operator, tuple(self._values()))

    def _values(self) -> Iterator[Token]:
        if not self._take("("):
            yield self._value()
            return
        yield self._value()
        while not self._take(")"):
            self._need(",", ")")
            yield self._value()

    def _value(self) -> Token:
        token = self._next
        if not (
            token.kind in {"string", "number", "parameter"}
            or token.text == "*"
            or (token.kind == "field" and token.dataset == "CURRENTITEM")
        ):
            raise _UnexpectedError(token, "must have a value here", _quoting(token))
        return self._pop()

    def _pop(self) -> Token:
        token = self._next
        self._next = next(self._tokens, token)
        return token

    def _take(self, *words: str) -> Token | None:
        return self._pop() if self._next.kind != "end" and self._next.text.upper() in words else None

    def _need(self, *words: str) -> Token:
        found = self._take(*(word.upper() for word in words))
        if found is None:
            raise self._unexpected(f"{', '.join(words[:-1])} or {words[-1]}".removeprefix(" or "), *words)
        return found

    def _unexpected(self, expected: str, *words: str) -> _UnexpectedError:
        similar = closest(self._next.text, words) if self._next.kind != "end" else None
        fix = f"write {similar or (words[0] if len(words) == 1 else 'one of them')}"
        return _UnexpectedError(self._next, f"must have {expected} here", fix)


def _quoting(token: Token) -> str:
    """What to write where a value is needed."""
    if token.text.startswith('"'):
        return 'close the string with "'
    plain = token.text.strip(_OTHER_QUOTES)
    if plain != token.text:
        return f'write strings in straight double quotes, as in "{plain}"'
    if token.kind == "word":
        return f'write strings in double quotes, as in "{token.text}"'
    return "give a string in double quotes, a number, or a parameter such as $GENRE"
