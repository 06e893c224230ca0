"""The items, users and events of a dataset group, as requests for recommendations look at them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.kinds.dataset import data
from personalize_local.simulator.kinds.dataset.data import GroupData
from personalize_local.simulator.kinds.filter.matching import Record

# How many of a user's newest events of each type filters consider (rule 175).
_MOST_EVENTS = 100


def records(context: Context, group_arn: str, dataset_type: str) -> Mapping[str, Record]:
    """Return the records of the group's dataset of a type, by id. Empty without such a dataset."""
    return data.at(context, group_arn, context.now).records(dataset_type)


def columns(context: Context, group_arn: str, dataset_type: str) -> Sequence[str]:
    """Return the names of the columns of the group's dataset of a type. Empty without such a dataset."""
    return [field.name for field in data.at(context, group_arn, context.now).of(dataset_type).fields]


def event_types(context: Context, group_arn: str) -> Callable[[str | None], Mapping[str, set[str]]]:
    """Return what gives the types of a user's events with each item."""
    return partial(_event_types, data.at(context, group_arn, context.now))


def _event_types(known: GroupData, user: str | None) -> Mapping[str, set[str]]:
    """The types of the newest 100 events of each type (rule 175)."""
    events = known.history(user) if user is not None else []
    seen: Counter[str] = Counter()
    found: dict[str, set[str]] = defaultdict(set)
    for event in events:
        kind = event.kind or ""
        seen[kind] += 1
        if seen[kind] <= _MOST_EVENTS:
            found[event.item].add(kind)
    return found
