"""Recommendations from campaigns and recommenders: GetRecommendations and GetPersonalizedRanking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from personalize_local.simulator.data_plane import choice, filtering, metadata, promotion, source
from personalize_local.simulator.data_plane.choice import Entry
from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.model import Request

_DEFAULT_RESULTS = 25
_MOST_RESULTS = 500
_MOST_WITH_METADATA = 50
# The operations of campaigns whose recipe is not for GetRecommendations.
_OTHERS = {
    "PERSONALIZED_RANKING": "GetPersonalizedRanking",
    "PERSONALIZED_ACTIONS": "GetActionRecommendations",
}


def get_recommendations(context: Context, request: Request) -> dict[str, object]:
    """Answer GetRecommendations. The context of a request is taken and has no effect."""
    serving = source.of(context, request)
    _require_subject(request, serving)
    columns = metadata.columns(context, serving, request)
    wanted = request.get("numResults", _DEFAULT_RESULTS)
    _require_few(wanted, "numResults", columns)
    # The form and length as in saved output. The model allows no longer ones.
    answer_id = f"RID-{context.new_uuid()}"
    entries = _recommended(context, serving, request, wanted, answer_id)
    return {
        "itemList": metadata.added(context, serving, columns, entries),
        "recommendationId": answer_id,
    }


def get_personalized_ranking(context: Context, request: Request) -> dict[str, object]:
    """Answer GetPersonalizedRanking. A filter removes items [API RS_GetPersonalizedRanking]."""
    serving = source.of(context, request)
    if serving.recipe_type != "PERSONALIZED_RANKING":
        raise invalid_input(
            f"use {_OTHERS.get(serving.recipe_type, 'GetRecommendations')} for a campaign of a"
            f" {serving.recipe_type} recipe"
        )
    columns = metadata.columns(context, serving, request)
    _require_few(len(request["inputList"]), "inputList", columns)
    keep = filtering.keeps(context, serving, request, request)
    items = [item for item in dict.fromkeys(request["inputList"]) if keep(item)]
    entries = choice.ranked(context, serving, request, items)
    return {
        "personalizedRanking": metadata.added(context, serving, columns, entries),
        "recommendationId": f"RID-{context.new_uuid()}",
    }


def _recommended(
    context: Context, serving: Source, request: Request, wanted: int, answer_id: str
) -> list[Entry]:
    """The items that pass the request's filter, and those of a promotion, which has a filter of its own."""
    unseen = filtering.unseen(context, serving, request)
    keep = filtering.keeps(context, serving, request, request)
    others = choice.recommended(
        context, serving, request, count=wanted, keep=lambda item: unseen(item) and keep(item)
    )
    promoting = promotion.checked(request, serving.recipe_type)
    if promoting is None:
        return others
    meets = filtering.keeps(context, serving, request, promoting)
    promoted = choice.recommended(
        context,
        serving,
        request,
        count=promotion.promoted_count(wanted, promoting["percentPromotedItems"]),
        keep=lambda item: unseen(item) and meets(item),
    )
    if serving.second_version:
        promoted = [entry | {"reason": ["Promoted item"]} for entry in promoted]
    return promotion.mixed(promoted, others, promoting["name"], wanted, answer_id)


def _require_subject(request: Request, serving: Source) -> None:
    """Refuse a request without the user or item that the recipe needs [API RS_GetRecommendations]."""
    kind = serving.recipe_type
    if kind in _OTHERS:
        raise invalid_input(f"use {_OTHERS[kind]} for a campaign of a {kind} recipe")
    for member in serving.required:
        if member not in request:
            what = serving.recipe.name if serving.use_case and serving.recipe else f"a {kind} recipe"
            raise invalid_input(f"{member} must be given for {what}")


def _require_few(count: int, member: str, columns: Sequence[str]) -> None:
    most = _MOST_WITH_METADATA if columns else _MOST_RESULTS
    if count > most:
        raise invalid_input(f"{member} must be at most {most}: got {count}")


OPERATIONS: Mapping[str, Operation] = {
    "GetPersonalizedRanking": get_personalized_ranking,
    "GetRecommendations": get_recommendations,
}
