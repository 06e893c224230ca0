"""Names in SDK integrations of Step Functions: those of the AWS SDK for Java 2.x.

A member is named as the Java setter, with a capital: leading capitals are folded (`DBName` is `DbName`,
`KMSKeyId` is `KmsKeyId`), all others stay (`minProvisionedTPS` is `MinProvisionedTPS`).
Sources: supported-services-awssdk in the Step Functions Developer Guide; the Java sample of update-campaigns
in that of Personalize. Not run on AWS.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import ServiceModel

# The Java SDK can't name a member `null`.
_RESERVED = {"Null": "Nul"}


class FieldError(Exception):
    """The parameters don't fit the operation."""


def member(name: str) -> str:
    """The name in a state machine of what the API calls `name`."""
    end = 1
    # As CodegenNamingUtils.unCapitalize: up to the capital that begins the next word.
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    folded = name[0].upper() + name[1:end].lower() + name[end:]
    return _RESERVED.get(folded, folded)


def error(model: ServiceModel, prefix: str, code: str) -> str:
    """The name that a state catches an error by: `Personalize.ResourceInUseException`.

    Args:
        model: The service.
        prefix: Its name in errors.
        code: The code in the service's answer. One that the model does not have is the service's general
            exception: `Personalize.PersonalizeException`.
    """
    shapes = [shape for shape in model.error_shapes if code in (shape.name, shape.error_code)]
    name = member(shapes[0].name) if shapes else prefix
    name = name.removesuffix("Fault") if name != "Fault" else name
    return f"{prefix}.{name}" if name.endswith("Exception") else f"{prefix}.{name}Exception"


def request(value: Any, shape: Any) -> Any:
    """Parameters of a state in the API's names and types.

    Raises:
        FieldError: A field is unknown, or one that is required is missing.
    """
    match shape.type_name if shape is not None else None:
        case "structure" if isinstance(value, Mapping):
            members = {member(name): name for name in shape.members}
            unknown = next((key for key in value if key not in members), None)
            if unknown is not None:
                raise FieldError(f"The field '{unknown}' is not supported by Step Functions")
            missing = next((n for n in shape.required_members if member(n) not in value), None)
            if missing is not None:
                raise FieldError(f"The field '{member(missing)}' is required but was missing")
            return {members[key]: request(item, shape.members[members[key]]) for key, item in value.items()}
        case "list" if isinstance(value, list):
            return [request(item, shape.member) for item in value]
        case "map" if isinstance(value, Mapping):
            return {key: request(item, shape.value) for key, item in value.items()}
        case "blob":
            return (value if isinstance(value, str) else json.dumps(value)).encode()
        case "integer" | "long" if isinstance(value, float) and value.is_integer():
            return int(value)
    return value


def answer(value: Any, shape: Any) -> Any:
    """An answer in the names of a state machine, ready for JSON."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if hasattr(value, "read"):
        value = value.read()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    match shape.type_name if shape is not None else None:
        case "structure" if isinstance(value, Mapping):
            return {
                member(key): answer(item, shape.members.get(key))
                for key, item in value.items()
                if key in shape.members
            }
        case "list":
            return [answer(item, shape.member) for item in value]
        case "map":
            return {key: answer(item, shape.value) for key, item in value.items()}
    return value
