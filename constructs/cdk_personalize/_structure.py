"""Dataclasses as the structures of the service's API: fields declare their kind, everything else follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cdk_personalize import _kinds as kinds
from cdk_personalize._kinds import Kind
from cdk_personalize.errors import Problem

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_KIND = "kind"

# The API writes camelCase, but spells these otherwise; the last two have a plainer name in Python.
_SPELLED_OTHERWISE = {
    "auto_ml_config": "autoMLConfig",
    "perform_auto_ml": "performAutoML",
    "perform_hpo": "performHPO",
    "solution_name": "name",
    "recipe": "recipeArn",
}


def member(kind: Kind, *, default: Any = None) -> Any:
    """Declare a field of a structure.

    Args:
        kind: What the API takes.
        default: What stands for a field that is not given. None is not sent.
    """
    return field(default=default, metadata={_KIND: kind})


def kind_of(member: Field[Any]) -> Kind:
    """Return the kind that a field was declared with."""
    kind: Kind = member.metadata[_KIND]
    return kind


def api_name(python_name: str) -> str:
    """Return the API's name of a member: `event_type` is `eventType`, `perform_hpo` is `performHPO`."""
    first, *rest = python_name.split("_")
    return _SPELLED_OTHERWISE.get(python_name) or first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True)
class Structure(Kind):
    """An instance of a dataclass whose fields are all declared with `member`."""

    type: type[DataclassInstance]

    def problems(self, value: Any, at: str) -> Iterator[Problem]:  # noqa: D102
        if isinstance(value, self.type):
            yield from members_problems(value, f"{at}.")
            return
        name = self.type.__name__
        given = ", ".join(field.name for field in fields(self.type))
        yield Problem(
            argument=at, value=value, rule=f"must be a {name}", fix=f"use {name}(...), which takes {given}"
        )

    def wire(self, value: DataclassInstance) -> dict[str, Any]:  # noqa: D102
        rendered = {
            api_name(field.name): kinds.wire(kind_of(field), getattr(value, field.name))
            for field in fields(value)
        }
        return {name: value for name, value in rendered.items() if value is not None}


def members_problems(value: DataclassInstance, prefix: str = "") -> Iterator[Problem]:
    """Find what is wrong with each field of a structure, in the order of its fields.

    Args:
        value: The structure.
        prefix: Written before a field's name to make the argument's.
    """
    for declared in fields(value):
        yield from kinds.problems(kind_of(declared), getattr(value, declared.name), prefix + declared.name)
