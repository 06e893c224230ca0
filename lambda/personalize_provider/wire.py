"""CloudFormation's strings, back to the types of the API.

CloudFormation turns every scalar property of a custom resource into a string. The service model
says what each one was, so no list of members is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

_BOOLEANS = {"true": True, "false": False}
_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


def restore(properties: Mapping[str, Any], shape: StructureShape) -> tuple[dict[str, Any], list[str]]:
    """Turn properties into the request that `shape` describes.

    Returns:
        The request, and the problems that keep it from being sent: values of the wrong kind, members
        that are missing or unknown. A request with problems must not be used.
    """
    problems: list[str] = []
    request = _restore(properties, shape, "", problems)
    if not problems:
        report = ParamValidator().validate(request, shape)
        if report.has_errors():
            problems = report.generate_report().splitlines()
    return request, problems


def _restore(value: Any, shape: Shape, path: str, problems: list[str]) -> Any:
    match shape:
        case StructureShape() if isinstance(value, Mapping):
            # A member that the model lacks stays as it is: validation names it.
            return {
                key: _restore(item, shape.members[key], f"{path}.{key}", problems)
                if key in shape.members
                else item
                for key, item in value.items()
            }
        case ListShape() if isinstance(value, list):
            return [
                _restore(item, shape.member, f"{path}[{index}]", problems) for index, item in enumerate(value)
            ]
        case MapShape() if isinstance(value, Mapping):
            return {
                key: _restore(item, shape.value, f"{path}.{key}", problems) for key, item in value.items()
            }
    return _scalar(value, shape.type_name, path, problems)


def _scalar(value: Any, kind: str, path: str, problems: list[str]) -> Any:
    if not isinstance(value, str) or kind == "string":
        return value
    try:
        if kind == "boolean":
            return _BOOLEANS[value.lower()]
        return _NUMBERS[kind](value)
    except (KeyError, ValueError):
        problems.append(f"{path.lstrip('.')} must be of type {kind}: got {value!r}")
        return value
