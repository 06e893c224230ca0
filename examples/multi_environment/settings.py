"""In what the environments differ."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from cdk_personalize import AutoTraining


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an environment can choose.

    Attributes:
        auto_training: Whether and how often the service trains by itself, which it bills.
        removal_policy: What becomes of data and solutions that leave their stack.
        log_retention: How long the log of the deploys is kept.
    """

    auto_training: AutoTraining
    removal_policy: RemovalPolicy
    log_retention: RetentionDays


DEV = Settings(
    auto_training=AutoTraining.DISABLED,  # who works on it trains by hand
    removal_policy=RemovalPolicy.DESTROY,
    log_retention=RetentionDays.ONE_WEEK,
)
PROD = Settings(
    auto_training=AutoTraining.every(days=7),
    removal_policy=RemovalPolicy.RETAIN,
    log_retention=RetentionDays.ONE_YEAR,
)
