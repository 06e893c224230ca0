"""What every campaign offers, defined in a stack or imported."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, Unpack, cast

from aws_cdk import Duration, IResource
from aws_cdk import aws_iam as iam
from constructs import Construct, Node

from cdk_personalize.campaign.request import InvalidCampaignError
from cdk_personalize.model import grants, metrics, value_types
from cdk_personalize.model.findings import Problem
from cdk_personalize.model.metrics import MetricOptions
from cdk_personalize.model.objects import DURATION, WholeSeconds
from cdk_personalize.model.value_types import Integer
from cdk_personalize.recipe.recipe import Recipe

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk.interfaces import ResourceEnvironment

# The operation that a campaign answers, by the type of its recipe.
_RANKING = "GetPersonalizedRanking"
_OPERATIONS = {"PERSONALIZED_RANKING": _RANKING, "PERSONALIZED_ACTIONS": "GetActionRecommendations"}
_WITH_METRICS = ("GetRecommendations", _RANKING)  # rule 134

_MINUTE, _WEEK = 60, 7 * 24 * 3600
_IDLE_HOURS = range(1, 7 * 24 + 1)  # CloudWatch evaluates a week at most


_THRESHOLD = Integer(min=1)  # with 0, the alarm would never be OK


class _Minutes(WholeSeconds):
    """The period of an alarm."""

    def problems(self, value: Any, at: str) -> Iterator[Problem]:
        wrong = [*super().problems(value, at)]
        yield from wrong
        seconds = 0 if wrong else value.to_seconds()
        if not wrong and (seconds % _MINUTE or not _MINUTE <= seconds <= _WEEK):
            yield Problem(
                argument=at,
                value=value.to_human_string(),
                rule="must be whole minutes, 1 to 10080, which is as far as an alarm looks back",
                fix=self.hint,
            )


_PERIOD = _Minutes(member="to_seconds", what="a Duration", hint="pass one such as Duration.minutes(5)")


class ICampaign(IResource, Protocol):
    """A campaign, defined in a stack or imported, for type hints.

    Get one from `Campaign(...)`, `Campaign.fixed`, `Campaign.following_latest`, `Campaign.from_campaign_arn`,
    `Campaign.from_campaign_name` or `Campaign.from_campaign_attributes`.
    """

    @property
    def campaign_arn(self) -> str:
        """The campaign's ARN."""
        ...

    @property
    def campaign_name(self) -> str:
        """The campaign's name."""
        ...

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Allow actions on this campaign."""
        ...

    def grant_get_recommendations(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow getting recommendations."""
        ...

    def grant_get_personalized_ranking(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow ranking items for a user."""
        ...

    def grant_get_action_recommendations(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow getting recommended actions."""
        ...

    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """A CloudWatch metric of this campaign."""
        ...

    def metric_requests(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """How many requests succeeded."""
        ...

    def metric_latency(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """How long successful requests took, in milliseconds."""
        ...

    def metric_client_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """How many requests had a 4xx response."""
        ...

    def metric_server_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """How many requests had a 5xx response."""
        ...

    def alarm_when_idle(self, id: str, *, after: Duration | None = None) -> cloudwatch.Alarm:
        """An alarm for a campaign that is billed and not used."""
        ...

    def alarm_on_errors(
        self, id: str, *, threshold: int = 1, period: Duration | None = None
    ) -> cloudwatch.Alarm:
        """An alarm for requests that failed."""
        ...


class CampaignBase:
    """The grants, metrics and alarms of a campaign, which need only its ARN and its recipe.

    List it after `Resource` in the base classes of a construct. For each new construct, jsii checks every
    member of the classes before `Resource` for overrides, which takes time.
    """

    _recipe: Recipe | None

    @property
    @abstractmethod
    def env(self) -> ResourceEnvironment:
        """The account and Region that it is in; a `Resource` has it."""

    @property
    @abstractmethod
    def node(self) -> Node:
        """Its place in the construct tree; a `Resource` has it."""

    @property
    @abstractmethod
    def campaign_arn(self) -> str:
        """The campaign's ARN."""

    @property
    @abstractmethod
    def campaign_name(self) -> str:
        """The campaign's name."""

    def grant(self, grantee: iam.IGrantable, *actions: str) -> iam.Grant:
        """Allow actions on this campaign.

        Only List actions, other than ListTagsForResource, are allowed on `*`: they have no resource types
        (rule 127).

        Args:
            grantee: The principal: a role, a function, a user.
            actions: IAM actions such as `personalize:DescribeCampaign`.
        """
        return grants.grant(grantee, actions, [self.campaign_arn], on=self.node)

    def grant_get_recommendations(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow GetRecommendations: recommended or similar items.

        Args:
            grantee: The principal.
        """
        return self.grant(grantee, "personalize:GetRecommendations")

    def grant_get_personalized_ranking(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow GetPersonalizedRanking: items in the order that suits a user.

        Args:
            grantee: The principal.
        """
        return self.grant(grantee, "personalize:GetPersonalizedRanking")

    def grant_get_action_recommendations(self, grantee: iam.IGrantable) -> iam.Grant:
        """Allow GetActionRecommendations: the next best actions for a user.

        Args:
            grantee: The principal.
        """
        return self.grant(grantee, "personalize:GetActionRecommendations")

    def metric(self, metric_name: str, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return a CloudWatch metric of this campaign, in the namespace AWS/Personalize (rule 134).

        Its dimension is `CampaignArn`.

        Args:
            metric_name: Such as `GetRecommendationsLatency`
                (https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html).
            options: As of `aws_cloudwatch.Metric`; `dimensions_map` adds dimensions.
                Default: - those of CloudWatch, which are the average over five minutes.
        """
        return metrics.metric(metric_name, {"CampaignArn": self.campaign_arn}, self.env, options)

    def metric_requests(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many requests succeeded.

        It counts GetPersonalizedRanking if the recipe ranks items, and GetRecommendations otherwise.

        Args:
            options: As of `metric`; `Sum` is the only statistic. Default: - the sum over five minutes.

        Raises:
            InvalidCampaignError: The service has no metrics for GetActionRecommendations, which campaigns of
                `Recipe.NEXT_BEST_ACTION` answer.
        """
        options.setdefault("statistic", "Sum")
        return self._metric_of_requests("", options)

    def metric_latency(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how long successful requests took, in milliseconds.

        Args:
            options: As of `metric`. Default: - the average over five minutes.

        Raises:
            InvalidCampaignError: As for `metric_requests`.
        """
        return self._metric_of_requests("Latency", options)

    def metric_client_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many requests had a 4xx response, throttled ones included.

        Args:
            options: As of `metric`. Default: - the sum over five minutes.

        Raises:
            InvalidCampaignError: As for `metric_requests`.
        """
        options.setdefault("statistic", "Sum")
        return self._metric_of_requests("4xxErrors", options)

    def metric_server_errors(self, **options: Unpack[MetricOptions]) -> cloudwatch.Metric:
        """Return how many requests had a 5xx response.

        Args:
            options: As of `metric`. Default: - the sum over five minutes.

        Raises:
            InvalidCampaignError: As for `metric_requests`.
        """
        options.setdefault("statistic", "Sum")
        return self._metric_of_requests("5xxErrors", options)

    def alarm_when_idle(self, id: str, *, after: Duration | None = None) -> cloudwatch.Alarm:
        """Define an alarm for a campaign without requests, which is billed all the same (rule 108).

        It is in alarm before the first request, too. Add actions to the alarm that it returns.

        Args:
            id: The alarm's id in the campaign's scope.
            after: How long without a successful request, in whole hours, 1 to 168. Default: - one day.

        Raises:
            InvalidCampaignError: `after` is out of range, or as for `metric_requests`.
        """
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 (slow, and most apps never need it)

        self._refuse(value_types.problems(DURATION, after, "after"))
        hours = 24.0 if after is None else after.to_hours(integral=False)
        if hours not in _IDLE_HOURS:
            problem = Problem(
                argument="after",
                value=f"{hours:g} hours",
                rule="must be whole hours, 1 to 168, which is as far as an alarm looks back",
                fix="leave it out for one day",
            )
            self._refuse([problem])
        return self.metric_requests(period=Duration.hours(1)).create_alarm(
            cast(Construct, self),
            id,
            alarm_description=f"No requests for {hours:g} hours, while the campaign is billed",
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=int(hours),
            threshold=1,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,  # no requests, no data
        )

    def alarm_on_errors(
        self, id: str, *, threshold: int = 1, period: Duration | None = None
    ) -> cloudwatch.Alarm:
        """Define an alarm for failed requests: 4xx, which includes throttled ones (rule 159), and 5xx.

        Add actions to the alarm that it returns.

        Args:
            id: The alarm's id in the campaign's scope.
            threshold: How many in one period are too many, at least 1. Default: 1.
            period: The period: whole minutes, up to 7 days. Default: - five minutes.

        Raises:
            InvalidCampaignError: `threshold` or `period` is out of range, or as for `metric_requests`.
        """
        from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 (slow, and most apps never need it)

        self._refuse(
            [
                *value_types.required(_THRESHOLD, threshold, "threshold"),
                *value_types.problems(_PERIOD, period, "period"),
            ]
        )
        errors = cloudwatch.MathExpression(
            expression="FILL(client, 0) + FILL(server, 0)",
            using_metrics={"client": self.metric_client_errors(), "server": self.metric_server_errors()},
            label="Failed requests",
            period=period or Duration.minutes(5),
        )
        return errors.create_alarm(
            cast(Construct, self),
            id,
            alarm_description="The campaign answered requests with errors",
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=1,
            threshold=threshold,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )

    def _refuse(self, problems: Iterable[Problem]) -> None:
        if found := [*problems]:
            raise InvalidCampaignError(self.node.path, found)

    def _metric_of_requests(self, suffix: str, options: MetricOptions) -> cloudwatch.Metric:
        facts = None if self._recipe is None else self._recipe.facts
        operation = _OPERATIONS.get(facts.recipe_type if facts else "", "GetRecommendations")
        if operation not in _WITH_METRICS:
            problem = Problem(
                argument="recipe",
                value=facts.name if facts else None,
                rule=f"must be one whose requests the service counts: {operation} has no documented metrics",
                fix="count requests in your application; if the service has metrics now, use metric(name)",
            )
            self._refuse([problem])
        return self.metric(f"{operation}{suffix}", **options)
