"""Recommendations of versions that were trained on data: the answers of a baseline (see `learning`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.campaign import Campaign
from personalize_local.simulator.kinds.dataset.data import newest_items
from personalize_local.simulator.kinds.dataset_group import DatasetGroup
from personalize_local.simulator.kinds.solution import version
from personalize_local.simulator.kinds.solution.state import Solution, SolutionVersion
from personalize_local.simulator.learning.baseline import Scored


def recommended(
    context: Context,
    campaign: Campaign,
    request: Request,
    *,
    count: int,
    scored: bool,
    keep: Callable[[str], bool] | None = None,
) -> list[dict[str, object]] | None:
    """Return the items for a GetRecommendations request. None if the campaign's version has no model.

    Users who are not known get popular items.

    Args:
        context: The surroundings of the call.
        campaign: The campaign.
        request: The request, checked.
        count: The most items to return.
        scored: Whether the answer has scores.
        keep: Which items may be recommended. Default: - all
    """
    served = _served(context, campaign)
    if served.fitted is None:
        return None
    user = request.get("userId")
    found = served.fitted.model.recommend(
        user=user,
        item=request.get("itemId"),
        recent=_recent(context, served, user),
        count=count,
        keep=keep,
    )
    return _listed(found, scored=scored)


def ranked(context: Context, campaign: Campaign, request: Request) -> list[dict[str, object]] | None:
    """Return the items of a GetPersonalizedRanking request in their order for the user.

    None if the campaign's version has no model.
    """
    served = _served(context, campaign)
    if served.fitted is None:
        return None
    user = request["userId"]
    recent = _recent(context, served, user)
    return _listed(served.fitted.model.rank(request["inputList"], user=user, recent=recent), scored=True)


def _served(context: Context, campaign: Campaign) -> SolutionVersion:
    return version.find(context, campaign.in_force(context.now).solution_version_arn)


def _recent(context: Context, served: SolutionVersion, user: str | None) -> list[str]:
    """The items of the user's events since the version's training began, from the newest on."""
    if user is None:
        return []
    solution = context.account[Solution].get(served.solution_arn, context.now)
    group = context.account[DatasetGroup].get(solution.dataset_group_arn, context.now)
    return newest_items(group.events[served.events_seen :], user)


def _listed(found: Iterable[Scored], *, scored: bool) -> list[dict[str, object]]:
    return [{"itemId": item} | ({"score": round(score, 7)} if scored else {}) for item, score in found]
