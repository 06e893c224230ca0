"""The `PersonalizeDashboard` construct."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_personalize.dashboard import widgets
from cdk_personalize.model import value_types
from cdk_personalize.model.findings import refusal
from cdk_personalize.model.objects import SOLUTION, Like
from cdk_personalize.model.value_types import ListOf

if TYPE_CHECKING:
    from cdk_personalize.campaign.construct import Campaign
    from cdk_personalize.pipeline.construct import TrainingPipeline
    from cdk_personalize.solution.base import ISolution

_SHOWN = Duration.days(28)


_PIPELINES = ListOf(
    item=Like(member="dashboard_widgets", what="a pipeline", hint="pass a TrainingPipeline(...)")
)
_SOLUTIONS = ListOf(item=SOLUTION)
_CAMPAIGNS = ListOf(
    item=Like(
        member="metric_provisioned_tps_used", what="a campaign of this app", hint="pass a Campaign(...)"
    )
)


class PersonalizeDashboard(cloudwatch.Dashboard):
    """Define a CloudWatch dashboard of pipelines, solutions and campaigns.

    For a pipeline it shows the outcomes of runs, such as rejections, the metrics of candidates over time, the
    time and errors of trainings, and the campaign's traffic against its provisioned TPS. It shows the last 28
    days; you can choose another range in the console. `add_widgets` adds your own.

    Cost: CloudWatch bills dashboards beyond those of its free tier (https://aws.amazon.com/cloudwatch/pricing/).

    Args:
        scope: The parent construct.
        id: The construct's id in that scope.
        pipelines: Pipelines, with their solutions and campaigns.
        solutions: Solutions without a pipeline.
        campaigns: Campaigns without a pipeline.
        dashboard_name: The dashboard's name. Default: - CloudFormation generates it.

    Raises:
        InvalidConstructError: Something in the lists is none of those.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pipelines: Sequence[TrainingPipeline] = (),
        solutions: Sequence[ISolution] = (),
        campaigns: Sequence[Campaign] = (),
        dashboard_name: str | None = None,
    ) -> None:
        problems = [
            *value_types.required(_PIPELINES, pipelines, "pipelines"),
            *value_types.required(_SOLUTIONS, solutions, "solutions"),
            *value_types.required(_CAMPAIGNS, campaigns, "campaigns"),
        ]
        if error := refusal(scope, id, problems):
            raise error
        super().__init__(scope, id, dashboard_name=dashboard_name, default_interval=_SHOWN)
        groups = [
            *(pipeline.dashboard_widgets() for pipeline in pipelines),
            *map(widgets.of_solution, solutions),
            *map(widgets.of_campaign, campaigns),
        ]
        self.add_widgets(*(widget for group in groups for widget in group))
