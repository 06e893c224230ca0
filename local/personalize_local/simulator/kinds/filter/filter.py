"""Filters: expressions that narrow recommendations. `matching` applies them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input, limit_exceeded
from personalize_local.simulator.engine.kind import Kind, Table
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.resource import members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import CREATE_FAILED
from personalize_local.simulator.kinds import dataset_group
from personalize_local.simulator.kinds.dataset_group import InDatasetGroup
from personalize_local.simulator.kinds.filter.expression import fields_in, problem_in


@dataclass(frozen=True)
class FilterDurations:
    """Seconds.

    Attributes:
        filter: From CreateFilter to ACTIVE.
    """

    filter: float = 1


@dataclass(frozen=True)
class FilterLimits:
    """Quotas.

    Attributes:
        filters: Filters in an account and Region (rule 117).
        filter_fields_per_dataset_group: Different fields in all filters of a group (rule 147).
    """

    filters: int = 30
    filter_fields_per_dataset_group: int = 20


@dataclass(kw_only=True)
class Filter(InDatasetGroup):
    """A filter.

    Attributes:
        expression: The filter expression, as it was sent.
    """

    expression: str

    def summary(self, now: datetime) -> dict[str, object]:
        """The entry in a list."""
        return members(
            name=self.name,
            filterArn=self.arn,
            datasetGroupArn=self.dataset_group_arn,
            failureReason=self.failure(now),
            **self.dates(now),
        )

    def describe(self, now: datetime) -> dict[str, object]:
        """The answer of Describe."""
        return self.summary(now) | {"filterExpression": self.expression}


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateFilter."""
    filters, now, name = context.account[Filter], context.now, request["name"]
    tags = parsed(request.get("tags", ()))
    problem = problem_in(request["filterExpression"])
    if problem is not None:
        raise invalid_input(f"filterExpression {problem}")
    group = dataset_group.active(context, request["datasetGroupArn"])
    arn = context.scope.arn("filter", name)
    filters.require_free(arn, now)
    most = context.setting(FilterLimits).filters
    if sum(other.status(now) != CREATE_FAILED for other in filters.live(now)) >= most:
        raise limit_exceeded(f"More than {most} filters in this account and Region")
    _require_few_fields(context, group.arn, request["filterExpression"])
    seconds = context.setting(FilterDurations).filter
    filters.add(
        Filter(
            arn=arn,
            name=name,
            created=now,
            timeline=context.creation("filter", name, seconds),
            tags=tags,
            dataset_group_arn=group.arn,
            expression=request["filterExpression"],
        )
    )
    return {"filterArn": arn}


def _require_few_fields(context: Context, group_arn: str, expression: str) -> None:
    """Count the fields of all filters of a group (rule 147)."""
    now, fields = context.now, fields_in(expression)
    for other in context.account[Filter].live(now):
        if other.dataset_group_arn == group_arn and other.status(now) != CREATE_FAILED:
            fields |= fields_in(other.expression)
    most = context.setting(FilterLimits).filter_fields_per_dataset_group
    if len(fields) > most:
        raise limit_exceeded(f"More than {most} fields in the filters of {group_arn}")


KIND = Kind(
    noun="Filter",
    resource=Filter,
    create=create,
    listed_as="Filters",
    list_of="datasetGroupArn",
    arn_type="filter",
    not_limited=frozenset({"CreateFilter", "DescribeFilter", "DeleteFilter", "ListFilters"}),
    failures=("filter",),
    table=Table(
        "Filters",
        ("name", "status", "filterExpression", "datasetGroupArn", "failureReason", "creationDateTime"),
    ),
)
