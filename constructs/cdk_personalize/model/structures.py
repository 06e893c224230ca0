"""Dataclasses as the structures of the service's API: fields say their kind, everything else follows.

A field's kind stands in its annotation, as in `name: Annotated[str | None, Text(max=256)] = None`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, get_type_hints

from cdk_personalize.model import value_types as kinds
from cdk_personalize.model.errors import Problem
from cdk_personalize.model.value_types import Kind

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

# The API writes camelCase, but spells these otherwise; the last two have a plainer name in Python.
_SPELLED_OTHERWISE = {
    "dataset_group": "datasetGroupArn",
    "auto_ml_config": "autoMLConfig",
    "perform_auto_ml": "performAutoML",
    "perform_hpo": "performHPO",
    "solution_name": "name",
    "recipe": "recipeArn",
}


@cache
def members(structure: type[DataclassInstance]) -> Mapping[str, Kind]:
    """Return the kind of each field of a dataclass, in the order of the fields."""
    hints = get_type_hints(structure, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def api_name(python_name: str) -> str:
    """Return the API's name of a member: `event_type` is `eventType`, `perform_hpo` is `performHPO`."""
    first, *rest = python_name.split("_")
    return _SPELLED_OTHERWISE.get(python_name) or first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True)
class Structure(Kind):
    """An instance of a dataclass."""

    type: type[DataclassInstance]

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        if isinstance(value, self.type):
            yield from members_problems(value, f"{at}.")
            return
        name = self.type.__name__
        fix = f"use {name}(...) with {', '.join(members(self.type))}"
        yield Problem(argument=at, value=value, rule=f"must be of type {name}", fix=fix)

    def wire(self, value: DataclassInstance) -> dict[str, Any]:
        return {
            api_name(name): kinds.wire(kind, getattr(value, name))
            for name, kind in members(type(value)).items()
            if getattr(value, name) is not None
        }

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if not isinstance(value, Mapping):
            fix = f"give a mapping, as in {{{api_name(next(iter(members(self.type))))!r}: ...}}"
            return kinds.refuse(value, at, "must be a mapping", fix, found)
        return self.type(**read_members(self.type, value, f"{at}.", found))


def members_problems(value: DataclassInstance, prefix: str = "") -> Iterator[Problem]:
    """Find what is wrong with each field of a structure, in the order of its fields.

    Args:
        value: The structure.
        prefix: Written before a field's name to make the argument's.
    """
    for name, kind in members(type(value)).items():
        yield from kinds.problems(kind, getattr(value, name), prefix + name)


def read_members(
    structure: type[DataclassInstance], value: Mapping[Any, Any], prefix: str, found: list[Problem]
) -> dict[str, Any]:
    """Return the fields that the members of the API's structure are for; what is none of them is left out.

    Args:
        structure: The dataclass.
        value: The API's structure.
        prefix: Written before a member's name to make where it is.
        found: Where to add problems.
    """
    ours = {api_name(name): (name, kind) for name, kind in members(structure).items()}
    return {
        ours[name][0]: kinds.read(ours[name][1], item, f"{prefix}{name}", found)
        for name, item in value.items()
        if name in ours
    }
