"""Dataset groups: what datasets and solutions live in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use, invalid_input, limit_exceeded
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import ACTIVE, Timeline


@dataclass(kw_only=True)
class DatasetGroup(Resource):
    """A dataset group.

    Attributes:
        domain: The domain, of a domain dataset group; such a group may hold custom solutions too (rule 42).
        role_arn: The role that may use the key.
        kms_key_arn: The key that encrypts the group's data.
        events: What PutEvents has put, each as it was sent, with its user and session.
    """

    domain: str | None
    role_arn: str | None
    kms_key_arn: str | None
    events: list[Request] = field(default_factory=list)

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
        """The whole description."""
        return self.summary(now) | members(roleArn=self.role_arn, kmsKeyArn=self.kms_key_arn)


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateDatasetGroup."""
    groups, now, name = context.account.dataset_groups, context.now, request["name"]
    arn = context.scope.arn("dataset-group", name)
    tags = parsed(request.get("tags", ()))
    if ("roleArn" in request) != ("kmsKeyArn" in request):
        raise invalid_input("kmsKeyArn and roleArn must be given together, or neither")
    groups.require_free(arn, now)
    most = context.limits.dataset_groups
    if sum(1 for _ in groups.live(now)) >= most:
        raise limit_exceeded(f"More than {most} dataset groups in this account and Region")
    failure = context.outcomes.failure("dataset_group", name)
    group = DatasetGroup(
        arn=arn,
        name=name,
        created=now,
        timeline=Timeline.creating(now, context.durations.dataset_group, failure),
        tags=tags,
        domain=request.get("domain"),
        role_arn=request.get("roleArn"),
        kms_key_arn=request.get("kmsKeyArn"),
    )
    groups.add(group)
    return members(datasetGroupArn=arn, domain=group.domain)


def active(context: Context, arn: str) -> DatasetGroup:
    """The group with this ARN, ready for something to be made in it.

    Raises:
        ServiceError: There is none (`ResourceNotFoundException`), or it is not ACTIVE
            (`InvalidInputException`).
    """
    group = context.account.dataset_groups.get(arn, context.now)
    if group.status(context.now) != ACTIVE:
        raise invalid_input(f"{group.arn} is {group.status(context.now)}: wait until it is {ACTIVE}")
    return group


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeDatasetGroup."""
    group = context.account.dataset_groups.get(request["datasetGroupArn"], context.now)
    return {"datasetGroup": group.describe(context.now)}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteDatasetGroup; refused while anything is left in the group (rule 80)."""
    account, now = context.account, context.now
    group = account.dataset_groups.get(request["datasetGroupArn"], now)
    inside = (
        resource.arn
        for shelf in (account.solutions, account.event_trackers, account.filters, account.datasets)
        for resource in shelf.live(now)
        if resource.dataset_group_arn == group.arn
    )
    left = next(inside, None)
    if left is not None:
        raise in_use(f"{group.arn} still has {left}: delete that first, and wait until it is gone")
    group.delete(now, context.durations.delete)
    return {}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListDatasetGroups."""
    groups = context.account.dataset_groups.live(context.now)
    return listing("datasetGroups", request, ((group.key, group.summary(context.now)) for group in groups))
