"""Restore the API's types from CloudFormation's strings.

CloudFormation turns every scalar property of a custom resource into a string. The service model has the type
of each member, so this module needs no list of members.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

_BOOLEANS = {"true": True, "false": False}

# Numbers as in JSON. Python also accepts digits of other scripts, underscores and spaces.
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")  # more digits don't fit into 64 bits
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_NUMBERS: dict[str, tuple[re.Pattern[str], Callable[[str], int | float]]] = {
    "integer": (_INTEGER, int),
    "long": (_INTEGER, int),
    "float": (_DECIMAL, float),
    "double": (_DECIMAL, float),
}

# The waiter is a Step Functions execution, whose input is at most 256 KiB: larger properties could never be
# processed. A request that uses every member to its limit has some 15,000 values, including keys, at most six
# levels deep.
_MAX_CHARACTERS = 256 * 1024
_MAX_VALUES = 20_000
_MAX_DEPTH = 20

# The message for the stack's events is shorter than this. The list is limited too, so that properties with
# ten thousand problems cost no time.
_MAX_PROBLEMS = 20
_MAX_PROBLEM = 300
_MAX_KEY = 50

# XML, CloudFormation's own wire format, or UTF-8 can't represent these.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def restore(properties: Mapping[str, Any], shape: StructureShape) -> tuple[dict[str, Any], list[str]]:
    """Turn properties into the request that `shape` describes.

    Returns:
        The request, and the problems that keep it from being sent: values of the wrong type or too long, and
        members that are missing or unknown. Don't use a request with problems.
    """
    unreadable = _unreadable(properties)
    if unreadable:
        return {}, [unreadable]
    # A value that can't be converted, and an unknown member, stay as they are: the validation names them
    # together with all other problems.
    request = _restore(properties, shape)
    report = ParamValidator().validate(request, shape).generate_report()
    problems = [*report.splitlines(), *_excesses(request, shape, "")]
    listed = [_printable(problem) for problem in problems[:_MAX_PROBLEMS]]
    more = len(problems) - len(listed)
    return request, [*listed, f"and {more} more"] if more else listed


def boolean(value: Any) -> bool | None:
    """The boolean that a value means, or None."""
    return _BOOLEANS.get(str(value).lower()) if isinstance(value, str | bool) else None


def _unreadable(properties: Mapping[str, Any]) -> str:
    """Why properties are not processed: they are too large, or too deep for a recursive function."""
    characters, values, level = 0, 0, [properties]
    for _ in range(_MAX_DEPTH):
        inner: list[Any] = []
        for value in level:
            match value:
                case Mapping():
                    inner += value.keys()
                    inner += value.values()
                case list():
                    inner += value
                case str():
                    characters += len(value)
            values += 1
            if characters > _MAX_CHARACTERS:
                return f"the properties have more than {_MAX_CHARACTERS} characters"
            if values > _MAX_VALUES:
                return f"the properties have more than {_MAX_VALUES} values"
        if not inner:
            return ""
        level = inner
    return f"the properties are nested more than {_MAX_DEPTH} levels deep"


def _restore(value: Any, shape: Shape) -> Any:
    match shape:
        case StructureShape() if isinstance(value, Mapping):
            return {
                key: _restore(item, shape.members[key]) if key in shape.members else item
                for key, item in value.items()
            }
        case ListShape() if isinstance(value, list):
            return [_restore(item, shape.member) for item in value]
        case MapShape() if isinstance(value, Mapping):
            return {key: _restore(item, shape.value) for key, item in value.items()}
    return _scalar(value, shape.type_name)


def _scalar(value: Any, kind: str) -> Any:
    if kind == "boolean":
        known = boolean(value)
        return value if known is None else known
    if kind in _NUMBERS and isinstance(value, str | int | float):
        pattern, number_of = _NUMBERS[kind]
        text = str(value)
        number = number_of(text) if pattern.fullmatch(text) else None
        return number if number is not None and isfinite(number) else text  # JSON has no infinity
    return value


def _excesses(value: Any, shape: Shape, name: str) -> Iterator[str]:
    """Problems that botocore doesn't find (rule 5): values over the maximum, and characters not allowed."""
    label = name.removeprefix(".")
    match shape:
        case StructureShape() if isinstance(value, dict):
            for key in filter(shape.members.__contains__, value):
                yield from _excesses(value[key], shape.members[key], f"{name}.{key}")
            return
        case ListShape() if isinstance(value, list):
            inner = [(item, shape.member, f"{name}[{index}]") for index, item in enumerate(value)]
        case MapShape() if isinstance(value, dict):
            inner = [(key, shape.key, f"{name} (key: {key[:_MAX_KEY]})") for key in value]
            inner += [(item, shape.value, f"{name}.{key[:_MAX_KEY]}") for key, item in value.items()]
        case Shape(type_name="string") if isinstance(value, str):
            inner = []
            if _NO_TEXT.search(value):
                yield f"Invalid characters in parameter {label}, value: {value}"
        case _:
            return
    most = shape.metadata.get("max")
    if most is not None and len(value) > most:
        yield f"Invalid length for parameter {label}, length: {len(value)}, valid max length: {most}"
        return  # otherwise the list of problems would be as long
    for item in inner:
        yield from _excesses(*item)


def _printable(problem: str) -> str:
    if len(problem) > _MAX_PROBLEM:
        problem = f"{problem[:_MAX_PROBLEM]}..."
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in problem
    )
