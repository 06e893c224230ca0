"""Schemas that are good enough for a dataset of their type, as CreateSchema takes them."""

from __future__ import annotations

import json

Field = dict[str, object]

_FIELDS: dict[str, list[Field]] = {
    "Interactions": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ITEM_ID", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
    "Items": [
        {"name": "ITEM_ID", "type": "string"},
        {"name": "GENRE", "type": ["null", "string"], "categorical": True},
    ],
    "Users": [{"name": "USER_ID", "type": "string"}, {"name": "AGE", "type": "int"}],
    "Actions": [{"name": "ACTION_ID", "type": "string"}, {"name": "COST", "type": "float"}],
    "Action_Interactions": [
        {"name": "USER_ID", "type": "string"},
        {"name": "ACTION_ID", "type": "string"},
        {"name": "EVENT_TYPE", "type": "string"},
        {"name": "TIMESTAMP", "type": "long"},
    ],
}


def avro(dataset_type: str, *more: Field, without: str = "", name: str | None = None) -> str:
    """A schema for a dataset.

    Args:
        dataset_type: As a template of CloudFormation has it.
        more: Fields besides those that the type must have; one of the same name takes its place.
        without: A field to leave out.
        name: The record's name. Default: - the type.
    """
    given = {str(field["name"]): field for field in (*_FIELDS[dataset_type], *more)}
    given.pop(without, None)
    record = {"type": "record", "name": name or dataset_type, "fields": list(given.values())}
    return json.dumps({**record, "namespace": "com.amazonaws.personalize.schema", "version": "1.0"})
