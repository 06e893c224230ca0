"""Amazon Personalize's limits on tags (rule 17)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_personalize.model.findings import Problem
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.value_types import Text, problems

STACK_ID_TAG = "cdk-personalize:stack-id"
"""The tag with the stack that owns a resource. The provider puts it on all that it creates."""

_MAX_TAGS = 50

_IN_WORDS = {3: "three", 4: "four"}
_PUNCTUATION = "_.:/=+-@"
_LETTERS_SEPARATORS_NUMBERS = "LZN"  # first letters of Unicode's general categories


class _TagText(Text):
    """A tag's key or value, in any script."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        yield from super().problems(value, at)
        refused = sorted({character for character in str(value) if not _allowed(character)})
        if refused:
            yield Problem(
                argument=at,
                value=value,
                rule=f"must have only letters, digits, spaces and {_PUNCTUATION}",
                fix=f"remove {' '.join(map(repr, refused))}",
            )


_KEY = _TagText(min=1, max=128)
_VALUE = _TagText(max=256)


def own_tags(*, adopts: object) -> int:
    """How many tags the provider adds: its marks of ownership, and one for an adoption."""
    return 4 if adopts is True else 3


def find_problems(tags: Mapping[str, str], kind: Kind, own: int) -> list[Problem]:
    """Find what is wrong with the tags of one resource.

    Args:
        tags: The tags.
        kind: The kind of the resource.
        own: How many more the provider adds to mark the owner; none to a native resource.
    """
    return [*_too_many(tags, kind, own), *_unacceptable(tags)]


def _too_many(tags: Mapping[str, str], kind: Kind, own: int) -> Iterator[Problem]:
    if len(tags) > _MAX_TAGS - own:
        yield Problem(
            argument="tags",
            value=f"{len(tags)} tags",
            rule=f"must be at most {_MAX_TAGS - own}{_reason(own)}",
            fix=f"remove some with Tags.of({kind.name}).remove(key), or exclude them with "
            f"Tags.of(scope).add(..., exclude_resource_types=['{kind.resource_type}'])",
        )


def _reason(own: int) -> str:
    return f": a resource has {_MAX_TAGS}, of which cdk-personalize needs {_IN_WORDS[own]}" if own else ""


def _unacceptable(tags: Mapping[str, str]) -> Iterator[Problem]:
    for key, value in tags.items():
        yield from problems(_KEY, key, "a tag's key")
        yield from problems(_VALUE, value, f"the value of tag {key!r}")
        for prefix in ("aws:", "cdk-personalize:"):
            if key.lower().startswith(prefix):
                yield _reserved("a tag's key", key, prefix)
        if value.lower().startswith("aws:"):
            yield _reserved(f"the value of tag {key!r}", value, "aws:")


def _reserved(argument: str, value: str, prefix: str) -> Problem:
    return Problem(
        argument=argument,
        value=value,
        rule=f"must not begin with {prefix}, which is reserved",
        fix="choose another prefix",
    )


def _allowed(character: str) -> bool:
    return character in _PUNCTUATION or unicodedata.category(character)[0] in _LETTERS_SEPARATORS_NUMBERS
