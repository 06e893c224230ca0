"""Which items, actions or users a filter lets through.

[DG creating-filter-expressions, filter-expressions, multiple-expression-example; rules 172 to 175]
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from personalize_local.simulator.kinds.filter.expression import Condition, Expression
from personalize_local.simulator.learning.table import name_of

Record = Mapping[str, object]
"""A record of a dataset: its values by the names of fields."""

Keep = Callable[[str], bool]
"""Whether an id passes a filter."""

_EVENT_TYPE = "EVENT_TYPE"
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_VALUE = re.compile(r'"([^"]*)"|([^",]+)')


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a filter looks at for one request.

    Attributes:
        records: Returns the records of a dataset for an id. `ITEMS` and an item give the item's record;
            `INTERACTIONS` and an item give the current user's interactions with it.
        values: The `filterValues` of the request.
        user: The record of the current user.
        item: The record of the current item.
    """

    records: Callable[[str, str], Iterable[Record]]
    values: Mapping[str, str]
    user: Record
    item: Record


def keeper(expressions: Iterable[Expression], around: Surroundings) -> Keep:
    """Return the test of a filter: what any INCLUDE includes, without what any EXCLUDE excludes (rule 173).

    Raises:
        ValueError: An INCLUDE expression has a placeholder without a value (rule 175). The message is the
            rest of a sentence.
    """
    in_force = [expression for expression in expressions if _applies(expression, around)]
    included = [expression for expression in in_force if expression.include]
    excluded = [expression for expression in in_force if not expression.include]

    def keep(candidate: str) -> bool:
        return (not included or any(_matches(each, candidate, around) for each in included)) and not any(
            _matches(each, candidate, around) for each in excluded
        )

    return keep


def _applies(expression: Expression, around: Surroundings) -> bool:
    missing = [name for name in expression.parameters if name not in around.values]
    if missing and expression.include:
        raise ValueError(f"must have a value for {', '.join(missing)}")
    return not missing and all(_holds(condition, around.user, around) for condition in expression.only_if)


def _matches(expression: Expression, candidate: str, around: Surroundings) -> bool:
    return any(
        all(_holds(condition, record, around) for condition in group)
        for record in around.records(expression.any_of[0][0].dataset, candidate)
        for group in expression.any_of
    )


def _holds(condition: Condition, record: Record, around: Surroundings) -> bool:
    field = condition.field.partition(".")[2]
    actual = values_of(record, field)
    wanted = [value for token in condition.values for value in _resolved(token, around)]
    if field == _EVENT_TYPE:
        actual, wanted = _lower(actual), _lower(wanted)
        if "*" in wanted:
            return condition.operator == "IN"
    if condition.operator in _COMPARISONS:
        return _compares(condition.operator, actual, wanted)
    # A record without a value is in no list (?).
    return bool(set(actual) & set(wanted)) == (condition.operator == "IN")


def _lower(values: Iterable[str]) -> list[str]:
    """Only event types ignore case (rule 174)."""
    return [value.lower() for value in values]


def _compares(sign: str, actual: list[str], wanted: list[str]) -> bool:
    """Compare numbers, or strings where either is not a number. A missing value compares as false (?)."""
    if not actual or not wanted:
        return False
    try:
        return _COMPARISONS[sign](float(actual[0]), float(wanted[0]))
    except ValueError:
        return sign in {"=", "!="} and (wanted[0] in actual) == (sign == "=")


def values_of(record: Record, field: str) -> list[str]:
    """Return the values of a field as text: categorical fields can have several, separated by `|`."""
    name = name_of(field)
    value = next((value for key, value in record.items() if name_of(key) == name), None)
    if value is None:
        return []
    return [part for each in (value if isinstance(value, list) else [value]) for part in str(each).split("|")]


def _resolved(token: str, around: Surroundings) -> list[str]:
    if token.startswith("$"):
        return [quoted or plain.strip() for quoted, plain in _VALUE.findall(around.values[token[1:]])]
    if token.upper().startswith("CURRENTITEM."):
        return values_of(around.item, token.partition(".")[2])
    return [token.strip('"')]
