"""What a data file should have: from a schema, or from the type of its dataset."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cdk_personalize.cli.check_data.columns import Column, column_of

TYPES = ("INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")
"""The types of datasets, as ARNs have them."""

DOMAINS = ("ECOMMERCE", "VIDEO_ON_DEMAND")
"""The domains of dataset groups."""


_EVENT = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}
_TYPED_EVENT = _EVENT | {"EVENT_TYPE": "string"}
_REQUIRED: Mapping[str | None, Mapping[str, Mapping[str, str]]] = {
    None: {
        "INTERACTIONS": _EVENT,
        "ITEMS": {"ITEM_ID": "string"},
        "USERS": {"USER_ID": "string"},
        "ACTIONS": {"ACTION_ID": "string"},
        "ACTION_INTERACTIONS": {
            "USER_ID": "string",
            "ACTION_ID": "string",
            "EVENT_TYPE": "string",
            "TIMESTAMP": "long",
        },
    },
    "ECOMMERCE": {
        "INTERACTIONS": _TYPED_EVENT,
        "ITEMS": {"ITEM_ID": "string", "PRICE": "float", "CATEGORY_L1": "string"},
        "USERS": {"USER_ID": "string"},
    },
    "VIDEO_ON_DEMAND": {
        "INTERACTIONS": _TYPED_EVENT,
        "ITEMS": {"ITEM_ID": "string", "CREATION_TIMESTAMP": "long", "GENRES": "string"},
        "USERS": {"USER_ID": "string"},
    },
}
_OPTIONAL = {
    "EVENT_TYPE": "string",
    "EVENT_VALUE": "float?",
    "IMPRESSION": "string?",
    "RECOMMENDATION_ID": "string?",
    "CREATION_TIMESTAMP": "long?",
}


class UnusableSchemaError(Exception):
    """The file with the schema can't be used. The text says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What a file should have.

    Attributes:
        dataset_type: In upper case, as ARNs have it.
        columns: The columns that must exist, in their order.
        optional: Columns that may exist, with their types.
        is_schema: Whether the columns are those of a schema. If so, others are not imported.
    """

    dataset_type: str
    columns: Sequence[Column]
    optional: Sequence[Column] = ()
    is_schema: bool = True


def from_schema(content: bytes) -> Expected:
    """Read an Avro schema in JSON.

    Raises:
        UnusableSchemaError: It is not the schema of a dataset.
    """
    try:
        document = json.loads(content)
    except ValueError as error:
        raise UnusableSchemaError(f"is not valid JSON: {error}") from error
    if not isinstance(document, Mapping) or not isinstance(document.get("fields"), list):
        raise UnusableSchemaError('has no "fields": give the Avro schema that CreateSchema gets')
    names = {type_.replace("_", ""): type_ for type_ in TYPES}
    dataset_type = names.get(str(document.get("name")).replace("_", "").upper())
    if dataset_type is None:
        raise UnusableSchemaError(
            f"has the name {document.get('name')!r}: it must be the type of the dataset, such as Interactions"
        )
    return Expected(dataset_type=dataset_type, columns=[column_of(field) for field in document["fields"]])


def from_type(dataset_type: str, domain: str | None) -> Expected:
    """Return what the service requires of a type of datasets.

    Raises:
        UnusableSchemaError: A dataset group of the domain has no such dataset.
    """
    required = _REQUIRED[domain].get(dataset_type)
    if required is None:
        raise UnusableSchemaError(f"a dataset group of the domain {domain} has no dataset {dataset_type}")
    columns = [Column(name, type_) for name, type_ in required.items()]
    optional = [
        Column(name, type_.removesuffix("?"), nullable=type_.endswith("?"))
        for name, type_ in _OPTIONAL.items()
        if name not in required
    ]
    return Expected(dataset_type=dataset_type, columns=columns, optional=optional, is_schema=False)
