"""What CloudFormation publishes of its own resource types, as cfn-lint brings it."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def resource_schema(resource_type: str) -> dict[str, Any]:
    """The schema of a resource type."""
    # Half a second for each worker, and few of them need it.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415

    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource_type).schema
    return schema


def pointed_at(schema: dict[str, Any], member: str) -> set[str]:
    """The properties that a member of the schema, such as `createOnlyProperties`, points at."""
    return {pointer.removeprefix("/properties/") for pointer in schema.get(member, [])}
