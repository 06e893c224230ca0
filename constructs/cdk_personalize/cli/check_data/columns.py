"""The values of a column, against its type in the schema.

Values are checked a column at a time: one regular expression for all of them is ten times as fast as a
function for each. Only if it doesn't match, each value is checked.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from cdk_personalize.schema.field import Field

_IDS = {"USER_ID", "ITEM_ID", "ACTION_ID"}
_LONGEST_ID, _LONGEST_STRING = 256, 1000
_BITS = {"int": 31, "long": 63}
_BETWEEN = "\0"  # what no value has
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
# Values of these forms are within the limits of their type.
_ALL_PLAIN: Mapping[str, re.Pattern[str]] = {
    "int": re.compile(rf"-?[0-9]{{1,9}}(?:{_BETWEEN}-?[0-9]{{1,9}})*"),
    "long": re.compile(rf"-?[0-9]{{1,18}}(?:{_BETWEEN}-?[0-9]{{1,18}})*"),
    "float": re.compile(rf"-?[0-9]{{1,18}}(?:\.[0-9]+)?(?:{_BETWEEN}-?[0-9]{{1,18}}(?:\.[0-9]+)?)*"),
}
_SHOWN = 40  # characters of a value in a message


def wrong_values(column: Field, values: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Find the values that the service rejects.

    Returns:
        Their places in `values`, each with the problem as a sentence that starts with the column's name.
    """
    if _all_fine(column, values):
        return
    wrong = _CHECKS.get(column.type, _wrong_string)
    for place, value in enumerate(values):
        if value:
            problem = wrong(column, value)
        else:
            problem = None if column.nullable else "must have a value: its type has no null"
        if problem is not None:
            yield place, f"{column.name} {problem}"


def is_whole(value: str) -> bool:
    """Tell whether a value is a whole number."""
    return _INTEGER.fullmatch(value) is not None


def shown(value: str) -> str:
    """Return a value for a message, cut where it is long."""
    return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")


def _all_fine(column: Field, values: Sequence[str]) -> bool:
    if column.type == "string":
        return (column.nullable or all(values)) and (
            column.textual or max(map(len, values)) <= _longest(column)
        )
    plain = _ALL_PLAIN.get("float" if column.type == "double" else column.type)
    return plain is not None and plain.fullmatch(_BETWEEN.join(values)) is not None


def _longest(column: Field) -> int:
    return _LONGEST_ID if column.name in _IDS else _LONGEST_STRING


def _wrong_string(column: Field, value: str) -> str | None:
    if column.textual or len(value) <= _longest(column):
        return None
    return f"must have at most {_longest(column)} characters: got {len(value)}"


def _wrong_integer(column: Field, value: str) -> str | None:
    if is_whole(value) and -(1 << _BITS[column.type]) <= int(value) < 1 << _BITS[column.type]:
        return None
    hint = "; give Unix time in seconds, such as 1596238243" if "TIMESTAMP" in column.name else ""
    return f"must be a whole number ({column.type}): got {shown(value)}{hint}"


def _wrong_decimal(column: Field, value: str) -> str | None:
    if _DECIMAL.fullmatch(value) and math.isfinite(float(value)):
        return None
    hint = "; write a decimal point" if _DECIMAL.fullmatch(value.replace(",", ".")) else ""
    return f"must be a number ({column.type}): got {shown(value)}{hint}"


def _wrong_boolean(_column: Field, value: str) -> str | None:
    if value.lower() in {"true", "false"}:
        return None
    return f"must be true or false: got {shown(value)}"


_CHECKS: Mapping[str, Callable[[Field, str], str | None]] = {
    "int": _wrong_integer,
    "long": _wrong_integer,
    "float": _wrong_decimal,
    "double": _wrong_decimal,
    "boolean": _wrong_boolean,
}
