"""Datasets with imported data, in a simulated Personalize."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from support.requests.sample_data import INTERACTIONS_SCHEMA, ITEMS_SCHEMA, Sample, sample
from support.virtual_time.simulated import Simulated

IMPORT_SECONDS = 5
URI = "s3://films/interactions.csv"
ITEMS_URI = "s3://films/items.csv"

METRIC_NAMES = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
}
"""The metrics of a version that recommends items."""


@cache
def small() -> Sample:
    """About 5,000 interactions of users with tastes."""
    return sample(users=125, items=60, genres=5)


def dataset(
    sim: Simulated, kind: str = "Interactions", schema: str = INTERACTIONS_SCHEMA, **of: object
) -> str:
    """An ACTIVE dataset in the simulated group, with a schema of the sample."""
    made = sim.call("CreateSchema", name=kind, schema=schema, **of)["schemaArn"]
    parts = {"name": kind, "datasetType": kind, "datasetGroupArn": sim.group, "schemaArn": made}
    arn = str(sim.call("CreateDataset", **parts)["datasetArn"])
    sim.advance(1)
    return arn


def start(sim: Simulated, dataset_arn: str, uri: str = URI, name: str = "first", **members: object) -> str:
    """Start an import job."""
    request: Mapping[str, object] = {
        "jobName": name,
        "datasetArn": dataset_arn,
        "dataSource": {"dataLocation": uri},
        **members,
    }
    return str(sim.call("CreateDatasetImportJob", **request)["datasetImportJobArn"])


def job(sim: Simulated, arn: str) -> dict[str, Any]:
    """The description of an import job."""
    return dict(sim.call("DescribeDatasetImportJob", datasetImportJobArn=arn)["datasetImportJob"])


def imported(
    sim: Simulated, content: bytes, dataset_arn: str, uri: str = URI, **members: Any
) -> dict[str, Any]:
    """The description of an import job that has ended."""
    sim.service.put_object(uri, content)
    arn = start(sim, dataset_arn, uri, **members)
    sim.advance(IMPORT_SECONDS)
    return job(sim, arn)


def with_data(sim: Simulated, data: Sample | None = None) -> Simulated:
    """Import the interactions and the items of a sample."""
    data = data or small()
    assert imported(sim, data.interactions_csv, dataset(sim))["status"] == "ACTIVE"
    items = dataset(sim, "Items", ITEMS_SCHEMA)
    assert imported(sim, data.items_csv, items, ITEMS_URI, name="items")["status"] == "ACTIVE"
    return sim
