"""The IAM permissions that a call to Amazon Personalize needs (rules 124 to 131)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from personalize_local.simulator import Scope
from personalize_local.simulator.kinds import KINDS

PRINCIPAL = "personalize.amazonaws.com"
"""The service, as trust and bucket policies name it."""

# ARNs in Create requests that the action is not checked on (rule 124). A role needs iam:PassRole (rule 131).
_NOT_RESOURCES = {"recipeArn", "kmsKeyArn", "roleArn"}


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission that a policy must allow.

    Attributes:
        action: For example `personalize:CreateSolution`.
        resource: The ARN of the resource, or `*` for actions without resource types.
        keys: The service's condition keys with their values (rule 131).
    """

    action: str
    resource: str
    keys: Mapping[str, object]


def permissions(
    operation: str,
    request: Mapping[str, object],
    scope: Scope,
    tags: Callable[[str], Mapping[str, str]],
) -> tuple[Permission, ...]:
    """Return all permissions that a call needs.

    Args:
        operation: The API operation.
        request: The request, with the API's member names. It need not be valid.
        scope: The caller's account and Region.
        tags: Returns the tags of the resource with an ARN. Empty if there is none.
    """
    action = f"personalize:{operation}"
    sent = _keys_of_request(request)
    # A resource that is being created has no tags yet, even if its ARN is taken.
    needed = [Permission(action, arn, sent) for arn in _created(operation, request, scope)]
    needed += [
        Permission(action, arn, sent | _keys_of_resource(tags(arn))) for arn in _named(operation, request)
    ]
    needed = needed or [Permission(action, "*", sent)]
    if operation.startswith("Create") and request.get("tags"):
        needed.append(Permission("personalize:TagResource", needed[0].resource, sent))
    role = request.get("roleArn")
    if operation.startswith("Create") and isinstance(role, str):
        needed.append(Permission("iam:PassRole", role, {"iam:PassedToService": PRINCIPAL}))
    return tuple(needed)


def _keys_of_request(request: Mapping[str, object]) -> dict[str, object]:
    """`aws:RequestTag/<key>` and `aws:TagKeys`."""
    tags = request.get("tags")
    pairs = [tag for tag in tags if isinstance(tag, Mapping)] if isinstance(tags, list) else []
    names = [str(tag.get("tagKey")) for tag in pairs]
    removed = request.get("tagKeys")
    names += [str(name) for name in removed] if isinstance(removed, list) else []
    keys: dict[str, object] = {
        f"aws:RequestTag/{tag.get('tagKey')}": str(tag.get("tagValue")) for tag in pairs
    }
    return keys | ({"aws:TagKeys": names} if names else {})


def _keys_of_resource(tags: Mapping[str, str]) -> dict[str, object]:
    """`aws:ResourceTag/<key>`."""
    return {f"aws:ResourceTag/{key}": value for key, value in tags.items()}


def _created(operation: str, request: Mapping[str, object], scope: Scope) -> Iterator[str]:
    """The ARN of the resource that a Create request makes."""
    kind = KINDS.get(operation.removeprefix("Create")) if operation.startswith("Create") else None
    if kind is not None and kind.arn_type is not None and kind.new_arn is not None:
        yield scope.arn(kind.arn_type, *kind.new_arn(request))


def _named(operation: str, request: Mapping[str, object]) -> Iterator[str]:
    """The ARNs in a request. Those that only narrow a list do not count (rule 127)."""
    if operation.startswith("List") and operation != "ListTagsForResource":
        return
    ignored = _NOT_RESOURCES if operation.startswith("Create") else set()
    # The developer guide's policies for recommendations name campaigns only, also where a filter is used (?).
    ignored = ignored if operation.endswith("Filter") else ignored | {"filterArn"}
    for member, value in request.items():
        if member.endswith("Arn") and member not in ignored and isinstance(value, str):
            yield value
