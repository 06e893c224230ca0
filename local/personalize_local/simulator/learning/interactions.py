"""The interactions of a dataset group, and which of them a solution trains with."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple

from personalize_local.simulator.learning.table import Strings, Table


class Event(NamedTuple):
    """One interaction.

    Attributes:
        user: The user's id.
        item: The item's id; the action's of an action interaction.
        at: When, in seconds since 1970.
        kind: The event type, if it has one.
        value: The event value, if it has one.
    """

    user: str
    item: str
    at: int
    kind: str | None = None
    value: float | None = None


class Past(NamedTuple):
    """One interaction of a known user. They sort from the oldest to the newest."""

    at: int
    item: str
    weight: float


Histories = Mapping[str, Sequence[Past]]
"""The interactions of each user, from the oldest to the newest, by the user's id."""


@dataclass(frozen=True, slots=True)
class EventRule:
    """One entry of `eventsConfig`, or a solution's `eventType` and `eventValueThreshold`.

    Attributes:
        kind: The event type; None for all.
        threshold: Events must have at least this value; None for all events.
        weight: How much such an event counts, relative to other rules.
    """

    kind: str | None = None
    threshold: float | None = None
    weight: float = 1.0

    def takes(self, kind: str | None, value: float) -> bool:
        """Whether to train with an event. A missing value is NaN, and below every threshold (rule 7).

        Event types are compared exactly (?): only filter expressions are documented to ignore case (rule
        174).
        """
        return (self.kind is None or kind == self.kind) and (
            self.threshold is None or value >= self.threshold
        )


def rules_of(event_type: str | None, solution_config: Mapping[str, Any]) -> tuple[EventRule, ...]:
    """The events that a solution trains with; none for all events with equal weight (rules 6, 7 and 37).

    Args:
        event_type: The solution's `eventType`.
        solution_config: Its `solutionConfig`, in the API's own names.
    """
    entries = solution_config.get("eventsConfig", {}).get("eventParametersList", ())
    if entries:
        return tuple(
            EventRule(e.get("eventType"), e.get("eventValueThreshold"), e.get("weight", 1.0)) for e in entries
        )
    threshold = solution_config.get("eventValueThreshold")
    if event_type is None and threshold is None:
        return ()
    return (EventRule(event_type, None if threshold is None else float(threshold)),)


def relative_weights(rules: Sequence[EventRule]) -> list[float]:
    """The weights so that 1 is their mean: 0.3 and 0.1 are 1.5 and 0.5 [DG working-with-training-metrics]."""
    total = math.fsum(rule.weight for rule in rules)
    return [rule.weight * len(rules) / total if total else 1.0 for rule in rules]


class Interactions:
    """Unique interactions, stored by column.

    Attributes:
        users: The ids of the users.
        items: The ids of the items.
        kinds: The event types.
    """

    __slots__ = ("_times", "_values", "_weights", "items", "kinds", "users")

    def __init__(self) -> None:
        self.users, self.items, self.kinds = Strings(), Strings(), Strings()
        self._times = array("q")
        self._values = array("d")
        self._weights = array("d")

    @classmethod
    def of(
        cls, tables: Iterable[Table] = (), events: Iterable[Event] = (), *, item: str = "ITEM_ID"
    ) -> Interactions:
        """All interactions of a dataset group, imported in bulk or put one by one.

        Of events with the same moment and properties one is kept [DG bulk-data-import-step].

        Args:
            tables: The imported interactions.
            events: Interactions put one by one, for example with PutEvents.
            item: The column of the item. Use `ACTION_ID` for action interactions.
        """
        found = cls()
        seen: set[Event] = set()
        for source in (*(events_in(table, item) for table in tables), events):
            for event in source:
                if event not in seen:
                    seen.add(event)
                    found.append(event)
        return found

    def append(self, event: Event, weight: float = 1.0) -> None:
        """Add an interaction."""
        self.users.append(event.user)
        self.items.append(event.item)
        self.kinds.append(event.kind)
        self._times.append(event.at)
        self._values.append(math.nan if event.value is None else event.value)
        self._weights.append(weight)

    def chosen(self, rules: Sequence[EventRule]) -> Interactions:
        """The interactions that a solution trains with. The first rule that takes one gives its weight."""
        if not rules:
            return self
        found = Interactions()
        weighted = list(zip(rules, relative_weights(rules), strict=True))
        for event in self:
            value = math.nan if event.value is None else event.value
            for rule, weight in weighted:
                if rule.takes(event.kind, value):
                    found.append(event, weight)
                    break
        return found

    def histories(self) -> Histories:
        """The interactions of each user. The timestamps decide, not the order in which events came."""
        found: dict[str, list[Past]] = {}
        for event, weight in zip(self, self._weights, strict=True):
            found.setdefault(event.user, []).append(Past(event.at, event.item, weight))
        for history in found.values():
            history.sort()
        return found

    def __len__(self) -> int:
        return len(self._times)

    def __iter__(self) -> Iterator[Event]:
        columns = zip(self.users, self.items, self._times, self.kinds, self._values, strict=True)
        for user, item, at, kind, value in columns:
            yield Event(str(user), str(item), at, kind, None if math.isnan(value) else value)


def events_in(table: Table, item: str = "ITEM_ID", rows: Sequence[int] | None = None) -> Iterator[Event]:
    """The interactions of an import.

    Args:
        table: The imported records.
        item: The column of the item. Use `ACTION_ID` for action interactions.
        rows: The numbers of the records. Default: - all
    """

    def values(name: str) -> Iterable[Any]:
        column = table.columns.get(name)
        if column is None:
            return repeat(None, len(table) if rows is None else len(rows))
        return column if rows is None else [column[row] for row in rows]

    columns = map(values, ("USER_ID", item, "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE"))
    for user, target, at, kind, value in zip(*columns, strict=True):
        yield Event(str(user), str(target), at, kind, value)
