"""Which items are recommended, in which order: the items that a test has set, the same for every user.

This is the only place that decides that. Filters, promotions and metadata come on top.
"""

from __future__ import annotations

from collections.abc import Sequence

from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.filter.matching import Keep

ITEMS = tuple(f"item-{number}" for number in range(1, 26))
"""The items that campaigns recommend if a test sets no others."""

Entry = dict[str, object]
"""An entry of an item list: `itemId`, and `score` if the recipe gives scores."""


def recommended(
    context: Context,
    source: Source,
    request: Request,  # noqa: ARG001 (the items of a test are the same for every user)
    *,
    count: int,
    keep: Keep,
) -> list[Entry]:
    """Return the items to recommend, the best first.

    Args:
        context: The surroundings of the call.
        source: What answers.
        request: The GetRecommendations request, checked.
        count: The most items to return.
        keep: Which items may be recommended.
    """
    entries = _entries(context.items, len(context.items), scored=source.scored)
    return [entry for entry in entries if keep(str(entry["itemId"]))][:count]


def ranked(
    context: Context,
    source: Source,
    request: Request,  # noqa: ARG001 (see recommended)
    items: Sequence[str],
) -> list[Entry]:
    """Return the given items in their order for the user. Unknown items go to the end (rule 171).

    Args:
        context: The surroundings of the call.
        source: What answers.
        request: The GetPersonalizedRanking request, checked.
        items: The items to rank, each of them once.
    """
    places = {item: place for place, item in enumerate(context.items)}
    known = sum(item in places for item in items)
    ordered = sorted(items, key=lambda item: places.get(item, len(places)))
    return _entries(ordered, known, scored=source.scored)


def _entries(items: Sequence[str], known: int, *, scored: bool) -> list[Entry]:
    """The items, with scores if there are any: decreasing, with the sum 1 [DG recommendations].

    Only the first `known` items have scores above 0.
    """
    if not scored:
        return [{"itemId": item} for item in items]
    total = known * (known + 1) / 2 or 1
    return [
        {"itemId": item, "score": round(max(0, known - place) / total, 7)} for place, item in enumerate(items)
    ]
