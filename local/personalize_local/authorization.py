"""What a caller must be allowed to do for a call to Amazon Personalize, as IAM sees it (rules 124 to 130)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from personalize_local.simulator import Scope

_CREATES = {
    "CreateCampaign": "campaign",
    "CreateDatasetGroup": "dataset-group",
    "CreateSchema": "schema",
    "CreateSolution": "solution",
}
# Members of create requests that IAM does not look at (rule 124).
_NOT_RESOURCES = {"recipeArn", "kmsKeyArn", "roleArn"}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that a policy must allow.

    Attributes:
        action: For example `personalize:CreateSolution`.
        resource: The ARN that it is done to, or `*` for actions without resource types.
    """

    action: str
    resource: str


def permissions(operation: str, request: Mapping[str, object], scope: Scope) -> tuple[Permission, ...]:
    """All that a call needs.

    Args:
        operation: The API operation.
        request: Its request, in the API's names; it need not be valid.
        scope: Where the call is made.
    """
    resources = tuple(_resources(operation, request, scope)) or ("*",)
    needed = [Permission(f"personalize:{operation}", resource) for resource in resources]
    if operation.startswith("Create") and request.get("tags"):
        needed.append(Permission("personalize:TagResource", resources[0]))
    return tuple(needed)


def condition_keys(request: Mapping[str, object]) -> dict[str, object]:
    """`aws:RequestTag/<key>` and `aws:TagKeys`, for policies with conditions on them (rule 131)."""
    tags = request.get("tags")
    pairs = [tag for tag in tags if isinstance(tag, Mapping)] if isinstance(tags, list) else []
    keys = [str(tag.get("tagKey")) for tag in pairs]
    removed = request.get("tagKeys")
    keys += [str(key) for key in removed] if isinstance(removed, list) else []
    context: dict[str, object] = {
        f"aws:RequestTag/{tag.get('tagKey')}": str(tag.get("tagValue")) for tag in pairs
    }
    return context | ({"aws:TagKeys": keys} if keys else {})


def _resources(operation: str, request: Mapping[str, object], scope: Scope) -> Iterator[str]:
    """The created resource first, then those that the request names."""
    if operation.startswith("List") and operation != "ListTagsForResource":
        return
    if operation in _CREATES:
        yield scope.arn(_CREATES[operation], str(request.get("name")))
    if operation == "CreateDataset":
        group = str(request.get("datasetGroupArn")).rpartition("/")[2]
        yield scope.arn("dataset", group, str(request.get("datasetType")).upper())
    ignored = _NOT_RESOURCES if operation.startswith("Create") else set()
    for member, value in request.items():
        if member.endswith("Arn") and member not in ignored and isinstance(value, str):
            yield value
