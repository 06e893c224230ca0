"""The data of a dataset group at a moment: what was imported, and what was put record by record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.kinds.dataset import event_interactions, import_job
from personalize_local.simulator.kinds.dataset.dataset import Dataset
from personalize_local.simulator.learning.interactions import Event, Interactions, events_in
from personalize_local.simulator.learning.requirements import FEWEST_INTERACTIONS
from personalize_local.simulator.learning.table import Field, Table, name_of

_IDS = {"ITEMS": "ITEM_ID", "USERS": "USER_ID", "ACTIONS": "ACTION_ID"}


@dataclass(frozen=True)
class DatasetData:
    """The data of one dataset.

    Attributes:
        fields: The fields of its schema.
        tables: The bulk records.
        records: The records of PutItems or PutUsers, the properties by id.
    """

    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    records: Mapping[str, Mapping[str, Any]] | None = None


@dataclass(frozen=True)
class GroupData:
    """The data of a dataset group. It does not change, and can be read in another thread.

    Attributes:
        datasets: The data of each dataset, by its type.
        events: The events of PutEvents.
    """

    datasets: Mapping[str, DatasetData]
    events: tuple[Request, ...]

    def enough_to_look_at(self) -> bool:
        """Whether trainings take this data, or give a version that recommends the named items.

        They take it as soon as something was imported, or as many events were put as a training needs.
        """
        imported = any(dataset.tables for dataset in self.datasets.values())
        return imported or len(self.events) >= FEWEST_INTERACTIONS

    def of(self, dataset_type: str) -> DatasetData:
        """The data of the dataset of a type; empty if the group has none."""
        return self.datasets.get(dataset_type, DatasetData())

    def item_interactions(self) -> Interactions:
        """All interactions with items. Those of PutEvents are in the group's own dataset (rule 168)."""
        return Interactions.of(self.of("INTERACTIONS").tables, _events(self.events))

    def history(self, user: str) -> list[Event]:
        """A user's interactions with items, from the newest on."""
        tables = self.of("INTERACTIONS").tables
        imported = (
            event for table in tables for event in events_in(table, rows=_rows_of(table).get(user, ()))
        )
        return sorted([*dict.fromkeys(imported), *self._sent.get(user, ())], key=lambda event: -event.at)

    @cached_property
    def _sent(self) -> Mapping[str, list[Event]]:
        """The events of PutEvents of each user."""
        found: dict[str, list[Event]] = {}
        for event in _events(self.events):
            found.setdefault(event.user, []).append(event)
        return found

    def action_interactions(self) -> Interactions:
        """All interactions with actions."""
        return Interactions.of(self.of("ACTION_INTERACTIONS").tables, item="ACTION_ID")

    def records(self, dataset_type: str) -> dict[str, dict[str, Any]]:
        """The items, users or actions by their ids. Those that were put replace those that were imported."""
        data = self.of(dataset_type)
        found = dict(_keyed(data.tables, _IDS[dataset_type]))
        # Properties have the names of the schema in camel case (rule 169).
        names = {name_of(field.name): field.name for field in data.fields}
        for key, properties in (data.records or {}).items():
            found[key] = {names.get(name_of(name), name): value for name, value in properties.items()}
        return found


def at(context: Context, group_arn: str, moment: datetime) -> GroupData:
    """The data of a group at a moment that is not after the time of the call.

    Records that were put one by one count whenever they were put.
    """
    account = context.account
    datasets = [d for d in account[Dataset].live(context.now) if d.dataset_group_arn == group_arn]
    return GroupData(
        {
            dataset.dataset_type: DatasetData(
                import_job.fields(account, dataset, context.now),
                import_job.tables(account, dataset, moment),
                dict(dataset.records),
            )
            for dataset in datasets
        },
        tuple(event_interactions.events(context, group_arn)),
    )


@lru_cache(maxsize=4)
def _keyed(tables: tuple[Table, ...], name: str) -> dict[str, dict[str, Any]]:
    """The records of tables by their ids. Tables do not change."""
    return {key: record for table in tables for key, record in table.keyed(name).items()}


@lru_cache(maxsize=16)
def _rows_of(table: Table) -> Mapping[str, Sequence[int]]:
    """The numbers of each user's records in a table of interactions.

    Only numbers: a request waits for this, and to make the events of a big import would take seconds.
    """
    found: dict[str, list[int]] = {}
    for number, user in enumerate(table.columns["USER_ID"]):
        found.setdefault(str(user), []).append(number)
    return found


def newest_items(events: Sequence[Request], user: str) -> list[str]:
    """The items of a user's events, from the newest on.

    An app without a user's id can give that of the session [API GetRecommendations].
    """
    own = [e for e in events if "itemId" in e and user in {e.get("userId"), e.get("sessionId")}]
    return [event["itemId"] for event in sorted(own, key=_moment, reverse=True)]


def _events(sent: Sequence[Request]) -> Iterator[Event]:
    """The events with items. Those of a session before the user signed in belong to that user (rule 169)."""
    users = {event["sessionId"]: event["userId"] for event in sent if "userId" in event}
    for event in sent:
        user = event.get("userId") or users.get(event["sessionId"])
        if user and "itemId" in event:
            yield Event(
                user, event["itemId"], int(_moment(event)), event["eventType"], event.get("eventValue")
            )


def _moment(event: Request) -> float:
    moment: datetime = event["sentAt"]
    return moment.timestamp()
