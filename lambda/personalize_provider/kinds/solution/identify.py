"""The physical id that a request is answered with, settled before anything is changed.

When a deploy fails, CloudFormation deletes the new solution by the id in the answer. So a Create must not
answer with the id of a solution that was there before. An id that CloudFormation has stays, though the
logical id that it was made from may have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from personalize_provider.engine.identity import CONFIG_HASH_TAG, REPLACES_TAG, Owner
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution.decide import Observed, refusal
from personalize_provider.kinds.solution.desired import Present, arn_before, goal_of

Look = Callable[[str], Observed | None]
ReadTags = Callable[[str], Mapping[str, str] | None]


def identify(request: Request, *, is_rolling_back: bool, look: Look, tags_of: ReadTags) -> str:
    """The id to answer with.

    Args:
        request: As CloudFormation sent it.
        is_rolling_back: The stack undoes what it has just done.
        look: Tells what bears an ARN, and None if nothing does.
        tags_of: Tells its tags alone.

    Raises:
        LifecycleError: what is to be made is there already. Nothing was changed.
    """
    goal = goal_of(request, since=0.0, is_rolling_back=is_rolling_back)
    if not isinstance(goal, Present):
        return request.physical_id
    if is_rolling_back:
        return _where_it_was(goal, request, tags_of)
    observed = None if goal.is_known else look(goal.arn)
    refused = None if observed is None else refusal(goal, observed)
    if refused is not None:
        raise refused
    return goal.arn


def _where_it_was(goal: Present, request: Request, tags_of: ReadTags) -> str:
    """ARN of what a rollback goes back to: its name may have been generated for another logical id."""
    if goal.arn == request.physical_id or not goal.name_proves_owner:
        return goal.arn
    tags = tags_of(request.physical_id) or {}
    is_new = request.physical_id == arn_before(request)  # what the failed update has made
    if not is_new and _is_made_from(goal, tags):
        return request.physical_id
    before = Owner(request.stack_id, request.logical_id).arn(f"solution/{tags.get(REPLACES_TAG, '')}")
    is_replaced = goal.owner.owns(tags) and REPLACES_TAG in tags
    return before if is_replaced and _is_made_from(goal, tags_of(before) or {}) else goal.arn


def _is_made_from(goal: Present, tags: Mapping[str, str]) -> bool:
    return goal.owner.shares_stack_with(tags) and tags.get(CONFIG_HASH_TAG) == goal.config_hash
