"""Botocore's model of the service, turned into one checker for each operation.

A checker walks a request once. JSON of the wrong type is a `SerializationException`. All broken constraints
are reported together in one `ValidationException`, with the messages of AWS. Members that are not in the
model are dropped, as on AWS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape

from personalize_local.simulator.engine.errors import (
    SERIALIZATION,
    UNKNOWN_OPERATION,
    VALIDATION,
    ServiceError,
)
from personalize_local.simulator.engine.patterns import compile_pattern

Request = dict[str, Any]
"""A checked request: the API's member names and the model's types."""

_Violations = list[str]
_Check = Callable[[Any, str, _Violations], Any]
_Constraint = Callable[[Any], str | None]


SERVICES = ("personalize", "personalize-runtime", "personalize-events")
"""The simulated services, by their botocore names."""


@cache
def service_model(service: str = "personalize") -> ServiceModel:
    """Return the newest model of a service in the installed botocore. It is loaded once."""
    return botocore.session.get_session().get_service_model(service)


def operation_model(name: str) -> OperationModel:
    """Return the model of an operation.

    Raises:
        ServiceError: Personalize has no such operation (`UnknownOperationException`).
    """
    for model in map(service_model, SERVICES):
        if name in model.operation_names:
            return model.operation_model(name)
    raise ServiceError(UNKNOWN_OPERATION, f"Amazon Personalize has no operation {name!r}")


def checked(operation: str, params: object) -> Request:
    """Return `params` as the operation's request, or refuse them as AWS does.

    Raises:
        ServiceError: `UnknownOperationException`, `SerializationException` or `ValidationException`.
    """
    violations: _Violations = []
    request: Request = _request_check(operation)(params, "", violations)
    if violations:
        count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
        raise ServiceError(VALIDATION, f"{count}: {'; '.join(violations)}")
    return request


@cache
def _request_check(operation: str) -> _Check:
    model = operation_model(operation)
    return _check_for(model.service_model, model.input_shape.name)


@cache
def _check_for(model: ServiceModel, shape_name: str) -> _Check:
    shape = model.shape_for(shape_name)
    if isinstance(shape, StructureShape):
        return _structure(model, shape)
    if isinstance(shape, ListShape):
        return _list(model, shape)
    if isinstance(shape, MapShape):
        return _map(model, shape)
    return _scalar(shape)


def _structure(model: ServiceModel, shape: StructureShape) -> _Check:
    members = {name: _check_for(model, member.name) for name, member in shape.members.items()}
    required = tuple(shape.required_members)

    def check(value: Any, path: str, violations: _Violations) -> Request:
        if not isinstance(value, Mapping):
            raise _unexpected(value, "a structure")
        prefix = f"{path}." if path else ""
        for name in required:
            if value.get(name) is None:
                violations.append(_violation(None, f"{prefix}{name}", "Member must not be null"))
        return {
            name: members[name](item, f"{prefix}{name}", violations)
            for name, item in value.items()
            if item is not None and name in members
        }

    return check


def _list(model: ServiceModel, shape: ListShape) -> _Check:
    member = _check_for(model, shape.member.name)
    constraints = tuple(_sizes(shape))

    def check(value: Any, path: str, violations: _Violations) -> list[Any]:
        if not isinstance(value, list | tuple):
            raise _unexpected(value, "a List")
        _apply(constraints, value, path, violations)
        return [member(item, f"{path}.{number}.member", violations) for number, item in enumerate(value, 1)]

    return check


def _map(model: ServiceModel, shape: MapShape) -> _Check:
    key_check, value_check = _check_for(model, shape.key.name), _check_for(model, shape.value.name)
    constraints = tuple(_sizes(shape))

    def check(value: Any, path: str, violations: _Violations) -> Request:
        if not isinstance(value, Mapping):
            raise _unexpected(value, "a Map")
        _apply(constraints, value, path, violations)
        return {
            key_check(key, f"{path}.key", violations): value_check(item, f"{path}.{key}.member", violations)
            for key, item in value.items()
            if item is not None
        }

    return check


def _scalar(shape: Shape) -> _Check:
    parse = _PARSERS[shape.type_name]
    constraints = tuple(
        _numbers(shape) if shape.type_name in {"integer", "double", "float"} else _strings(shape)
    )
    secret = bool(shape.metadata.get("sensitive"))

    def check(value: Any, path: str, violations: _Violations) -> Any:
        parsed = parse(value)
        _apply(constraints, parsed, path, violations, secret=secret)
        return parsed

    return check


def _apply(
    constraints: tuple[_Constraint, ...],
    value: object,
    path: str,
    violations: _Violations,
    *,
    secret: bool = False,
) -> None:
    for constraint in constraints:
        broken = constraint(value)
        if broken:
            violations.append(_violation(value, path, broken, secret=secret))


def _violation(value: object, path: str, broken: str, *, secret: bool = False) -> str:
    shown = "Value" if secret else f"Value {_shown(value)}"
    return f"{shown} at '{path}' failed to satisfy constraint: {broken}"


def _shown(value: object) -> str:
    if value is None:
        return "null"
    return f"'[{', '.join(map(str, value))}]'" if isinstance(value, list | tuple) else f"'{value}'"


def _sizes(shape: Shape) -> Iterator[_Constraint]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low:
        yield lambda v: f"Member must have length greater than or equal to {low}" if len(v) < low else None
    if high is not None:
        yield lambda v: f"Member must have length less than or equal to {high}" if len(v) > high else None


def _numbers(shape: Shape) -> Iterator[_Constraint]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None:
        yield lambda v: f"Member must have value greater than or equal to {low}" if v < low else None
    if high is not None:
        yield lambda v: f"Member must have value less than or equal to {high}" if v > high else None


def _strings(shape: Shape) -> Iterator[_Constraint]:
    yield from _sizes(shape)
    if shape.metadata.get("pattern"):
        source = shape.metadata["pattern"]
        pattern = compile_pattern(source)
        broken = f"Member must satisfy regular expression pattern: {source}"
        yield lambda v: None if pattern.fullmatch(v) else broken
    if shape.metadata.get("enum"):
        allowed = shape.metadata["enum"]
        yield (
            lambda v: None if v in allowed else f"Member must satisfy enum value set: [{', '.join(allowed)}]"
        )


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise _unexpected(value, "a String")
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _unexpected(value, "a Boolean")
    return value


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not float(value).is_integer():
        raise _unexpected(value, "an Integer")
    return int(value)


def _double(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unexpected(value, "a Double")
    return float(value)


def _timestamp(value: Any) -> datetime:
    """Seconds since 1970, as in the bodies of both protocols."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unexpected(value, "a Timestamp")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise _unexpected(value, "a Timestamp") from None


_PARSERS: Mapping[str, Callable[[Any], Any]] = {
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "double": _double,
    "float": _double,
    "timestamp": _timestamp,
}

_TOKENS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "TRUE_VALUE or FALSE_VALUE"),
    (str, "STRING_VALUE"),
    ((int, float), "NUMBER_VALUE"),
    ((list, tuple), "START_ARRAY"),
    (Mapping, "START_OBJECT"),
)


def _unexpected(value: object, expected: str) -> ServiceError:
    token = next((name for kind, name in _TOKENS if isinstance(value, kind)), "VALUE_NULL")
    return ServiceError(SERIALIZATION, f"{token} can not be converted to {expected}")
