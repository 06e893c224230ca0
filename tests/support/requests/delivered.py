"""Resources of a template as CloudFormation delivers them to the provider."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from personalize_provider.engine.request import Request


def delivered(value: Any) -> Any:
    """As CloudFormation delivers it: intrinsic functions resolved somehow, scalars as strings."""
    if isinstance(value, dict):
        if any(key == "Ref" or key.startswith("Fn::") for key in value):
            return json.dumps(value)
        return {key: delivered(item) for key, item in value.items()}
    if isinstance(value, list):
        return [delivered(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def update(type_: str, properties: Mapping[str, Any]) -> Request:
    """An update of a resource to these properties."""
    return Request.from_event(
        {
            "RequestType": "Update",
            "ResourceType": type_,
            "StackId": "arn:aws:cloudformation:us-east-1:000000000000:stack/Movies/0a1b",
            "LogicalResourceId": "It",
            "RequestId": "1",
            "PhysicalResourceId": "the one before",
            "ResourceProperties": properties,
        }
    )
