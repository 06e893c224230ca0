"""The widgets of dashboards, each half as wide as a dashboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from cdk_personalize.campaign.request import InvalidCampaignError

if TYPE_CHECKING:
    from cdk_personalize.campaign.construct import Campaign
    from cdk_personalize.solution.base import ISolution

_HALF = 12  # of the 24 columns of a dashboard
DAILY = Duration.days(1)  # trainings are rarer, and shorter periods have points too small to see


def of_runs(
    at: str, outcomes: Sequence[cloudwatch.IMetric], candidates: Sequence[cloudwatch.IMetric]
) -> list[cloudwatch.IWidget]:
    """Return widgets with the outcomes of runs, and with the metrics of their candidates if there are any.

    Args:
        at: The pipeline's path.
        outcomes: The metrics that count outcomes.
        candidates: The metrics of candidates.
    """
    found: list[cloudwatch.IWidget] = [
        cloudwatch.GraphWidget(
            title=f"Runs of {at}", width=_HALF, view=cloudwatch.GraphWidgetView.BAR, left=[*outcomes]
        )
    ]
    if candidates:
        found.append(
            cloudwatch.GraphWidget(title=f"Metrics of candidates of {at}", width=_HALF, left=[*candidates])
        )
    return found


def of_solution(solution: ISolution) -> list[cloudwatch.IWidget]:
    """Return a widget with the time and the errors of trainings."""
    return [
        cloudwatch.GraphWidget(
            title=f"Trainings of {solution.node.path}",
            width=_HALF,
            left=[solution.metric_training_time(period=DAILY, label="Training time")],
            right=[solution.metric_training_errors(period=DAILY, label="Errors", color=cloudwatch.Color.RED)],
            left_y_axis=cloudwatch.YAxisProps(label="Seconds", show_units=False, min=0),
            right_y_axis=cloudwatch.YAxisProps(label="Errors", show_units=False, min=0),
        )
    ]


def of_campaign(campaign: Campaign) -> list[cloudwatch.IWidget]:
    """Return a widget with the requests and the provisioned TPS used; none if requests have no metrics."""
    try:
        used, requests = campaign.metric_provisioned_tps_used(), campaign.metric_requests(label="Requests")
    except InvalidCampaignError:
        return []
    provisioned = cloudwatch.HorizontalAnnotation(value=100, label="Provisioned")
    return [
        cloudwatch.GraphWidget(
            title=f"Traffic of {campaign.node.path}",
            width=_HALF,
            left=[used],
            left_annotations=[provisioned],
            right=[requests],
            left_y_axis=cloudwatch.YAxisProps(label="Percent", show_units=False, min=0),
            right_y_axis=cloudwatch.YAxisProps(label="Requests", show_units=False, min=0),
        )
    ]
