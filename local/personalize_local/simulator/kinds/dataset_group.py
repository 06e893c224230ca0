"""Dataset groups: the containers of datasets, solutions, event trackers and filters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input, limit_exceeded
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE


@dataclass(frozen=True)
class DatasetGroupDurations:
    """Seconds.

    Attributes:
        dataset_group: From CreateDatasetGroup to ACTIVE.
    """

    dataset_group: float = 1


@dataclass(frozen=True)
class DatasetGroupLimits:
    """Quotas.

    Attributes:
        dataset_groups: Dataset groups in an account and Region (rule 117).
    """

    dataset_groups: int = 5


@dataclass(kw_only=True)
class DatasetGroup(Resource):
    """A dataset group.

    Attributes:
        domain: The domain of a domain dataset group. Such a group can have custom solutions too (rule 42).
        role_arn: The role that can use the key.
        kms_key_arn: The key that encrypts the group's data.
    """

    domain: str | None
    role_arn: str | None
    kms_key_arn: str | None

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            name=self.name,
            datasetGroupArn=self.arn,
            domain=self.domain,
            failureReason=self.failure(now),
            **self.dates(now),
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | members(roleArn=self.role_arn, kmsKeyArn=self.kms_key_arn)


@dataclass(kw_only=True)
class InDatasetGroup(Resource):
    """A resource of a dataset group. The group cannot be deleted before it is gone (rule 80).

    Attributes:
        dataset_group_arn: The group.
    """

    dataset_group_arn: str

    def belongs_to(self, arn: str, now: datetime) -> bool:  # noqa: ARG002 (the group never changes)
        """Whether `arn` is that of the group."""
        return self.dataset_group_arn == arn

    def blocks(self, other: Resource, now: datetime) -> str | None:  # noqa: ARG002
        """The group cannot be deleted yet."""
        if self.dataset_group_arn == other.arn:
            return f"{other.arn} still has {self.arn}: delete that first, and wait until it is gone"
        return None


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateDatasetGroup."""
    groups, now, name = context.account[DatasetGroup], context.now, request["name"]
    arn = context.scope.arn("dataset-group", name)
    tags = parsed(request.get("tags", ()))
    if ("roleArn" in request) != ("kmsKeyArn" in request):
        raise invalid_input("kmsKeyArn and roleArn must be given together, or neither")
    groups.require_free(arn, now)
    most = context.setting(DatasetGroupLimits).dataset_groups
    if sum(1 for _ in groups.live(now)) >= most:
        raise limit_exceeded(f"More than {most} dataset groups in this account and Region")
    seconds = context.setting(DatasetGroupDurations).dataset_group
    group = DatasetGroup(
        arn=arn,
        name=name,
        created=now,
        timeline=context.creation("dataset_group", name, seconds),
        tags=tags,
        domain=request.get("domain"),
        role_arn=request.get("roleArn"),
        kms_key_arn=request.get("kmsKeyArn"),
    )
    groups.add(group)
    return members(datasetGroupArn=arn, domain=group.domain)


def active(context: Context, arn: str) -> DatasetGroup:
    """Return the group with this ARN, for something to be created in it.

    Raises:
        ServiceError: There is none (`ResourceNotFoundException`), or it is not ACTIVE
            (`InvalidInputException`).
    """
    group = context.account[DatasetGroup].get(arn, context.now)
    if group.status(context.now) != ACTIVE:
        raise invalid_input(f"{group.arn} is {group.status(context.now)}: wait until it is {ACTIVE}")
    return group


KIND = Kind(
    noun="DatasetGroup",
    resource=DatasetGroup,
    create=create,
    arn_type="dataset-group",
    failures=("dataset_group",),
    table=Table("Dataset groups", ("name", "status", "domain", "failureReason", "creationDateTime")),
)
