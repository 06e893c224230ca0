"""The rules for a resource's tags (rule 17)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personalize_local.simulator.engine.errors import TOO_MANY_TAGS, ServiceError, invalid_input

MOST = 50
"""The maximum number of tags of a resource."""

_RESERVED = "aws:"


def parsed(tags: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a request's tags as a mapping.

    Raises:
        ServiceError: A key is not unique, a key or value begins with `aws:`
            (`InvalidInputException`), or there are more than 50 (`TooManyTagsException`).
    """
    mapping = {tag["tagKey"]: tag["tagValue"] for tag in tags}
    if len(mapping) < len(tags):
        raise invalid_input("tag keys must be unique: a key is given more than once")
    for text in (*mapping, *mapping.values()):
        require_unreserved(text)
    require_room(mapping)
    return mapping


def require_unreserved(text: str) -> None:
    """Refuse a key or value that begins with `aws:` (`InvalidInputException`)."""
    if text.lower().startswith(_RESERVED):
        raise invalid_input(f"tags must not begin with {_RESERVED}, which is reserved: got {text}")


def require_room(tags: Mapping[str, str]) -> None:
    """Refuse more tags than a resource can have (`TooManyTagsException`)."""
    if len(tags) > MOST:
        raise ServiceError(TOO_MANY_TAGS, f"a resource has at most {MOST} tags: it would have {len(tags)}")
