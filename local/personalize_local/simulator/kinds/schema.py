"""Schemas: what a dataset's records look like."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.timeline import Timeline


@dataclass(kw_only=True)
class Schema(Resource):
    """An Avro schema. It has no status and takes no tags: it is there, or it is not.

    Attributes:
        schema: The Avro document.
        domain: The domain it was made for, if any.
    """

    schema: str
    domain: str | None

    def summary(self) -> dict[str, object]:
        """The entry in a list."""
        return members(
            name=self.name,
            schemaArn=self.arn,
            creationDateTime=self.created,
            lastUpdatedDateTime=self.created,
            domain=self.domain,
        )

    def describe(self) -> dict[str, object]:
        """The whole description."""
        return self.summary() | {"schema": self.schema}

    @property
    def document(self) -> dict[str, Any]:
        """The Avro record."""
        record: dict[str, Any] = json.loads(self.schema)
        return record


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateSchema."""
    arn = context.scope.arn("schema", request["name"])
    _require_record(request["schema"])
    context.account.schemas.require_free(arn, context.now)
    schema = Schema(
        arn=arn,
        name=request["name"],
        created=context.now,
        timeline=Timeline.standing(context.now),
        tags={},
        schema=request["schema"],
        domain=request.get("domain"),
    )
    context.account.schemas.add(schema)
    return {"schemaArn": arn}


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeSchema."""
    return {"schema": context.account.schemas.get(request["schemaArn"], context.now).describe()}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteSchema; refused while a dataset uses the schema."""
    account, now = context.account, context.now
    schema = account.schemas.get(request["schemaArn"], now)
    user = next((dataset for dataset in account.datasets.live(now) if dataset.schema_arn == schema.arn), None)
    if user is not None:
        raise in_use(f"{schema.arn} is used by {user.arn}: delete that dataset first")
    schema.delete(now, seconds=0)
    return {}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListSchemas."""
    schemas = context.account.schemas.live(context.now)
    return listing("schemas", request, ((schema.key, schema.summary()) for schema in schemas))


def _require_record(text: str) -> None:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"schema must be an Avro schema in JSON: {error}"
        raise invalid_input(msg) from error
    fields = document.get("fields") if isinstance(document, dict) else None
    if not (isinstance(fields, list) and fields and document.get("type") == "record"):
        raise invalid_input("schema must be an Avro record with fields")
