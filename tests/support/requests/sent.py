"""Properties as CloudFormation sends them to a custom resource: every scalar is a string."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/films/1f6c2d40-aaaa-bbbb-cccc-0123456789ab"


def as_sent(value: Any) -> Any:
    """A value of a template as it arrives."""
    if isinstance(value, Mapping):
        return {name: as_sent(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_sent(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
