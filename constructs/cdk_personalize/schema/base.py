"""What every schema offers, defined in a stack or imported."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import IResource


class ISchema(IResource, Protocol):
    """A schema, defined in a stack or imported, for type hints.

    Get one from `Schema.interactions` and its siblings, `Schema.from_avro` or `Schema.from_schema_arn`.
    """

    @property
    def schema_arn(self) -> str:
        """The schema's ARN."""
        ...
