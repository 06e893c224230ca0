"""Converts properties of CloudFormation's own types to members of API requests.

Names differ from the API's only in the first letter, so the API's model defines the properties. Each type
lists the members of the API that it does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

_Problems = list[str]


def as_members(
    shape: StructureShape, properties: Mapping[str, Any], lacking: frozenset[str]
) -> tuple[dict[str, Any], _Problems]:
    """Return a request with these properties, and the errors in them as CloudFormation reports them.

    Args:
        shape: The shape of the request.
        properties: The properties in a template. CloudFormation accepts numbers and booleans in strings.
        lacking: Paths of members that are in the API but not in the type, such as
            `SolutionConfig.EventsConfig`.
    """
    problems: _Problems = []
    return _Walk(lacking, problems).structure(shape, properties, ()), problems


def member(name: str) -> str:
    """Return the API's name for a property or a noun."""
    return name[0].lower() + name[1:]


class _Walk:
    def __init__(self, lacking: frozenset[str], problems: _Problems) -> None:
        self._lacking = lacking
        self._problems = problems

    def structure(self, shape: StructureShape, value: Any, path: tuple[str, ...]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        if not isinstance(value, Mapping):
            self._wrong_type(path, "JSONObject", value)
            return members
        for name, item in value.items():
            inner = (*path, name)
            if name[:1].islower() or member(name) not in shape.members or ".".join(inner) in self._lacking:
                self._say(path, f"extraneous key [{name}] is not permitted")
            else:
                members[member(name)] = self._any(shape.members[member(name)], item, inner)
        return members

    def _any(self, shape: Shape, value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(shape, StructureShape):
            return self.structure(shape, value, path)
        if isinstance(shape, MapShape):
            if not isinstance(value, Mapping):
                return self._wrong_type(path, "JSONObject", value)
            return {key: self._any(shape.value, item, (*path, key)) for key, item in value.items()}
        if isinstance(shape, ListShape):
            if not isinstance(value, list):
                return self._wrong_type(path, "JSONArray", value)
            return [self._any(shape.member, item, (*path, str(place))) for place, item in enumerate(value)]
        name, read = _SCALARS[shape.type_name]
        try:
            return read(value)
        except (KeyError, TypeError, ValueError):
            return self._wrong_type(path, name, value)

    def _wrong_type(self, path: tuple[str, ...], expected: str, value: object) -> None:
        self._say(path, f"expected type: {expected}, found: {type(value).__name__}")

    def _say(self, path: tuple[str, ...], problem: str) -> None:
        self._problems.append(f"{'/'.join(('#', *path))}: {problem}")


def _string(value: Any) -> str:
    if isinstance(value, Mapping | list):
        raise TypeError
    return str(value).lower() if isinstance(value, bool) else str(value)


def _boolean(value: Any) -> bool:
    return {"true": True, "false": False}[_string(value)]


_SCALARS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "string": ("String", _string),
    "boolean": ("Boolean", _boolean),
    "integer": ("Integer", lambda value: int(_string(value))),
    "double": ("Number", lambda value: float(_string(value))),
}
