"""Dataclasses as structures of the service's API: each field says what the API calls it and takes for it.

Both stand in the field's annotation: its value type, and a `Spelled` where the API's name is not the field's
name in camelCase, as in `perform_hpo: Annotated[bool | None, Flag(), Spelled("performHPO")] = None`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from cdk_personalize.model import value_types
from cdk_personalize.model.findings import Problem
from cdk_personalize.model.value_types import ListOf, ValueType

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Spelled(str):
    """The API's name of a member, where it is not the field's name in camelCase."""

    __slots__ = ()


class Member(NamedTuple):
    """A field of a structure.

    Attributes:
        api_name: The API's name.
        type: The values that it takes.
    """

    api_name: str
    type: ValueType


@cache
def members(structure: type[DataclassInstance]) -> Mapping[str, Member]:
    """Return the members of a structure by the names of their fields, in the order of the fields."""
    hints = get_type_hints(structure, include_extras=True)
    return {name: _member(name, *hint.__metadata__) for name, hint in hints.items()}


def _member(field: str, type_: ValueType, spelled: Spelled | None = None) -> Member:
    return Member(spelled or camel_case(field), type_)


def camel_case(python_name: str) -> str:
    """Return a name as most of the API's are spelled: `event_type` is `eventType`."""
    first, *rest = python_name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def spellings(structure: type[DataclassInstance]) -> Iterator[tuple[str, str]]:
    """Yield each field's name with the API's, for a structure and all that it holds."""
    for name, member in members(structure).items():
        yield name, member.api_name
        inner = member.type.item if isinstance(member.type, ListOf) else member.type
        if isinstance(inner, Structure):
            yield from spellings(inner.type)


@dataclass(frozen=True)
class Structure(ValueType):
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
            member.api_name: value_types.wire(member.type, getattr(value, name))
            for name, member in members(type(value)).items()
            if getattr(value, name) is not None
        }

    def read(self, value: Any, at: str, found: list[Problem]) -> Any:
        if not isinstance(value, Mapping):
            first = next(iter(members(self.type).values())).api_name
            fix = f"give a mapping, as in {{{first!r}: ...}}"
            return value_types.refuse(value, at, "must be a mapping", fix, found)
        return self.type(**read_members(self.type, value, f"{at}.", found))


def members_problems(value: DataclassInstance, prefix: str = "") -> Iterator[Problem]:
    """Find what is wrong with each field of a structure, in the order of its fields.

    Args:
        value: The structure.
        prefix: Written before a field's name to make the argument's name.
    """
    for name, member in members(type(value)).items():
        yield from value_types.problems(member.type, getattr(value, name), prefix + name)


def read_members(
    structure: type[DataclassInstance], value: Mapping[Any, Any], prefix: str, found: list[Problem]
) -> dict[str, Any]:
    """Return the fields for the members of an API structure; unknown members are left out.

    Args:
        structure: The dataclass.
        value: The API's structure.
        prefix: Written before a member's name to make its path.
        found: Where to add problems.
    """
    fields = {member.api_name: (name, member.type) for name, member in members(structure).items()}
    return {
        fields[name][0]: value_types.read(fields[name][1], item, f"{prefix}{name}", found)
        for name, item in value.items()
        if name in fields
    }
