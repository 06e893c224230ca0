"""Recommendations. Nothing is trained here: a campaign answers with the items that a test names."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_local.simulator.context import Context
from personalize_local.simulator.errors import NOT_SIMULATED, ServiceError, invalid_input, not_found
from personalize_local.simulator.model import Request
from personalize_local.simulator.timeline import ACTIVE

PATHS: Mapping[str, str] = {
    "/action-recommendations": "GetActionRecommendations",
    "/personalize-ranking": "GetPersonalizedRanking",
    "/recommendations": "GetRecommendations",
}
"""The operation that each path of the runtime stands for: its requests have no other name."""

ITEMS = tuple(f"item-{number}" for number in range(1, 26))
"""The items of a service that has not been told others."""

_DEFAULT_RESULTS = 25
# Each would change which items are answered, or what is told of them.
_NOT_SIMULATED = ("recommenderArn", "filterArn", "promotions", "metadataColumns")


def get_recommendations(context: Context, request: Request) -> dict[str, object]:
    """Answer GetRecommendations: the named items, in their order, for whoever asks."""
    for member in _NOT_SIMULATED:
        if member in request:
            raise ServiceError(NOT_SIMULATED, f"{member} of GetRecommendations is not simulated")
    arn = request.get("campaignArn")
    if arn is None:
        raise invalid_input("campaignArn or recommenderArn must be given")
    if context.account.campaigns.get(arn, context.now).status(context.now) != ACTIVE:
        raise not_found(arn)
    items = context.items[: request.get("numResults", _DEFAULT_RESULTS)]
    return {
        "itemList": [{"itemId": item} for item in items],
        "recommendationId": f"RID-{context.new_id()}",
    }
