"""Filters: expressions that narrow recommendations. They are kept and checked, and nothing is filtered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input, limit_exceeded
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.paging import listing
from personalize_local.simulator.engine.resource import Resource, members
from personalize_local.simulator.engine.tag_set import parsed
from personalize_local.simulator.engine.timeline import CREATE_FAILED, Timeline
from personalize_local.simulator.kinds import dataset_group
from personalize_local.simulator.kinds.filter_expression import problem_in


@dataclass(kw_only=True)
class Filter(Resource):
    """A filter.

    Attributes:
        dataset_group_arn: The group whose data it looks at.
        expression: What it keeps or leaves out.
    """

    dataset_group_arn: str
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
        """The whole description."""
        return self.summary(now) | {"filterExpression": self.expression}


def create(context: Context, request: Request) -> dict[str, object]:
    """Answer CreateFilter."""
    filters, now, name = context.account.filters, context.now, request["name"]
    tags = parsed(request.get("tags", ()))
    problem = problem_in(request["filterExpression"])
    if problem is not None:
        raise invalid_input(f"filterExpression {problem}")
    group = dataset_group.active(context, request["datasetGroupArn"])
    arn = context.scope.arn("filter", name)
    filters.require_free(arn, now)
    most = context.limits.filters
    if sum(other.status(now) != CREATE_FAILED for other in filters.live(now)) >= most:
        raise limit_exceeded(f"More than {most} filters in this account and Region")
    failure = context.outcomes.failure("filter", name)
    filters.add(
        Filter(
            arn=arn,
            name=name,
            created=now,
            timeline=Timeline.creating(now, context.durations.filter, failure),
            tags=tags,
            dataset_group_arn=group.arn,
            expression=request["filterExpression"],
        )
    )
    return {"filterArn": arn}


def describe(context: Context, request: Request) -> dict[str, object]:
    """Answer DescribeFilter."""
    found = context.account.filters.get(request["filterArn"], context.now)
    return {"filter": found.describe(context.now)}


def delete(context: Context, request: Request) -> dict[str, object]:
    """Answer DeleteFilter."""
    found = context.account.filters.get(request["filterArn"], context.now)
    found.delete(context.now, context.durations.delete)
    return {}


def list_all(context: Context, request: Request) -> dict[str, object]:
    """Answer ListFilters, of all groups or of one."""
    group = request.get("datasetGroupArn")
    chosen = (
        (found.key, found.summary(context.now))
        for found in context.account.filters.live(context.now)
        if group is None or found.dataset_group_arn == group
    )
    return listing("Filters", request, chosen, of=group)
