"""Datasets: one of each type in a dataset group. Only what is put record by record is in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import Timeline
from personalize_local.simulator.kinds import dataset_group, dataset_schema
from personalize_local.simulator.kinds.dataset_group import DatasetGroup
from personalize_local.simulator.kinds.schema import Schema


@dataclass(kw_only=True)
class Dataset(Resource):
    """A dataset.

    Attributes:
        dataset_group_arn: The group it belongs to.
        dataset_type: One of the service's types, in upper case as the ARN has it.
        schema_arn: What its records look like.
        tracking_id: What PutActionInteractions names a dataset of action interactions by; none of others.
        records: What PutItems or PutUsers have put, the properties by the id.
    """

    dataset_group_arn: str
    dataset_type: str
    schema_arn: str
    tracking_id: str | None
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return {
            "name": self.name,
            "datasetArn": self.arn,
            "datasetType": self.dataset_type,
            **self.dates(now),
        }

    def describe(self, now: datetime) -> dict[str, object]:
        """The whole description."""
        return self.summary(now) | members(
            datasetGroupArn=self.dataset_group_arn, schemaArn=self.schema_arn, trackingId=self.tracking_id
        )


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateDataset. Types are compared without regard to case (rule 15)."""
    account, now = context.account, context.now
    kind = request["datasetType"].upper()
    if kind not in dataset_schema.TYPES:
        known = ", ".join(dataset_schema.TYPES)
        raise invalid_input(f"datasetType must be one of {known}: got {request['datasetType']}")
    tags = parsed(request.get("tags", ()))
    schema = account.schemas.get(request["schemaArn"], now)
    group = dataset_group.active(context, request["datasetGroupArn"])
    _require_fitting(schema, kind, group)
    arn = context.scope.arn("dataset", group.name, kind)
    account.datasets.require_free(arn, now)
    failure = context.outcomes.failure("dataset", request["name"])
    dataset = Dataset(
        arn=arn,
        name=request["name"],
        created=now,
        timeline=Timeline.creating(now, context.durations.dataset, failure),
        tags=tags,
        dataset_group_arn=group.arn,
        dataset_type=kind,
        schema_arn=request["schemaArn"],
        tracking_id=context.new_uuid() if kind == "ACTION_INTERACTIONS" else None,
    )
    account.datasets.add(dataset)
    return {"datasetArn": arn}


def _require_fitting(schema: Schema, kind: str, group: DatasetGroup) -> None:
    """Refuse a schema that is not one for this type of dataset in this group."""
    if group.domain and schema.domain != group.domain:
        raise invalid_input(
            f"{schema.arn} must be of the domain {group.domain}, as {group.arn} is: got {schema.domain}"
        )
    found = dataset_schema.problems(schema.document, kind, group.domain)
    if found:
        raise invalid_input(f"{schema.arn} is no schema of a dataset of type {kind}: {'; '.join(found)}")


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeDataset."""
    dataset = context.account.datasets.get(request["datasetArn"], context.now)
    return {"dataset": dataset.describe(context.now)}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteDataset; refused while a training may be reading the dataset (rule 80)."""
    account, now = context.account, context.now
    dataset = account.datasets.get(request["datasetArn"], now)
    for solution in account.solutions.live(now):
        if solution.dataset_group_arn == dataset.dataset_group_arn:
            for version in solution.unfinished(now):
                raise in_use(f"{dataset.arn} is used by {version.arn}, which is {version.status(now)}")
    dataset.delete(now, context.durations.delete)
    return {}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListDatasets, of all groups or of one."""
    group = request.get("datasetGroupArn")
    chosen = (
        (dataset.key, dataset.summary(context.now))
        for dataset in context.account.datasets.live(context.now)
        if group is None or dataset.dataset_group_arn == group
    )
    return listing("datasets", request, chosen, of=group)
