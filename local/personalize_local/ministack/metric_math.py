"""Metric math: the expressions of CloudWatch alarms.

Source: "Metric math syntax and functions" in the CloudWatch User Guide. Its syntax is close to Python's, so
Python's parser reads it. Nothing of an expression runs as Python.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

Series = Sequence[float | None]
"""One value for each period, oldest first. None: no data. A number is the same value in each period."""

_LONGEST = 2048
_WORDS = {"&&": " and ", "||": " or ", "^": "**", "AND": " and ", "OR": " or "}
_WORD = re.compile(r"'[^']*'|\"[^\"]*\"|&&|\|\||\^|\b(?:AND|OR)\b")

_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}
_COMPARISONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_EACH: Mapping[str, Callable[[float], float]] = {"ABS": abs, "CEIL": math.ceil, "FLOOR": math.floor}
_ALL: Mapping[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: math.fsum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": math.fsum,
}
_KNOWN = ", ".join(sorted({*_EACH, *_ALL, "FILL", "IF", "METRICS", "PERIOD"}))


class MathError(Exception):
    """CloudWatch, or the local AWS, can't evaluate an expression."""


def evaluate(queries: Sequence[Mapping[str, Any]], data: Mapping[str, Series], length: int) -> Series:
    """Return the values of the query that returns data.

    Args:
        queries: The `Metrics` of an alarm.
        data: The values of each query with a `MetricStat`, by its id.
        length: The number of values in each of them.

    Raises:
        MathError: An expression is wrong, or has a function that the local AWS doesn't know.
    """
    by_id = {str(query.get("Id")): query for query in queries}
    watched = [name for name, query in by_id.items() if query.get("ReturnData", True)]
    if len(by_id) != len(queries):
        raise MathError("The values for parameter id in the metrics list must be unique.")
    if len(watched) != 1:
        raise MathError("Exactly one element of the metrics list should return data.")
    return _Evaluation(by_id, data, length).values_of(watched[0])


def period(query: Mapping[str, Any]) -> int:
    """The seconds of a period of a query with a `MetricStat`."""
    return int(query["MetricStat"].get("Period", 60))


class _Evaluation:
    """The queries of one alarm. An expression is evaluated where another one refers to it."""

    def __init__(
        self, queries: Mapping[str, Mapping[str, Any]], data: Mapping[str, Series], length: int
    ) -> None:
        self._queries = queries
        self._data = data
        self._length = length
        self._open: list[str] = []

    def values_of(self, identifier: str) -> Series:
        """The values of a query."""
        query = self._queries.get(identifier)
        if query is None:
            raise MathError(f"No element of the metrics list has the id {identifier}.")
        if not query.get("Expression"):
            return self._data[identifier]
        if identifier in self._open:
            raise MathError(f"The expression {identifier} refers to itself.")
        self._open.append(identifier)
        values = self._eval(_parsed(str(query["Expression"])))
        self._open.pop()
        return values

    def _eval(self, node: ast.expr) -> Series:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return [float(number)] * self._length
            case ast.Name(id=identifier):
                return self.values_of(identifier)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _each(operator.neg, self._eval(operand))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
                return _each(_ARITHMETIC[type(op)], self._eval(left), self._eval(right))
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _COMPARISONS:
                return _each(_COMPARISONS[type(op)], self._eval(left), self._eval(right))
            case ast.BoolOp(op=op, values=values):
                decide = all if isinstance(op, ast.And) else any
                return _each(lambda *row: decide(row), *map(self._eval, values))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
        raise MathError(f"The local AWS can't evaluate '{ast.unparse(node)}' in metric math.")

    def _call(self, name: str, arguments: list[ast.expr]) -> Series:
        match name, arguments:
            case "PERIOD", [ast.Name(id=identifier)] if identifier in self._data:
                return [float(period(self._queries[identifier]))] * self._length
            case "IF", [condition, then, *otherwise] if len(otherwise) <= 1:
                nothing: Series = [None] * self._length
                last = self._eval(otherwise[0]) if otherwise else nothing
                rows = zip(self._eval(condition), self._eval(then), last, strict=True)
                return [None if met is None else one if met else other for met, one, other in rows]
            case "FILL", [filled, how]:
                return self._filled(self._eval(filled), how)
            case _, [argument] if name in _EACH:
                return _each(_EACH[name], self._eval(argument))
            case _, [argument] if name in _ALL:
                group = self._group(argument)
                if group is None:
                    return [_of_present(_ALL[name], self._eval(argument))] * self._length
                return [_of_present(_ALL[name], row) for row in zip(*group, strict=True)]
        raise MathError(
            f"The local AWS can't evaluate {name} with {len(arguments)} arguments in metric math. It knows "
            f"{_KNOWN}."
        )

    def _group(self, node: ast.expr) -> Sequence[Series] | None:
        """Several series: a list, METRICS(), or one of them filled."""
        match node:
            case ast.List(elts=elements):
                return [self._eval(element) for element in elements]
            case ast.Call(func=ast.Name(id="METRICS"), args=[]):
                return list(self._data.values())
            case ast.Call(func=ast.Name(id="METRICS"), args=[ast.Constant(value=str() as part)]):
                return [series for name, series in self._data.items() if part in name]
            case ast.Call(func=ast.Name(id="FILL"), args=[inner, how]):
                group = self._group(inner)
                return None if group is None else [self._filled(series, how) for series in group]
        return None

    def _filled(self, series: Series, how: ast.expr) -> Series:
        match how:
            case ast.Name(id="REPEAT"):
                return _repeated(series)
            case ast.Name(id="LINEAR"):
                return _interpolated(series)
        pairs = zip(series, self._eval(how), strict=True)
        return [own if own is not None else other for own, other in pairs]


def _parsed(expression: str) -> ast.expr:
    if len(expression) > _LONGEST:
        raise MathError(f"An expression of the metrics list has more than {_LONGEST} characters.")
    text = _WORD.sub(lambda word: _WORDS.get(word.group(), word.group()), expression)
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise MathError(f"Error in expression '{expression}'.") from error


def _each(function: Callable[..., float], *operands: Series) -> Series:
    """Apply a function period by period. A period has no data where an operand or the result has none."""
    return [_applied(function, row) for row in zip(*operands, strict=True)]


def _applied(function: Callable[..., float], row: Sequence[float | None]) -> float | None:
    if None in row:
        return None
    try:
        return float(function(*row))
    except (ArithmeticError, ValueError):
        return None


def _of_present(function: Callable[[Sequence[float]], float], row: Series) -> float | None:
    present = [value for value in row if value is not None]
    return function(present) if present else None


def _repeated(series: Series) -> Series:
    result: list[float | None] = []
    for value in series:
        result.append(value if value is not None or not result else result[-1])
    return result


def _interpolated(series: Series) -> Series:
    known = [(index, value) for index, value in enumerate(series) if value is not None]
    result = list(series)
    for (start, low), (end, high) in pairwise(known):
        for index in range(start + 1, end):
            result[index] = low + (high - low) * (index - start) / (end - start)
    return result
