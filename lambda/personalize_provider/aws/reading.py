"""Answers of AWS in one form, on which the rest of the provider can rely.

botocore doesn't validate answers: a member may be missing, null or of another type. `read` gives every answer
one form, so that no other module has to check:

- each member that is present has its type in the service model, at every depth;
- a list that the answer omits is empty: no tags, no versions, no targets;
- any other member is absent if it is omitted, null, or below the top level and of another type;
- an answer without its main member can't be read, like one that was cut short, and the call is repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.parsers import ResponseParserError

from personalize_provider.aws.errors import error_code

_Answer = TypeVar("_Answer")

CREATING = frozenset({"CREATE PENDING", "CREATE IN_PROGRESS"})
DELETING = frozenset({"DELETE PENDING", "DELETE IN_PROGRESS"})

_METADATA = "ResponseMetadata"

# Members that each item of a list has to have. Without them, its owner would be unknown, or it would be
# unusable.
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
    """Stands in for a value that doesn't have its shape's type."""


_WRONG: Final = _Wrong()


def read(operation: str, shape: StructureShape | None, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer in which every member that is present has its type.

    Args:
        operation: For example `DescribeSolution`.
        shape: The operation's output in the service model; None if it has none.
        answer: The answer as botocore parsed it.

    Raises:
        ResponseParserError: the answer has no main member, or a value of another type in its place.
    """
    members = shape.members if shape is not None else {}
    whole = {_METADATA: answer[_METADATA]} if _METADATA in answer else {}
    for name, member in members.items():
        value = answer.get(name)
        if value is not None:
            whole[name] = _typed(value, member)
        elif member.type_name == "list":
            whole[name] = []
    problem = next(_problems(whole, _main_member(operation, members)), None)
    if problem is not None:
        raise unreadable(operation, problem)
    return whole


def unreadable(operation: str, why: str) -> ResponseParserError:
    """The error for an answer that can't be read. It may pass, as for one that was cut short."""
    error = ResponseParserError(f"the answer to {operation} can't be read: {why}")
    error.operation_name = operation
    return error


def pages(
    call: Callable[..., Mapping[str, Any]], request: Mapping[str, Any], member: str = "nextToken"
) -> Iterator[Mapping[str, Any]]:
    """The pages of a List operation, up to the last one, or to one that repeats its own token.

    Args:
        call: The client's method.
        request: The request for the first page.
        member: The member for the next page's token, in the request and in the answer.
    """
    token: dict[str, Any] = {}
    while True:
        page = call(**request, **token)
        yield page
        following = page.get(member)
        if not following or token == {member: following}:
            return
        token = {member: following}


def canonical_status(status: str) -> str:
    """A status in one spelling, such as `CREATE IN_PROGRESS`: the service's documents use two (rule 52)."""
    action, _, rest = status.upper().replace("_", " ").partition(" ")
    return f"{action} {rest.replace(' ', '_')}".strip()


def if_found(call: Callable[[], _Answer]) -> _Answer | None:
    """The result of a call, or None if the resource doesn't exist."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) != "ResourceNotFoundException":
            raise
        return None


def _problems(answer: Mapping[str, Any], main: str | None) -> Iterator[str]:
    for name, value in answer.items():
        if value is _WRONG:
            yield f"{name} does not have its type in the service model"
    if main is not None and not answer.get(main):
        yield f"it has no {main}"
    for name, needed in _OF_EACH.items():
        for item in answer.get(name, ()):
            yield from (f"{name} has an item without {key}" for key in needed if key not in item)


def _main_member(operation: str, members: Mapping[str, Shape]) -> str | None:
    """The member that an answer must have, such as `solution` for DescribeSolution, or None."""
    described = operation.removeprefix("Describe")
    names = ("Stacks", described[0].lower() + described[1:]) if described != operation else ()
    return next((name for name in names if name in members), None)


def _typed(value: Any, shape: Shape) -> Any:
    """A value without the parts that have the wrong type, or `_WRONG`."""
    match shape:
        case StructureShape():
            members = shape.members
            return _of_right_type(value, {key: members[key] for key in members})
        case MapShape():
            return _of_right_type(value, None, shape.value)
        case ListShape():
            # One item may be the one that matters, so a list is never shortened.
            items = [_typed(item, shape.member) for item in value] if isinstance(value, list) else [_WRONG]
            return _WRONG if _WRONG in items else items
    is_right = isinstance(value, _SCALARS.get(shape.type_name, object))
    if isinstance(value, bool) and shape.type_name != "boolean":  # a bool is an int in Python
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
