"""What a data file should have: from a schema, or from the type of its dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdk_personalize.model.findings import problems_in
from cdk_personalize.schema.columns import DatasetType, Domain, columns_of, type_of_record
from cdk_personalize.schema.field import Field
from cdk_personalize.schema.rules import find_problems


class UnusableSchemaError(Exception):
    """There are no columns to check a file against. The text says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a file should have.

    Attributes:
        dataset_type: The type of the dataset that it is for.
        columns: The columns that must exist, in their order.
        optional: Columns that may exist, with their types.
        is_schema: Whether the columns are those of a schema. If so, others are not imported.
    """

    dataset_type: DatasetType
    columns: Sequence[Field]
    optional: Sequence[Field] = ()
    is_schema: bool = True


def from_schema(content: bytes, domain: Domain | None = None) -> Expected:
    """Read an Avro schema in JSON.

    Raises:
        UnusableSchemaError: It is not the schema of a dataset. The text lists every problem.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnusableSchemaError(f"is not valid JSON: {error}") from error
    problems = problems_in(find_problems(document, domain=domain))
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        raise UnusableSchemaError(f"is not the schema of a dataset:{lines}")
    dataset_type = type_of_record(document["name"])
    assert dataset_type is not None  # noqa: S101 (or there would be a problem)
    return Expected(dataset_type=dataset_type, columns=[_field(entry) for entry in document["fields"]])


def from_type(dataset_type: DatasetType, domain: Domain | None = None) -> Expected:
    """Return what the service requires of a type of dataset.

    Raises:
        UnusableSchemaError: A dataset group of the domain has no such dataset.
    """
    columns = columns_of(dataset_type, domain)
    if columns is None:
        raise UnusableSchemaError(f"a dataset group of the domain {domain} has no dataset {dataset_type}")
    optional = (*columns.reserved, *columns.reserved_metadata)
    return Expected(dataset_type=dataset_type, columns=columns.required, optional=optional, is_schema=False)


def _field(entry: Mapping[str, Any]) -> Field:
    declared = entry["type"]
    types = declared if isinstance(declared, list) else [declared]
    return Field(
        name=entry["name"],
        type=next((type_ for type_ in types if type_ != "null"), "string"),
        nullable="null" in types,
        textual=entry.get("textual", False),
    )
