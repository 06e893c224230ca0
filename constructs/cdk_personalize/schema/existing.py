"""Existing schemas: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.model.imported import ImportedResource, arn_type
from cdk_personalize.model.names import RESOURCE_NAME


class ExistingSchema(ImportedResource):
    """A schema that this app doesn't define."""

    ARGUMENT = "schema_arn"
    ARN = arn_type(
        "a schema",
        f"schema/{RESOURCE_NAME.pattern}",
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:schema/clicks; "
        "for a name use Schema.from_schema_name",
    )

    @property
    def schema_arn(self) -> str:
        """The schema's ARN."""
        return self._arn
