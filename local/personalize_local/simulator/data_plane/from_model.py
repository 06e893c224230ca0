"""Recommendations of what was trained on data: the answers of a baseline (see `learning`)."""

from __future__ import annotations

from collections.abc import Sequence

from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.dataset import event_interactions
from personalize_local.simulator.kinds.dataset.data import newest_items
from personalize_local.simulator.kinds.filter.matching import Keep
from personalize_local.simulator.learning.baseline import Scored


def recommended(
    context: Context, source: Source, request: Request, *, count: int, keep: Keep
) -> list[Scored] | None:
    """Return the items for a GetRecommendations request, the best first. None if nothing was trained on data.

    Users who are not known get popular items.

    Args:
        context: The surroundings of the call.
        source: What answers.
        request: The request, checked.
        count: The most items to return.
        keep: Which items may be recommended.
    """
    fitted = source.trained.fitted
    if fitted is None:
        return None
    user = request.get("userId")
    recent = _recent(context, source, user)
    return fitted.model.recommend(
        user=user, item=request.get("itemId"), recent=recent, count=count, keep=keep
    )


def ranked(context: Context, source: Source, request: Request, items: Sequence[str]) -> list[Scored] | None:
    """Return items in their order for the user. None if nothing was trained on data."""
    fitted = source.trained.fitted
    if fitted is None:
        return None
    user = request["userId"]
    return fitted.model.rank(items, user=user, recent=_recent(context, source, user))


def _recent(context: Context, source: Source, user: str | None) -> list[str]:
    """The items of the user's events since the training began, from the newest on."""
    dataset = event_interactions.find(context, source.dataset_group_arn)
    if user is None or dataset is None:
        return []
    # The training saw no event of a dataset that was made after it.
    seen = source.trained.events_seen if dataset.created <= source.trained.created else 0
    return newest_items(dataset.events[seen:], user)
