"""The properties that every kind of owned resource has: its name, its tags, and adoption. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from personalize_provider.aws.restore_types import boolean, restore
from personalize_provider.aws.sdk import input_shape
from personalize_provider.engine.identity import NAME, TAG_PREFIX

ADOPT = "adoptExisting"

# Stands in for a generated name, which depends on the rest of the request.
_UNNAMED = "unnamed"

_MAX_SHOWN = 60


def create_request(
    properties: Mapping[str, Any], defaults: Mapping[str, Any], flags: frozenset[str], noun: str
) -> tuple[dict[str, Any], list[str]]:
    """The Create request that properties make, and the problems that keep it from being sent.

    Args:
        properties: The members of the request, and the properties for the provider itself.
        defaults: Members to send if the properties don't have them.
        flags: The properties for the provider.
        noun: The kind of resource, for example `solution`.
    """
    members = {name: value for name, value in properties.items() if name not in flags}
    request, problems = restore(
        {"name": _UNNAMED, **defaults, **members}, input_shape(f"Create{noun.capitalize()}")
    )
    problems += _broken_by_name_and_tags(request)
    problems += _broken_by_flags(properties, flags, noun)
    return request, problems


def _broken_by_name_and_tags(request: Mapping[str, Any]) -> Iterator[str]:
    """A message for each rule that the name and the tags break; their values can be of any type."""
    name = request.get("name")
    if isinstance(name, str) and not NAME.fullmatch(name):  # it becomes part of an ARN
        yield f"Invalid value for parameter name, value: {shown(name)}, valid pattern: {NAME.pattern}"
    for key, times in Counter(tag_keys(request)).items():
        if times > 1:  # otherwise the last one would win silently
            yield f"Invalid value for parameter tags, the key {shown(key)} appears {times} times"
        if key.lower().startswith(TAG_PREFIX):
            yield f"Invalid value for parameter tags, key: {shown(key)}, {TAG_PREFIX} is reserved"


def tag_keys(properties: Mapping[str, Any]) -> list[str]:
    """The keys of the tags that can be read: a request may have failed on these properties."""
    tags = properties.get("tags")
    listed = tags if isinstance(tags, list) else []
    keys = [tag.get("tagKey") for tag in listed if isinstance(tag, Mapping)]
    return [key for key in keys if isinstance(key, str)]


def _broken_by_flags(properties: Mapping[str, Any], flags: Iterable[str], noun: str) -> Iterator[str]:
    """A message for each problem with the properties for the provider: each is true or false."""
    for name in sorted(flags):
        if boolean(properties.get(name, "false")) is None:
            yield f"Invalid type for parameter {name}, valid values: true, false"
    if boolean(properties.get(ADOPT)) and "name" not in properties:
        yield f"Missing parameter name: {ADOPT} needs the name of the {noun}"


def shown(value: Any) -> str:
    """The beginning of a string, or the type of any other value, for a message."""
    return repr(value[:_MAX_SHOWN]) if isinstance(value, str) else f"of type {type(value).__name__}"
