"""Promotions: a share of the recommended items that a filter of its own chooses [DG promoting-items]."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from personalize_local.simulator.data_plane.choice import Entry
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request

_RECIPE_TYPES = {"USER_PERSONALIZATION", "RELATED_ITEMS", "POPULAR_ITEMS"}
_NEEDED = ("name", "percentPromotedItems", "filterArn")


def checked(request: Request, recipe_type: str) -> Request | None:
    """Return the promotion of a request, if there is one.

    The model requires none of its members. What the service does without one of them is not documented (?).

    Raises:
        ServiceError: It lacks a member, or the recipe has no promotions (`InvalidInputException`).
    """
    for promotion in request.get("promotions", ()):
        if recipe_type not in _RECIPE_TYPES:
            raise invalid_input(f"promotions are not supported by recipes of the type {recipe_type}")
        missing = [member for member in _NEEDED if member not in promotion]
        if missing:
            raise invalid_input(f"promotions must have {', '.join(missing)}")
        found: Request = promotion
        return found
    return None


def promoted_count(wanted: int, percent: int) -> int:
    """How many of the wanted items are promoted. How the service rounds is not documented (?)."""
    return wanted * percent // 100


def mixed(
    promoted: Sequence[Entry], others: Sequence[Entry], name: str, wanted: int, seed: str
) -> list[Entry]:
    """Return the items of an answer: promoted ones at random places, both kinds in their own order.

    Args:
        promoted: The promoted items, the best first.
        others: The other recommended items, the best first. Those that are promoted are left out.
        name: The promotion's name, which its items get.
        wanted: The most items to return.
        seed: Decides the places. The same seed gives the same places.
    """
    chosen = {entry["itemId"] for entry in promoted}
    rest = [entry for entry in others if entry["itemId"] not in chosen][: max(0, wanted - len(promoted))]
    total = len(promoted) + len(rest)
    places = set(Random(seed).sample(range(total), len(promoted)))  # noqa: S311 - not for secrets
    first, second = iter(promoted), iter(rest)
    return [next(first) | {"promotionName": name} if at in places else next(second) for at in range(total)]
