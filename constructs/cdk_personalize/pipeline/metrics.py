"""The CloudWatch metrics of a pipeline, and a dashboard's widgets with them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Unpack

from constructs import Construct

from cdk_personalize.model.metrics import MetricOptions
from cdk_personalize.pipeline import names
from cdk_personalize.pipeline.definition import telling
from cdk_personalize.pipeline.gate import MetricGate
from cdk_personalize.pipeline.metric_names import known_metrics
from cdk_personalize.solution.base import ISolution

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from constructs import Node

    from cdk_personalize.campaign.construct import Campaign


class PipelineMetrics:
    """The metrics that runs put into CloudWatch.

    List it after `Resource` in the base classes of a construct, as `SolutionBase`.
    """

    _solution: ISolution
    _campaign: Campaign | None
    _gate: MetricGate | None

    @property
    @abstractmethod
    def node(self) -> Node:
        """Its place in the construct tree; a `Resource` has it."""

    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return a metric of this pipeline: the count of an outcome, or a metric of its candidates.

        Args:
            metric_name: An outcome, such as `REJECTED`, or a metric such as `coverage`.
            options: As of `aws_cloudwatch.Metric`. Default: - those of CloudWatch.
        """
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 (slow, and most apps never need it)

        assert isinstance(self, Construct)  # noqa: S101 (see the class)
        options["dimensions_map"] = {"Pipeline": names.label(self), **options.get("dimensions_map", {})}
        return cloudwatch.Metric(namespace=telling.NAMESPACE, metric_name=metric_name, **options)

    def metric_promoted(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many versions were promoted.

        Args:
            options: As of `metric`. Default: - the sum over five minutes.
        """
        return self._count("PROMOTED", options)

    def metric_rejected(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many versions were rejected. Set an alarm on it: a rejection has a price (rule 143).

        Args:
            options: As of `metric`. Default: - the sum over five minutes.
        """
        return self._count("REJECTED", options)

    def metric_failed(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many runs failed, timed out or were aborted.

        Args:
            options: As of `metric`. Default: - the sum over five minutes.
        """
        return self._count("FAILED", options)

    def dashboard_widgets(self) -> list[cloudwatch.IWidget]:
        """Return widgets for a dashboard of your own, each half as wide as a dashboard.

        They show the outcomes of runs, the metrics of candidates over time, the time and errors of trainings,
        and the campaign's traffic against its provisioned TPS. Outcomes and metrics have a point per day, so
        show weeks. `PersonalizeDashboard` is a dashboard with them.

        There is none for metrics if the names of the recipe's metrics are not published and the gate has
        none, and none for the traffic of a campaign whose requests the service doesn't count.
        """
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 (slow, and most apps never need it)

        from cdk_personalize.dashboard import widgets  # noqa: PLC0415

        day = widgets.DAILY
        outcomes = [
            self.metric_promoted(period=day, label="Promoted", color=cloudwatch.Color.GREEN),
            self.metric_rejected(period=day, label="Rejected", color=cloudwatch.Color.ORANGE),
            self.metric_failed(period=day, label="Failed", color=cloudwatch.Color.RED),
        ]
        gated = [check.metric for check in self._gate.checks] if self._gate else []
        names = dict.fromkeys([*gated, *sorted(known_metrics(self._solution))])
        candidates = [self.metric(name, period=day, label=name) for name in names]
        return [
            *widgets.of_runs(self.node.path, outcomes, candidates),
            *widgets.of_solution(self._solution),
            *(widgets.of_campaign(self._campaign) if self._campaign else []),
        ]

    def _count(self, outcome: str, options: MetricOptions) -> cloudwatch.Metric:
        options.setdefault("statistic", "Sum")
        return self.metric(outcome, **options)
