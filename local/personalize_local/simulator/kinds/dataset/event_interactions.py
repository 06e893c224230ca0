"""The dataset of a group's events, which the service makes for the group's event tracker (rule 168)."""

from __future__ import annotations

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import in_use
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import Resource
from personalize_local.simulator.engine.timeline import ACTIVE, CREATE_IN_PROGRESS, CREATE_PENDING, Timeline
from personalize_local.simulator.kinds.dataset.dataset import Dataset
from personalize_local.simulator.kinds.dataset_group import DatasetGroup

TYPE = "EVENT_INTERACTIONS"
"""Its type. CreateDataset does not take it."""


def find(context: Context, group_arn: str) -> Dataset | None:
    """Return the dataset of a group's events. None before the first tracker, and once it is deleted."""
    return context.account[Dataset].find(_arn(context, group_arn), context.now)


def ensure(context: Context, group: DatasetGroup, seconds: float) -> None:
    """Make the dataset for a new tracker, unless an earlier tracker has left one behind.

    Its name, and that it has no schema, are not documented (?).

    Args:
        context: The surroundings of the call.
        group: The dataset group.
        seconds: The time until it is ACTIVE.

    Raises:
        ServiceError: It is being deleted (`ResourceInUseException`).
    """
    found, now = find(context, group.arn), context.now
    if found is None:
        context.account[Dataset].add(
            Dataset(
                arn=_arn(context, group.arn),
                name=TYPE,
                created=now,
                timeline=Timeline.creating(now, seconds),
                tags={},
                dataset_group_arn=group.arn,
                dataset_type=TYPE,
                schema_arn=None,
                tracking_id=None,
            )
        )
    elif found.status(now) not in {CREATE_PENDING, CREATE_IN_PROGRESS, ACTIVE}:
        raise in_use(f"{found.arn} is {found.status(now)}: wait until it is gone")


def is_of(resource: Resource, group_arn: str) -> bool:
    """Whether a resource is the dataset of a group's events."""
    return isinstance(resource, Dataset) and (resource.dataset_group_arn, resource.dataset_type) == (
        group_arn,
        TYPE,
    )


def events(context: Context, group_arn: str) -> list[Request]:
    """Return the events of PutEvents as they were sent, each with its user and session."""
    found = find(context, group_arn)
    return found.events if found else []


def _arn(context: Context, group_arn: str) -> str:
    return context.scope.arn("dataset", group_arn.rpartition("/")[2], TYPE)
