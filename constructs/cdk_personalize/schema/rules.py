"""What the service accepts as the schema of a dataset (rules 14 and 179 to 181). It needs no CDK."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.model.suggestions import closest
from cdk_personalize.schema.columns import Columns, DatasetType, Domain, columns_of, plain, type_of_record
from cdk_personalize.schema.field import Field

_TYPES = ("float", "double", "int", "long", "string", "boolean", "null")
_NUMBERS = {"float", "double", "int", "long"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z\d_]{0,149}")
_MARKS = ("categorical", "textual")

Entry = Mapping[str, Any]


def find_problems(
    document: object,
    dataset_type: DatasetType | None = None,
    domain: Domain | None = None,
    at: str = "schema",
) -> list[Problem]:
    """Find everything wrong with an Avro schema; `Doubt`s among it are warnings.

    Args:
        document: The schema, as `json.loads` returns it.
        dataset_type: The type of the dataset that it is for. Default: - the one that its name says.
        domain: The domain of the dataset group. Default: - a custom dataset group.
        at: What messages call the schema.
    """
    if not isinstance(document, Mapping):
        return [_problem(at, document, "must be an Avro record", 'pass {"type": "record", "name": ...}')]
    found = [*_of_record(document, dataset_type, at)]
    dataset_type = dataset_type or type_of_record(document.get("name"))
    fields = document.get("fields")
    if not isinstance(fields, Sequence) or isinstance(fields, str) or not fields:
        found.append(_problem(f"{at}.fields", fields, "must be a list of fields", "add the columns"))
        return found
    broken = [*_of_fields(fields, f"{at}.fields")]
    found += broken
    if broken or dataset_type is None:
        return found
    columns = columns_of(dataset_type, domain)
    if columns is None:
        return [
            *found,
            _problem(
                f"{at}.name",
                document.get("name"),
                f"must be a dataset type of the domain {domain}: it has no dataset of type {dataset_type}",
                "use a dataset group without a domain",
            ),
        ]
    return [
        *found,
        *_of_columns(fields, columns, f"{at}.fields"),
        *_of_marks(fields, dataset_type, f"{at}.fields"),
        *_of_metadata(fields, columns, f"{at}.fields"),
        *_unused(fields, columns, f"{at}.fields"),
    ]


def _of_record(document: Entry, dataset_type: DatasetType | None, at: str) -> Iterator[Problem]:
    if document.get("type") != "record":
        yield _problem(f"{at}.type", document.get("type"), 'must be "record"', 'write "type": "record"')
    name = document.get("name")
    named = type_of_record(name)
    if named is None or dataset_type not in {None, named}:
        names = [each.record_name for each in ([dataset_type] if dataset_type else DatasetType)]
        similar = closest(name, names) if isinstance(name, str) else None
        fix = f'write "name": "{similar or names[0]}"' if similar or dataset_type else "use one of those"
        yield _problem(f"{at}.name", name, f"must be the dataset type: {', '.join(names)}", fix)


def _of_fields(fields: Sequence[Any], at: str) -> Iterator[Problem]:
    """Find what no field of any dataset can have."""
    seen: dict[str, str] = {}
    for place, entry in enumerate(fields):
        name = entry.get("name") if isinstance(entry, Mapping) else None
        where = f"{at}[{place}]"
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            yield _problem(
                where if name is None else f"{where}.name",
                entry if name is None else name,
                "must be a field with a name of 1 to 150 letters, digits and _, not beginning with a digit",
                'write {"name": "DEVICE", "type": "string"}',
            )
            continue
        declared = entry.get("type")
        if not _types(entry) or not all(type_ in _TYPES for type_ in _types(entry)):
            yield _problem(
                f"{where}.type",
                declared,
                f"of {name} must be {', '.join(_TYPES)}, or a list of them: nested types are not supported",
                'write "string" or ["null", "string"]',
            )
        for mark in _MARKS:
            if not isinstance(entry.get(mark, False), bool):
                yield _problem(
                    f"{where}.{mark}",
                    entry[mark],
                    f"of {name} must be true or false",
                    f'write "{mark}": true',
                )
        if plain(name) in seen:
            yield _problem(
                f"{where}.name",
                name,
                f"must differ from {seen[plain(name)]} by more than case and underscores",
                "rename or remove one of the two",
            )
        seen.setdefault(plain(name), name)


def _of_columns(fields: Sequence[Entry], columns: Columns, at: str) -> Iterator[Problem]:
    places = {entry["name"]: place for place, entry in enumerate(fields)}
    for field in columns.required:
        if field.name not in places:
            yield _problem(
                at,
                list(places),
                f"must include {field.name}",
                f"add {json.dumps(field.avro())}",
            )
    for field in (*columns.required, *columns.reserved, *columns.reserved_metadata):
        place = places.get(field.name)
        if place is not None and not _fits(fields[place], field):
            yield _problem(
                f"{at}[{place}]",
                dict(fields[place]),
                f"{field.name} must be {_words(field)}",
                f"write {json.dumps(field.avro())}",
            )


def _of_marks(fields: Sequence[Entry], dataset_type: DatasetType, at: str) -> Iterator[Problem]:
    textual = 0
    for place, entry in enumerate(fields):
        marks = [mark for mark in _MARKS if entry.get(mark) is True]
        where, name = f"{at}[{place}]", entry["name"]
        if marks and "string" not in _types(entry):
            yield _problem(
                where,
                dict(entry),
                f"{name} must be a string to be {marks[0]}",
                f"remove {' and '.join(marks)}",
            )
        elif marks == list(_MARKS):
            yield _problem(
                where, dict(entry), f"{name} must be either categorical or textual", "remove one of the two"
            )
        elif "textual" in marks and dataset_type is not DatasetType.ITEMS:
            yield _problem(
                where,
                dict(entry),
                f"{name} must not be textual: only items have text",
                'write "categorical": true, or remove it',
            )
        textual += "textual" in marks
        if "textual" in marks and textual > 1 and dataset_type is DatasetType.ITEMS:
            yield _problem(
                where,
                dict(entry),
                f"{name} must not be textual: a schema has at most one textual field",
                'remove "textual"',
            )


def _of_metadata(fields: Sequence[Entry], columns: Columns, at: str) -> Iterator[Problem]:
    own = _metadata(fields, columns)
    names = [entry["name"] for _, entry in own]
    if sum(_is_trained_on(entry) for _, entry in own) < columns.fewest_metadata:
        yield _problem(
            at,
            [entry["name"] for entry in fields],
            f"must include, besides those required or reserved, at least {columns.fewest_metadata} that is a"
            " number, or a categorical or textual string",
            'add one, such as {"name": "GROUP", "type": "string", "categorical": true}',
        )
    most = columns.most_metadata
    if most is not None and len(own) > most:
        yield _problem(
            at,
            names,
            f"must include at most {most} besides those required or reserved",
            f"remove {len(own) - most}",
        )


def _unused(fields: Sequence[Entry], columns: Columns, at: str) -> Iterator[Doubt]:
    for place, entry in _metadata(fields, columns):
        if not _is_trained_on(entry):
            yield Doubt(
                id="unused-column",
                argument=f"{at}[{place}]",
                value=dict(entry),
                rule=f"{entry['name']} should be a number or a categorical string:"
                " the service doesn't train on anything else",
                fix='write "type": "string", "categorical": true, or remove it',
            )


def _metadata(fields: Sequence[Entry], columns: Columns) -> list[tuple[int, Entry]]:
    """The fields that are neither required nor reserved, with their places."""
    known = {field.name for field in (*columns.required, *columns.reserved)}
    return [(place, entry) for place, entry in enumerate(fields) if entry["name"] not in known]


def _fits(entry: Entry, field: Field) -> bool:
    types = set(_types(entry)) - ({"null"} if field.nullable else set())
    marked = all(entry.get(mark, False) == getattr(field, mark) for mark in _MARKS)
    return types == {field.type} and marked


def _is_trained_on(entry: Entry) -> bool:
    types = set(_types(entry)) - {"null"}
    return (bool(types) and types <= _NUMBERS) or any(entry.get(mark) is True for mark in _MARKS)


def _types(entry: Entry) -> list[Any]:
    declared = entry.get("type")
    return declared if isinstance(declared, list) else [declared]


def _words(field: Field) -> str:
    marks = "".join(f"{mark} " for mark in _MARKS if getattr(field, mark))
    text = f"a {marks}string" if field.type == "string" else field.type
    text += "" if marks or field.type != "string" else ", neither categorical nor textual"
    return f"{text}, and may be null" if field.nullable else f"{text}, and not null"


def _problem(at: str, value: object, rule: str, fix: str) -> Problem:
    return Problem(argument=at, value=value, rule=rule, fix=fix)
