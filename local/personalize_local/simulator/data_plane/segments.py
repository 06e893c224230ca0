"""Segments of users: those with the most affinity for an item, or for items with an attribute.

[DG item-affinity-recipe, item-attribute-affinity-recipe, batch-data-upload]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from personalize_local.simulator.data_plane import catalog
from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.kinds.filter.expression import Expression, parsed
from personalize_local.simulator.kinds.filter.matching import Keep, Record, Surroundings, keeper

_MOST_ITEMS, _MOST_ATTRIBUTES = 500, 10


def member_of(source: Source) -> str:
    """The member that each line of input must have."""
    return "itemAttributes" if source.by_attribute else "itemId"


def require_possible(source: Source, lines: int) -> None:
    """Refuse a job of too many lines, and one whose version knows no users. The words are ours (?)."""
    most = _MOST_ATTRIBUTES if source.by_attribute else _MOST_ITEMS
    if lines > most:
        raise invalid_input(f"The input must have {most} lines at most: got {lines}.")
    if source.trained.fitted is None:
        raise invalid_input(
            f"{source.trained.arn} was trained without data. Import interactions, train again, and create the"
            " job with the new version."
        )


def users(context: Context, source: Source, given: Mapping[str, Any], *, count: int, keep: Keep) -> list[str]:
    """Return the users of a segment, those with the most affinity first. Users without any are left out.

    Args:
        context: The surroundings of the call.
        source: The solution version. It was trained on data.
        given: The line of input.
        count: The most users to return.
        keep: Which users may be in it.

    Raises:
        ValueError: `itemAttributes` is not as documented. The message says what is wrong.
    """
    fitted = source.trained.fitted
    assert fitted is not None  # noqa: S101 (see require_possible)
    model = fitted.model
    if source.by_attribute:
        items = _having(context, source.dataset_group_arn, given["itemAttributes"])
    else:
        items = [given["itemId"]]
    found = model.segment(items, count=len(model.histories))
    return [user for user, affinity in found if affinity > 0 and keep(user)][:count]


def _having(context: Context, group_arn: str, attributes: str) -> list[str]:
    """The items with all of the attributes, for example `ITEMS.genres = "Comedy" AND ITEMS.price < 5`."""
    records = catalog.records(context, group_arn, "ITEMS")

    def record_of(_: str, item: str) -> list[Record]:
        return [records[item]]

    keep = keeper([_parsed(attributes)], Surroundings(record_of, {}, {}, {}))
    return [item for item in records if keep(item)]


def _parsed(attributes: str) -> Expression:
    """Attributes are conditions of a filter expression on items, with AND and without IN."""
    try:
        (expression,) = parsed(f"INCLUDE ItemID WHERE {attributes}")
    except ValueError as error:
        raise ValueError(f'itemAttributes must be as in ITEMS.GENRE = "Comedy": {error}') from error
    operators = {condition.operator for condition in expression.conditions}
    simple = len(expression.any_of) == 1 and not expression.only_if and not expression.parameters
    if not simple or operators & {"IN", "NOT IN"} or {c.dataset for c in expression.conditions} != {"ITEMS"}:
        raise ValueError(
            f"itemAttributes must compare fields of ITEMS, joined by AND, without IN: got {attributes}"
        )
    return expression
