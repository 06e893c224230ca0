"""The fields of filter expressions, against the schemas of the dataset group (rule 174)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cdk_personalize.filter.expression import Expression, Token, parse
from cdk_personalize.filter.problems import ExpressionProblem
from cdk_personalize.model.suggestions import closest

Schemas = Mapping[str, Iterable[Mapping[str, Any]]]
"""The fields of datasets, as Avro schemas have them, by the dataset's type in upper case."""

# Fields of the current user and the current item are in the datasets of users and items.
_DATASETS = {"CURRENTUSER": "USERS", "CURRENTITEM": "ITEMS"}


def find_problems(text: str, schemas: Schemas) -> Iterator[ExpressionProblem]:
    """Find the fields of a filter expression that the schemas don't have, or that can't be filtered by.

    Args:
        text: The filter expression. What doesn't follow the grammar is skipped.
        schemas: The schemas that are known. A field of another dataset is not checked.
    """
    for token in fields_in(parse(text)[0]):
        fields = schemas.get(_DATASETS.get(token.dataset, token.dataset))
        if fields is not None:
            yield from _problems_of(text, token, {_plain(field["name"]): field for field in fields})


def fields_in(expressions: Iterable[Expression]) -> Iterator[Token]:
    """Yield every use of a field, in the order of the text: also those of the current user and item."""
    for expression in expressions:
        for condition in (*expression.where, *expression.only_if):
            yield condition.field
            yield from (value for value in condition.values if value.kind == "field")


def distinct(expressions: Iterable[Expression]) -> set[str]:
    """Return the different fields that the limits count (rule 147): not those of the current item (?)."""
    return {token.text.upper() for token in fields_in(expressions) if token.dataset != "CURRENTITEM"}


def _problems_of(
    text: str, token: Token, fields: Mapping[str, Mapping[str, Any]]
) -> Iterator[ExpressionProblem]:
    field = fields.get(_plain(token.field))
    written = token.text.partition(".")[0]
    if field is None:
        names = [str(each["name"]) for each in fields.values()]
        similar = closest(token.field, names)
        fix = f"write {written}.{similar}" if similar else f"use one of {', '.join(names)}"
        yield token.problem(text, "must be a field of the dataset's schema", fix)
    elif field.get("textual") is True:
        fix = "use a categorical field: text can't be filtered by"
        yield token.problem(text, "must not be a textual field", fix)
    elif "boolean" in _types(field):
        fix = 'use a field of the type string with the values "True" and "False", or int with 1 and 0'
        yield token.problem(text, "must not be a boolean field", fix)


def _types(field: Mapping[str, Any]) -> list[Any]:
    declared = field.get("type")
    return declared if isinstance(declared, list) else [declared]


def _plain(name: str) -> str:
    """A field's name as the service compares it: without case and underscores (rule 179)."""
    return name.replace("_", "").upper()
