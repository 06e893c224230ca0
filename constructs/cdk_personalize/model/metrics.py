"""CloudWatch metrics of the service's resources (rule 134)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from cdk_personalize.model.tokens import is_token

if TYPE_CHECKING:
    from aws_cdk import Duration
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk.interfaces import ResourceEnvironment


class MetricOptions(TypedDict, total=False):
    """Options of a metric, as of CloudWatch's own `Metric`."""

    account: str
    color: str
    dimensions_map: dict[str, str]
    label: str
    period: Duration
    region: str
    statistic: str
    unit: cloudwatch.Unit


def metric(
    metric_name: str, dimensions: dict[str, str], place: ResourceEnvironment, options: MetricOptions
) -> cloudwatch.Metric:
    """Return a metric of the namespace AWS/Personalize.

    Args:
        metric_name: Its name.
        dimensions: Those of the resource.
        place: Where the resource is, which for an existing one may not be where the stack is.
        options: Yours. `dimensions_map` adds dimensions.
    """
    from aws_cdk import aws_cloudwatch as cloudwatch  # noqa: PLC0415 (slow, and most apps never need it)

    if not is_token(place.account):
        options.setdefault("account", place.account)
    if not is_token(place.region):
        options.setdefault("region", place.region)
    options["dimensions_map"] = {**dimensions, **options.get("dimensions_map", {})}
    return cloudwatch.Metric(namespace="AWS/Personalize", metric_name=metric_name, **options)
