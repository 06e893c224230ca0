"""The three operations on tags (rules 100 and 130)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import (
    TOO_MANY_TAG_KEYS,
    ServiceError,
    invalid_input,
    not_found,
)
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, Shelf
from personalize_local.simulator.engine.tag_set import MOST, parsed, require_room, require_unreserved
from personalize_local.simulator.kinds.solution_version import find as find_version

# Kinds with tags (rule 130) that nobody can make here: none of them is ever found.
_TAGGABLE_ELSEWHERE = frozenset(
    {
        "batch-inference-job",
        "batch-segment-job",
        "data-deletion-job",
        "data-insights-job",
        "dataset-export-job",
        "dataset-import-job",
        "recommender",
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
    """Answer UntagResource; keys that the resource does not have are no error."""
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
    """The tags of whatever has this ARN: none if nothing has, or if its kind takes no tags."""
    try:
        return dict(_tagged(context, arn).tags)
    except ServiceError:
        return {}


def _tagged(context: Context, arn: str) -> Resource:
    account, now = context.account, context.now
    kind, *path = arn.split(":", 5)[-1].split("/")
    shelves: Mapping[str, Shelf[Any]] = {
        "campaign": account.campaigns,
        "dataset": account.datasets,
        "dataset-group": account.dataset_groups,
        "event-tracker": account.event_trackers,
        "filter": account.filters,
        "solution": account.solutions,
    }
    if kind == "solution" and len(path) == 2:  # noqa: PLR2004 - solution/NAME/ID: a version
        return find_version(context, arn)
    if kind in shelves:
        found: Resource = shelves[kind].get(arn, now)
        return found
    if kind in _TAGGABLE_ELSEWHERE:
        raise not_found(arn)
    raise invalid_input(f"resourceArn must be of a kind that takes tags: got {arn}")
