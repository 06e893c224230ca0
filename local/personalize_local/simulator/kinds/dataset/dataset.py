"""Datasets: one of each type in a dataset group. They hold what PutEvents, PutItems and PutUsers add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, Updatable, Update, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds import dataset_group
from personalize_local.simulator.kinds.dataset import schema_rules
from personalize_local.simulator.kinds.dataset_group import DatasetGroup, InDatasetGroup
from personalize_local.simulator.kinds.schema import Schema

_UPDATABLE = ("ITEMS", "USERS")


@dataclass(frozen=True)
class DatasetDurations:
    """Seconds.

    Attributes:
        dataset: From CreateDataset to ACTIVE.
        dataset_update: From UpdateDataset until the new schema is in force.
    """

    dataset: float = 1
    dataset_update: float = 1


@dataclass(frozen=True, slots=True)
class DatasetUpdate(Update):
    """An update, with the schema that it leads to."""

    schema_arn: str

    def summary(self, now: datetime) -> dict[str, object]:
        """The member `latestDatasetUpdate`."""
        return {"schemaArn": self.schema_arn} | self.dates(now)


@dataclass(kw_only=True)
class Dataset(Updatable, InDatasetGroup):
    """A dataset.

    Attributes:
        dataset_type: One of the service's types, in upper case as in the ARN.
        schema_arn: The schema of its records before `update`. None for the dataset of the group's events.
        tracking_id: The id that PutActionInteractions uses. Only datasets of action interactions have one.
        records: The records of PutItems or PutUsers, the properties by id.
        events: The events of PutEvents (see `event_interactions`).
    """

    dataset_type: str
    schema_arn: str | None
    tracking_id: str | None
    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[Request] = field(default_factory=list)
    update: DatasetUpdate | None = None

    def schema_at(self, now: datetime) -> str | None:
        """The schema in force. An update that runs or has failed does not change it (?)."""
        if self.update and self.update.timeline.status(now) == ACTIVE:
            return self.update.schema_arn
        return self.schema_arn

    def begin(self, update: Update) -> None:
        """Begin an update."""
        self.schema_arn = self.schema_at(update.created)
        super().begin(update)

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return {
            "name": self.name,
            "datasetArn": self.arn,
            "datasetType": self.dataset_type,
            **self.dates(now),
        }

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | members(
            datasetGroupArn=self.dataset_group_arn,
            schemaArn=self.schema_at(now),
            trackingId=self.tracking_id,
            latestDatasetUpdate=self.update and self.update.summary(now),
        )

    def state(self, now: datetime) -> dict[str, object]:
        """The description, with what no operation returns."""
        return super().state(now) | {"records": self.records, "events": self.events}

    def blocks(self, other: Resource, now: datetime) -> str | None:
        """The schema cannot be deleted, and neither can the group."""
        update = self.update if self.update and self.update.running(now) else None
        if other.arn in {self.schema_at(now), update and update.schema_arn}:
            return f"{other.arn} is used by {self.arn}: delete that dataset first"
        return super().blocks(other, now)


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateDataset. The case of the type does not matter (rule 15)."""
    account, now = context.account, context.now
    kind = request["datasetType"].upper()
    if kind not in schema_rules.TYPES:
        known = ", ".join(schema_rules.TYPES)
        raise invalid_input(f"datasetType must be one of {known}: got {request['datasetType']}")
    tags = parsed(request.get("tags", ()))
    schema = account[Schema].get(request["schemaArn"], now)
    group = dataset_group.active(context, request["datasetGroupArn"])
    _require_fitting(schema, kind, group)
    arn = context.scope.arn("dataset", group.name, kind)
    account[Dataset].require_free(arn, now)
    seconds = context.setting(DatasetDurations).dataset
    dataset = Dataset(
        arn=arn,
        name=request["name"],
        created=now,
        timeline=context.creation("dataset", request["name"], seconds),
        tags=tags,
        dataset_group_arn=group.arn,
        dataset_type=kind,
        schema_arn=request["schemaArn"],
        tracking_id=context.new_uuid() if kind == "ACTION_INTERACTIONS" else None,
    )
    account[Dataset].add(dataset)
    return {"datasetArn": arn}


def update(context: Context, request: Request) -> dict[str, object]:
    """Answer UpdateDataset: another schema for a dataset of items or users (rule 182)."""
    now, account = context.now, context.account
    dataset = account[Dataset].get(request["datasetArn"], now)
    if dataset.dataset_type not in _UPDATABLE or dataset.schema_arn is None:
        raise invalid_input(
            f"{dataset.arn} is of type {dataset.dataset_type}: only the schema of a dataset of type"
            f" {' or '.join(_UPDATABLE)} can be replaced"
        )
    schema = account[Schema].get(request["schemaArn"], now)
    obstacle = dataset.busy(now)
    if obstacle is None and dataset.status(now) != ACTIVE:
        obstacle = f"{dataset.arn} is {dataset.status(now)}: wait until it is {ACTIVE}"
    if obstacle is not None:
        raise in_use(obstacle)
    group = dataset_group.active(context, dataset.dataset_group_arn)
    _require_fitting(schema, dataset.dataset_type, group)
    before = account[Schema].get(str(dataset.schema_at(now)), now)
    found = schema_rules.replacement_problems(before.document, schema.document)
    if found:
        raise invalid_input(f"{schema.arn} cannot replace {before.arn}: {'; '.join(found)}")
    seconds = context.setting(DatasetDurations).dataset_update
    timeline = context.creation("dataset_update", dataset.name, seconds)
    dataset.begin(DatasetUpdate(now, timeline, schema.arn))
    return {"datasetArn": dataset.arn}


def _require_fitting(schema: Schema, kind: str, group: DatasetGroup) -> None:
    """Refuse a schema that does not fit a dataset of this type in this group."""
    if group.domain and schema.domain != group.domain:
        raise invalid_input(
            f"{schema.arn} must be of the domain {group.domain}, as {group.arn} is: got {schema.domain}"
        )
    found = schema_rules.problems(schema.document, kind, group.domain)
    if found:
        raise invalid_input(f"{schema.arn} does not fit a dataset of type {kind}: {'; '.join(found)}")


def _arn_path(request: Mapping[str, object]) -> tuple[str, ...]:
    """A dataset's ARN has no name: it ends in `GROUP/TYPE`."""
    return str(request.get("datasetGroupArn")).rpartition("/")[2], str(request.get("datasetType")).upper()


KIND = Kind(
    noun="Dataset",
    resource=Dataset,
    create=create,
    more={"UpdateDataset": update},
    list_of="datasetGroupArn",
    arn_type="dataset",
    arn_depth=2,
    new_arn=_arn_path,
    failures=("dataset", "dataset_update"),
    table=Table("Datasets", ("name", "status", "datasetType", "datasetGroupArn", "creationDateTime")),
)
