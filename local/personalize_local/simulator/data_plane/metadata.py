"""Metadata of items in recommendations [DG getting-recommendations-with-metadata; rules 157 and 171]."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from personalize_local.simulator.data_plane import catalog
from personalize_local.simulator.data_plane.choice import Entry
from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.filter.matching import Record
from personalize_local.simulator.learning.table import name_of

_MOST_COLUMNS = 10


def columns(context: Context, source: Source, request: Request) -> Sequence[str]:
    """Return the columns of the Items dataset that a request wants.

    Raises:
        ServiceError: Metadata is off, or a column does not exist (`InvalidInputException`).
    """
    wanted = request.get("metadataColumns", {})
    if not wanted:
        return ()
    if set(wanted) != {"ITEMS"}:
        raise invalid_input(f"metadataColumns must have the key ITEMS: got {', '.join(wanted)}")
    if not source.gives_metadata:
        raise invalid_input(
            f"metadata is not enabled for {source.arn}: set enableMetadataWithRecommendations"
        )
    chosen: list[str] = wanted["ITEMS"]
    if len(chosen) > _MOST_COLUMNS:
        raise invalid_input(f"metadataColumns must have at most {_MOST_COLUMNS} columns: got {len(chosen)}")
    known = {name_of(name) for name in catalog.columns(context, source.dataset_group_arn, "ITEMS")}
    missing = [name for name in chosen if name_of(name) not in known]
    if missing:
        raise invalid_input(f"the Items dataset has no column {', '.join(missing)}")
    return chosen


def added(context: Context, source: Source, chosen: Sequence[str], entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries with the metadata of their items. Values that an item lacks are left out."""
    if not chosen:
        return list(entries)
    items = catalog.records(context, source.dataset_group_arn, "ITEMS")
    return [entry | {"metadata": _values(items.get(str(entry["itemId"]), {}), chosen)} for entry in entries]


def _values(record: Record, chosen: Sequence[str]) -> dict[str, str]:
    values = {name_of(name): value for name, value in record.items() if value is not None}
    return {name: str(values[name_of(name)]) for name in chosen if name_of(name) in values}
