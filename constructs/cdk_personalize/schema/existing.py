"""Existing schemas: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.model.names import RESOURCE_NAME, arn_text


class ExistingSchema(ExistingResource):
    """A schema that this app doesn't define. It adds nothing to the template."""

    NOUN = "schema"
    ARN = arn_text(
        "a schema",
        f"schema/{RESOURCE_NAME.pattern}",
        "schema/clicks",
        "for a name use Schema.from_schema_name",
    )

    @property
    def schema_arn(self) -> str:
        """The schema's ARN."""
        return self._arn_of_it()
