"""CloudFormation's expressions in templates: what can be known of them before the deploy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"\$\{(?!!)([^}]+)\}")
_DYNAMIC = "{{resolve:"
_OF_THE_STACK = "AWS::"


def is_known(value: Any) -> bool:
    """Whether a value, but for its members, is written out."""
    if isinstance(value, Mapping):
        return not (len(value) == 1 and _is_function(next(iter(value))))
    return not (isinstance(value, str) and (_DYNAMIC in value or _REFERENCE.search(value) is not None))


def resolved(value: Any, pseudo: Mapping[str, str]) -> Any:
    """A value with all that is known of it written out.

    Args:
        value: A part of a template.
        pseudo: Values of `AWS::Region` and the like. One that is not in it stays as `${AWS::Region}`: it is
            the same in the old and the new template.
    """
    if isinstance(value, list):
        return [resolved(item, pseudo) for item in value]
    if not isinstance(value, Mapping):
        return value
    inner = {name: resolved(item, pseudo) for name, item in value.items()}
    match inner:
        case {"Ref": str(name)} if name.startswith(_OF_THE_STACK):
            return pseudo.get(name, f"${{{name}}}")
        case {"Fn::Join": [str(separator), [*parts]]} if all(isinstance(part, str) for part in parts):
            return separator.join(parts)
        case {"Fn::Sub": str(text)} if all(
            name.startswith(_OF_THE_STACK) for name in _REFERENCE.findall(text)
        ):
            return _REFERENCE.sub(lambda found: pseudo.get(found[1], found[0]), text)
    return inner


def may_be_equal(old: Any, new: Any) -> bool:
    """Whether two values that are written differently may turn out to be the same."""
    if isinstance(old, str) and isinstance(new, str):
        return _may_match(old, new) or _may_match(new, old)
    if not is_known(old) or not is_known(new):
        return True
    if isinstance(old, Mapping) and isinstance(new, Mapping) and old.keys() == new.keys():
        return all(old[name] == new[name] or may_be_equal(old[name], new[name]) for name in old)
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return all(one == other or may_be_equal(one, other) for one, other in zip(old, new, strict=True))
    return False


def _may_match(text: str, other: str) -> bool:
    if _DYNAMIC in text:
        return True
    parts = _REFERENCE.split(text)  # every other one is a reference
    pattern = "".join(".+" if index % 2 else re.escape(part) for index, part in enumerate(parts))
    return len(parts) > 1 and re.fullmatch(pattern, other) is not None


def references(value: Any) -> Iterator[str]:
    """What the expressions in a value refer to: logical ids of resources and names of parameters."""
    match value:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::GetAtt": str(text)}:
            yield text.partition(".")[0]
        case {"Fn::Sub": str(text)}:
            yield from (name.partition(".")[0] for name in _REFERENCE.findall(text))
        case {"Fn::Sub": [str(text), Mapping() as variables]}:
            yield from (n.partition(".")[0] for n in _REFERENCE.findall(text) if n not in variables)
            yield from references(variables)
        case Mapping():
            for item in value.values():
                yield from references(item)
        case list():
            for item in value:
                yield from references(item)


def _is_function(name: object) -> bool:
    return isinstance(name, str) and (name in ("Ref", "Condition") or name.startswith("Fn::"))
