"""CloudFormation's strings, back to the types of the API.

CloudFormation turns every scalar property of a custom resource into a string. The service model
says what each one was, so no list of members is kept here.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
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
    # What makes no value of its type, and a member that the model lacks, stay as they are: validation
    # names them together with all else that is wrong.
    request = _restore(properties, shape)
    return request, ParamValidator().validate(request, shape).generate_report().splitlines()


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
    return _scalar(value, shape.type_name) if isinstance(value, str) else value


def _scalar(text: str, kind: str) -> Any:
    if kind == "boolean":
        return _BOOLEANS.get(text.lower(), text)
    if kind not in _NUMBERS:
        return text
    try:
        number = _NUMBERS[kind](text)
    except ValueError:
        return text
    return number if isfinite(number) else text  # JSON has no infinity
