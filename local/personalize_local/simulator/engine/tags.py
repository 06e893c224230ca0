"""The three operations on tags (rules 100 and 130)."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import (
    TOO_MANY_TAG_KEYS,
    ServiceError,
    invalid_input,
    not_found,
)
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.tag_set import MOST, parsed, require_room, require_unreserved
from personalize_local.simulator.kinds import KINDS

# Kinds that take tags (rule 130) and are not simulated: no such resource exists.
_NOT_SIMULATED = frozenset(
    {
        "data-deletion-job",
        "data-insights-job",
        "dataset-export-job",
    }
)


def tag(context: Context, request: Request) -> dict[str, object]:
    """Answer TagResource."""
    resource = _tagged(context, request["resourceArn"])
    merged = resource.tags | parsed(request["tags"])
    require_room(merged)
    resource.tags = merged
    return {}


def untag(context: Context, request: Request) -> dict[str, object]:
    """Answer UntagResource. Keys that the resource does not have are ignored."""
    resource = _tagged(context, request["resourceArn"])
    keys = request["tagKeys"]
    if len(keys) > MOST:
        raise ServiceError(TOO_MANY_TAG_KEYS, f"a resource has at most {MOST} tags: got {len(keys)} keys")
    for key in keys:
        require_unreserved(key)
    resource.tags = {key: value for key, value in resource.tags.items() if key not in keys}
    return {}


def list_for(context: Context, request: Request) -> dict[str, object]:
    """Answer ListTagsForResource."""
    resource = _tagged(context, request["resourceArn"])
    return {"tags": [{"tagKey": key, "tagValue": value} for key, value in resource.tags.items()]}


def read(context: Context, arn: str) -> dict[str, str]:
    """Return the tags of the resource with this ARN. Empty if it does not exist or takes no tags."""
    try:
        return dict(_tagged(context, arn).tags)
    except ServiceError:
        return {}


def _tagged(context: Context, arn: str) -> Resource:
    arn_type, *path = arn.split(":", 5)[-1].split("/")
    kinds = [kind for kind in KINDS.values() if kind.takes_tags and kind.arn_type == arn_type]
    for kind in kinds:
        if kind.arn_depth == len(path):
            return kind.get(context, arn)
    if kinds or arn_type in _NOT_SIMULATED:
        raise not_found(arn)
    raise invalid_input(f"resourceArn must be of a kind that takes tags: got {arn}")


OPERATIONS: Mapping[str, Operation] = {
    "ListTagsForResource": list_for,
    "TagResource": tag,
    "UntagResource": untag,
}
