"""Which items are recommended, in which order: by the model if there is one, else those that a test has set.

This is the only place that decides that. Filters, promotions and metadata come on top.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from personalize_local.simulator.data_plane import from_model
from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.filter.matching import Keep
from personalize_local.simulator.learning.baseline import Scored

ITEMS = tuple(f"item-{number}" for number in range(1, 26))
"""The items that campaigns recommend if a test sets no others."""

Entry = dict[str, object]
"""An entry of an item list: `itemId`, and `score` if the recipe gives scores."""


def recommended(
    context: Context,
    source: Source,
    request: Request,
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
    learned = from_model.recommended(context, source, request, count=count, keep=keep)
    if learned is not None:
        return _learned(learned, scored=source.scored)
    entries = _entries(context.items, len(context.items), scored=source.scored)
    return [entry for entry in entries if keep(str(entry["itemId"]))][:count]


def ranked(
    context: Context,
    source: Source,
    request: Request,
    items: Sequence[str],
) -> list[Entry]:
    """Return the given items in their order for the user. Unknown items go to the end (rule 171).

    Args:
        context: The surroundings of the call.
        source: What answers.
        request: The GetPersonalizedRanking request, checked.
        items: The items to rank, each of them once.
    """
    learned = from_model.ranked(context, source, request, items)
    if learned is not None:
        return _learned(learned, scored=source.scored)
    places = {item: place for place, item in enumerate(context.items)}
    known = sum(item in places for item in items)
    ordered = sorted(items, key=lambda item: places.get(item, len(places)))
    return _entries(ordered, known, scored=source.scored)


def _learned(found: Iterable[Scored], *, scored: bool) -> list[Entry]:
    return [{"itemId": item} | ({"score": round(score, 7)} if scored else {}) for item, score in found]


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
