"""A simulated Personalize on a frozen clock, with short words for common calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from personalize_local.simulator import Failure, Personalize, Scope, ServiceError
from support.requests.avro import avro

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR = 3600
DAY = 24 * HOUR
OF_EVENTS_AND_FILTERS = {
    f"{verb}{noun}" for verb in ("Create", "Describe", "Delete") for noun in ("EventTracker", "Filter")
} | {
    "ListEventTrackers",
    "ListFilters",
    "PutEvents",
    "PutItems",
    "PutUsers",
    "UpdateDataset",
}
"""Operations on event trackers and filters, those that put records, and UpdateDataset."""
OF_DATA = {
    "CreateDatasetImportJob",
    "DescribeDatasetImportJob",
    "GetPersonalizedRanking",
    "GetSolutionMetrics",
    "ListDatasetImportJobs",
}
"""Operations that need imported data."""

OF_RECOMMENDERS_AND_RANKINGS = {
    f"{verb}Recommender" for verb in ("Create", "Describe", "Update", "Stop", "Start", "Delete")
} | {"ListRecommenders", "GetPersonalizedRanking"}
"""Operations on recommenders, and the one that ranks."""

OF_BATCH_JOBS = {
    name.format(kind)
    for kind in ("BatchInferenceJob", "BatchSegmentJob")
    for name in ("Create{}", "Describe{}", "List{}s")
}
"""Operations that need files in S3."""

_SCOPE = Scope("aws", "us-east-1", "123456789012")


@dataclass
class Simulated:
    """A service, one caller, and a clock that moves only when a test advances it."""

    service: Personalize
    scope: Scope = _SCOPE
    group: str = field(default=_SCOPE.arn("dataset-group", "films"))

    def call(self, operation: str, **params: object) -> dict[str, Any]:
        return self.service.call(operation, params, self.scope)

    def refusal(self, operation: str, **params: object) -> tuple[str, str]:
        with pytest.raises(ServiceError) as refused:
            self.call(operation, **params)
        return refused.value.code, refused.value.message

    def advance(self, seconds: float) -> None:
        self.service.advance(seconds)

    def recipe(self, name: str) -> str:
        return self.scope.shared_arn("recipe", name)

    def request(self, **members: object) -> Mapping[str, object]:
        defaults = {
            "name": "watch-next",
            "datasetGroupArn": self.group,
            "recipeArn": self.recipe("aws-user-personalization-v2"),
            "performAutoTraining": False,
        }
        return {name: value for name, value in (defaults | members).items() if value is not None}

    def create(self, **members: object) -> str:
        return str(self.call("CreateSolution", **self.request(**members))["solutionArn"])

    def active(self, **members: object) -> str:
        arn = self.create(**members)
        self.advance(1)
        return arn

    def solution(self, arn: str) -> dict[str, Any]:
        return dict(self.call("DescribeSolution", solutionArn=arn)["solution"])

    def status(self, arn: str) -> str:
        return str(self.solution(arn)["status"])

    def train(self, solution: str, **members: object) -> str:
        return str(self.call("CreateSolutionVersion", solutionArn=solution, **members)["solutionVersionArn"])

    def trained(self, solution: str, **members: object) -> str:
        arn = self.train(solution, **members)
        self.advance(1200)
        return arn

    def version(self, arn: str) -> dict[str, Any]:
        return dict(self.call("DescribeSolutionVersion", solutionVersionArn=arn)["solutionVersion"])

    def versions(self, solution: str) -> list[dict[str, Any]]:
        return list(self.call("ListSolutionVersions", solutionArn=solution)["solutionVersions"])

    def campaign(self, version: str, **members: object) -> str:
        members = {"name": "home-page", "solutionVersionArn": version} | members
        return str(self.call("CreateCampaign", **members)["campaignArn"])

    def dataset(self, kind: str) -> str:
        """An ACTIVE dataset of a type, in the group `films`, with a schema that is good enough."""
        schema = self.call("CreateSchema", name=kind, schema=avro(kind))["schemaArn"]
        parts = {"name": kind, "datasetType": kind, "datasetGroupArn": self.group, "schemaArn": schema}
        arn = str(self.call("CreateDataset", **parts)["datasetArn"])
        self.advance(1)
        return arn

    def fail(self, resource: str, reason: str = "out of data", name: str = "*") -> None:
        self.service.fail_next(Failure(resource, name, reason))

    def create_group(self, name: str, **members: object) -> str:
        arn = str(self.call("CreateDatasetGroup", name=name, **members)["datasetGroupArn"])
        self.advance(1)
        return arn
