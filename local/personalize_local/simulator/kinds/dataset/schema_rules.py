"""The fields that the schema of a dataset must have, by the dataset's type and the group's domain.

[DG how-it-works-dataset-schema, custom-datasets-and-schemas, ECOMMERCE-datasets-and-schemas,
VIDEO-ON-DEMAND-datasets-and-schemas, limits]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from personalize_local.simulator.learning.table import name_of

TYPES = ("INTERACTIONS", "ITEMS", "USERS", "ACTIONS", "ACTION_INTERACTIONS")
"""The types of datasets, as in ARNs."""

# A field's type. `?`: it can be null. Strings that are neither categorical nor textual must not be marked so.
Fields = Mapping[str, str]

_PRIMITIVE = {"float", "double", "int", "long", "string", "boolean", "null"}
_NUMERIC = {"float", "double", "int", "long"}
_USER, _ITEM, _ACTION = {"USER_ID": "string"}, {"ITEM_ID": "string"}, {"ACTION_ID": "string"}
_WHEN = {"TIMESTAMP": "long"}
_EVENT_TYPE = {"EVENT_TYPE": "string"}
_IMPRESSION = {"IMPRESSION": "string?", "RECOMMENDATION_ID": "string?"}
_EVENT = _IMPRESSION | {"EVENT_VALUE": "float?", "EVENT_ATTRIBUTION_SOURCE": "string?"}
_CREATED = {"CREATION_TIMESTAMP": "long"}


@dataclass(frozen=True, slots=True)
class _Layout:
    """The fields of a dataset.

    Attributes:
        required: Fields that must exist.
        reserved: Optional fields with a fixed type.
        fewest: The minimum number of other fields that a training can use.
        most: The maximum number of other fields. Default: - no limit is documented.
    """

    required: Fields
    reserved: Fields = field(default_factory=dict)
    fewest: int = 0
    most: int | None = None


_USERS = _Layout(_USER, fewest=1, most=25)
_DOMAIN_INTERACTIONS = _Layout(_USER | _ITEM | _WHEN | _EVENT_TYPE, _EVENT, most=5)

_LAYOUTS: Mapping[str | None, Mapping[str, _Layout]] = {
    None: {
        "INTERACTIONS": _Layout(_USER | _ITEM | _WHEN, _EVENT | _EVENT_TYPE, most=5),
        "ITEMS": _Layout(_ITEM, _CREATED, fewest=1, most=100),
        "USERS": _USERS,
        "ACTIONS": _Layout(
            _ACTION,
            _CREATED
            | {
                "VALUE": "long?",
                "TYPE": "string?",
                # Two pages use different names.
                "EXPIRATION_TIMESTAMP": "long?",
                "ACTION_EXPIRATION_TIMESTAMP": "long?",
                "REPEAT_FREQUENCY": "long?",
            },
            fewest=1,
            most=10,
        ),
        "ACTION_INTERACTIONS": _Layout(_USER | _ACTION | _EVENT_TYPE | _WHEN, _IMPRESSION),
    },
    "ECOMMERCE": {
        "INTERACTIONS": _DOMAIN_INTERACTIONS,
        "ITEMS": _Layout(
            _ITEM | {"PRICE": "float", "CATEGORY_L1": "categorical"},
            _CREATED
            | {"PRODUCT_DESCRIPTION": "textual?"}
            | dict.fromkeys(("CATEGORY_L2", "CATEGORY_L3", "AGE_GROUP", "ADULT", "GENDER"), "categorical?"),
            most=100,
        ),
        "USERS": _USERS,
    },
    "VIDEO_ON_DEMAND": {
        "INTERACTIONS": _DOMAIN_INTERACTIONS,
        "ITEMS": _Layout(
            _ITEM | _CREATED | {"GENRES": "categorical"},
            {"PRODUCT_DESCRIPTION": "textual?"}
            | dict.fromkeys(("PRICE", "DURATION", "AVERAGE_RATING"), "float?")
            | dict.fromkeys(
                ("GENRE_L2", "GENRE_L3", "CONTENT_OWNER", "CONTENT_CLASSIFICATION"), "categorical?"
            ),
            most=100,
        ),
        # SUBSCRIPTION_MODEL is reserved here. The default schema has only it and the id.
        "USERS": _USERS,
    },
}


def problems(document: Mapping[str, Any], dataset_type: str, domain: str | None) -> list[str]:
    """Return the reasons why a schema does not fit a dataset. Empty if it does.

    Args:
        document: The Avro record.
        dataset_type: One of `TYPES`.
        domain: The domain of the dataset's group, if any.
    """
    layout = _LAYOUTS[domain].get(dataset_type)
    if layout is None:
        return [f"a dataset group of the domain {domain} has no dataset of type {dataset_type}"]
    name = document.get("name")
    if not isinstance(name, str) or name_of(name) != name_of(dataset_type):
        return [f"the name of the record must be the dataset type {dataset_type}: got {name!r}"]
    fields = document.get("fields")
    assert isinstance(fields, list)  # noqa: S101 (CreateSchema has refused all others)
    broken = list(_unusable(fields))
    return broken or [*_wrong_types(fields, layout), *_wrong_metadata(fields, layout)]


def replacement_problems(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the reasons why a schema cannot replace that of a dataset (rule 182). Empty if it can.

    Args:
        before: The Avro record of the dataset's schema.
        after: That of the other schema. It fits the dataset (see `problems`).
    """
    old = {entry["name"]: entry for entry in before["fields"]}
    new = {entry["name"]: entry for entry in after["fields"]}
    return [
        *(f"the field {name} is missing" for name in old if name not in new),
        *(
            f"{name} must stay {old[name]!r}: got {new[name]!r}"
            for name in old
            if name in new and not _is_same(old[name], new[name])
        ),
        *(
            f"the new field {name} must be nullable: got {new[name]!r}"
            for name in new
            if name not in old and "null" not in _types(new[name])
        ),
    ]


def _is_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two fields have the same types and attributes."""
    marks = ("categorical", "textual")
    return _types(one) == _types(other) and all(one.get(m) is other.get(m) for m in marks)


def _unusable(fields: list[Any]) -> Iterator[str]:
    """Fields that no dataset can have."""
    seen: dict[str, str] = {}
    for entry in fields:
        name = entry.get("name") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            yield f"each field must have a name: got {entry!r}"
            continue
        if not _types(entry) <= _PRIMITIVE:
            yield f"{name} must be of the types {', '.join(sorted(_PRIMITIVE))}: got {entry.get('type')!r}"
        if name_of(name) in seen:
            yield f"{name} and {seen[name_of(name)]} are the same name to the service"
        seen[name_of(name)] = name


def _wrong_types(fields: list[Any], layout: _Layout) -> Iterator[str]:
    by_name = {entry["name"]: entry for entry in fields}
    for name, wanted in {**layout.required, **layout.reserved}.items():
        if name not in by_name:
            if name in layout.required:
                yield f"the required field {name} is missing"
        elif not _fits(by_name[name], wanted):
            yield f"{name} must be {_words(wanted)}: got {by_name[name]!r}"


def _wrong_metadata(fields: list[Any], layout: _Layout) -> Iterator[str]:
    own = [e for e in fields if e["name"] not in layout.required and e["name"] not in layout.reserved]
    if sum(map(_is_trained_with, own)) < layout.fewest:
        yield (
            f"there must be {layout.fewest} metadata field that is numerical, categorical or textual"
            f" besides {', '.join(layout.required)}"
        )
    if layout.most is not None and len(own) > layout.most:
        yield f"there must be {layout.most} metadata fields at most: got {len(own)}"


def _fits(entry: Mapping[str, Any], wanted: str) -> bool:
    kind = wanted.removesuffix("?")
    base = "string" if kind in {"categorical", "textual"} else kind
    if _types(entry) - ({"null"} if wanted.endswith("?") else set()) != {base}:
        return False
    marks = {mark for mark in ("categorical", "textual") if entry.get(mark) is True}
    return marks == ({kind} - {base})


def _is_trained_with(entry: Mapping[str, Any]) -> bool:
    types = _types(entry) - {"null"}
    return types <= _NUMERIC or entry.get("categorical") is True or entry.get("textual") is True


def _types(entry: Mapping[str, Any]) -> set[str]:
    declared = entry.get("type")
    return {str(kind) for kind in (declared if isinstance(declared, list) else [declared])}


def _words(wanted: str) -> str:
    kind = wanted.removesuffix("?")
    text = f"a string with {kind} true" if kind in {"categorical", "textual"} else kind
    return f"{text}, which may be null" if wanted.endswith("?") else text
