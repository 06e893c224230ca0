"""Schemas: the fields of a dataset's records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.timeline import Timeline


@dataclass(kw_only=True)
class Schema(Resource):
    """An Avro schema. It has no status and takes no tags.

    Attributes:
        schema: The Avro document.
        domain: The domain that it is for, if any.
    """

    schema: str
    domain: str | None

    def summary(self, now: datetime) -> dict[str, object]:  # noqa: ARG002
        """The entry in a list."""
        return members(
            name=self.name,
            schemaArn=self.arn,
            creationDateTime=self.created,
            lastUpdatedDateTime=self.created,
            domain=self.domain,
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | {"schema": self.schema}

    def state(self, now: datetime) -> dict[str, object]:
        """The description."""
        return self.describe(now)

    def delete(self, now: datetime, seconds: float) -> None:  # noqa: ARG002 (a schema is gone at once)
        """Delete the schema."""
        super().delete(now, seconds=0)

    @property
    def document(self) -> dict[str, Any]:
        """The Avro record."""
        record: dict[str, Any] = json.loads(self.schema)
        return record


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateSchema."""
    arn = context.scope.arn("schema", request["name"])
    _require_record(request["schema"])
    context.account[Schema].require_free(arn, context.now)
    schema = Schema(
        arn=arn,
        name=request["name"],
        created=context.now,
        timeline=Timeline.standing(context.now),
        tags={},
        schema=request["schema"],
        domain=request.get("domain"),
    )
    context.account[Schema].add(schema)
    return {"schemaArn": arn}


def _require_record(text: str) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"schema must be an Avro schema in JSON: {error}"
        raise invalid_input(msg) from error
    fields = document.get("fields") if isinstance(document, dict) else None
    if not (isinstance(fields, list) and fields and document.get("type") == "record"):
        raise invalid_input("schema must be an Avro record with fields")


KIND = Kind(
    noun="Schema",
    resource=Schema,
    create=create,
    arn_type="schema",
    takes_tags=False,
    table=Table("Schemas", ("name", "domain", "creationDateTime")),
)
