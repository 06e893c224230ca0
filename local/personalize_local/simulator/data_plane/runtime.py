"""Recommendations: of the campaign's version if it was trained on data, else the items that a test named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personalize_local.simulator.data_plane import from_model
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import NOT_SIMULATED, ServiceError, invalid_input, not_found
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.campaign import Campaign
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.solution.state import Solution

ITEMS = tuple(f"item-{number}" for number in range(1, 26))
"""The items that campaigns recommend if a test sets no others."""

_DEFAULT_RESULTS = 25
_MOST_RESULTS = 500
# Each would change the recommended items or their metadata.
_NOT_SIMULATED = ("recommenderArn", "filterArn", "promotions", "metadataColumns")
# The member that each recipe type needs, and the operation for the other types.
_NEEDED = {"USER_PERSONALIZATION": "userId", "RELATED_ITEMS": "itemId"}
_OTHERS = {
    "PERSONALIZED_RANKING": "GetPersonalizedRanking",
    "PERSONALIZED_ACTIONS": "GetActionRecommendations",
}
_SCORED = {"aws-user-personalization", "aws-user-personalization-v2"}


def get_recommendations(context: Context, request: Request) -> dict[str, object]:
    """Answer GetRecommendations. The items that a test named are the same for every user, in their order."""
    for member in _NOT_SIMULATED:
        if member in request:
            raise ServiceError(NOT_SIMULATED, f"{member} of GetRecommendations is not simulated")
    arn = request.get("campaignArn")
    if arn is None:
        raise invalid_input("campaignArn or recommenderArn must be given")
    wanted = request.get("numResults", _DEFAULT_RESULTS)
    if wanted > _MOST_RESULTS:
        raise invalid_input(f"numResults must be at most {_MOST_RESULTS}: got {wanted}")
    campaign = context.account[Campaign].get(arn, context.now)
    if campaign.status(context.now) != ACTIVE:
        raise not_found(arn)
    solution_arn = campaign.in_force(context.now).solution_version_arn.rpartition("/")[0]
    recipe = context.account[Solution].get(solution_arn, context.now).recipe
    _require_subject(request, recipe)
    scored = recipe is not None and recipe.name in _SCORED
    learned = from_model.recommended(context, campaign, request, count=wanted, scored=scored)
    return {
        "itemList": _predicted(context.items, scored=scored)[:wanted] if learned is None else learned,
        # The form and length as in saved output. The model allows no longer ones.
        "recommendationId": f"RID-{context.new_uuid()}",
    }


def _require_subject(request: Request, recipe: Recipe | None) -> None:
    """Refuse a request without the user or item that the recipe needs [API RS_GetRecommendations]."""
    kind = recipe.recipe_type if recipe and recipe.recipe_type else "USER_PERSONALIZATION"
    if kind in _OTHERS:
        raise invalid_input(f"use {_OTHERS[kind]} for a campaign of a {kind} recipe")
    needed = _NEEDED.get(kind)
    if needed and needed not in request:
        raise invalid_input(f"{needed} must be given for a campaign of a {kind} recipe")


def _predicted(items: Sequence[str], *, scored: bool) -> list[dict[str, object]]:
    """Every item, with a score if the recipe has scores: decreasing, with the sum 1 [DG recommendations]."""
    if not scored:
        return [{"itemId": item} for item in items]
    count = len(items)
    total = count * (count + 1) / 2
    return [{"itemId": item, "score": round((count - place) / total, 7)} for place, item in enumerate(items)]


OPERATIONS: Mapping[str, Operation] = {"GetRecommendations": get_recommendations}
