"""The differences between the environments."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from cdk_personalize import AutoTraining


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of an environment.

    Attributes:
        auto_training: Whether and how often the service trains, and bills, automatically.
        removal_policy: Whether data and solutions that leave their stack are deleted.
        log_retention: How long the provider's log is kept.
    """

    auto_training: AutoTraining
    removal_policy: RemovalPolicy
    log_retention: RetentionDays


DEV = Settings(
    auto_training=AutoTraining.DISABLED,  # developers train manually
    removal_policy=RemovalPolicy.DESTROY,
    log_retention=RetentionDays.ONE_WEEK,
)
PROD = Settings(
    auto_training=AutoTraining.every(days=7),
    removal_policy=RemovalPolicy.RETAIN,
    log_retention=RetentionDays.ONE_YEAR,
)
