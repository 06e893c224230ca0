"""What AWS answers, as the rest of the provider may rely on it.

botocore checks no answer: a member may be missing, null or of another type. `read` gives every answer one
form, so that no other module has to ask:

- each member that is there has the type that the service model gives it, at every depth;
- a list that the answer leaves out is empty: no tags, no versions, no targets;
- another member that is left out, null, or below the top and of another type, is not there;
- an answer without what it was asked for can't be read, like one that was cut short: it is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import ResponseParserError

_METADATA = "ResponseMetadata"

# What an operation is called for. It has to be there, and not be empty.
_ASKED_FOR = {"DescribeSolution": "solution", "DescribeStacks": "Stacks"}

# What each item of a list has to have. Without it, nobody could tell whose something is, or act on it.
_OF_EACH = {
    "Stacks": ("StackStatus",),
    "tags": ("tagKey", "tagValue"),
    "solutionVersions": ("solutionVersionArn",),
    "Targets": ("Id",),
}

_SCALARS: dict[str, tuple[type, ...]] = {
    "blob": (bytes,),
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "integer": (int,),
    "long": (int,),
    "string": (str,),
    "timestamp": (datetime,),
}


class _Wrong:
    """Stands in for a value that is not of its shape's type."""


_WRONG: Final = _Wrong()


def read(operation: str, shape: StructureShape | None, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in which everything that is there has its type.

    Args:
        operation: For example `DescribeSolution`.
        shape: What the operation answers, of the service model; None if nothing.
        answer: What botocore has made of the answer.

    Raises:
        ResponseParserError: the answer lacks what was asked for, or has a value of another type in its place.
    """
    members = shape.members if shape is not None else {}
    whole = {_METADATA: answer[_METADATA]} if _METADATA in answer else {}
    for name, member in members.items():
        value = answer.get(name)
        if value is not None:
            whole[name] = _typed(value, member)
        elif member.type_name == "list":
            whole[name] = []
    problem = next(_problems(operation, whole), None)
    if problem is not None:
        raise unreadable(operation, problem)
    return whole


def unreadable(operation: str, why: str) -> ResponseParserError:
    """The error of an answer that can't be read. It may pass, like that of one that was cut short."""
    error = ResponseParserError(f"the answer to {operation} can't be read: {why}")
    error.operation_name = operation
    return error


def pages(
    call: Callable[..., Mapping[str, Any]], request: Mapping[str, Any], member: str = "nextToken"
) -> Iterator[Mapping[str, Any]]:
    """The pages of a List operation, up to the last one, or to one that names itself as the next.

    Args:
        call: The client's method.
        request: The request for the first page.
        member: The member that names the next page, in the request and in the answer.
    """
    token: dict[str, Any] = {}
    while True:
        page = call(**request, **token)
        yield page
        following = page.get(member)
        if not following or token == {member: following}:
            return
        token = {member: following}


def _problems(operation: str, answer: Mapping[str, Any]) -> Iterator[str]:
    for name, value in answer.items():
        if value is _WRONG:
            yield f"{name} is not of the type that the service model gives it"
    asked_for = _ASKED_FOR.get(operation)
    if asked_for is not None and not answer.get(asked_for):
        yield f"it has no {asked_for}"
    for name, needed in _OF_EACH.items():
        for item in answer.get(name, ()):
            yield from (f"{name} has an item without {key}" for key in needed if key not in item)


def _typed(value: Any, shape: Shape) -> Any:
    """A value without what is not of its type, or `_WRONG`."""
    match shape:
        case StructureShape():
            members = shape.members
            return _of_right_type(value, {key: members[key] for key in members})
        case MapShape():
            return _of_right_type(value, None, shape.value)
        case ListShape():
            # What one item says may be what matters: a list without it is not the same list.
            items = [_typed(item, shape.member) for item in value] if isinstance(value, list) else [_WRONG]
            return _WRONG if _WRONG in items else items
    is_right = isinstance(value, _SCALARS.get(shape.type_name, object))
    if isinstance(value, bool) and shape.type_name != "boolean":  # a bool is an int to Python
        is_right = False
    return value if is_right else _WRONG


def _of_right_type(value: Any, members: Mapping[str, Shape] | None, every: Shape | None = None) -> Any:
    if not isinstance(value, Mapping):
        return _WRONG
    typed = {
        key: _typed(item, members[key] if members is not None else every)
        for key, item in value.items()
        if members is None or key in members
    }
    return {key: item for key, item in typed.items() if item is not _WRONG}
