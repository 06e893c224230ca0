"""Alarms on the trainings of a solution."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns

from cdk_personalize import Solution

_HOUR = cdk.Duration.hours(1)


def alarm_on_trainings(solution: Solution, topic: sns.ITopic, *, longest: cdk.Duration) -> None:
    """Notify a topic of trainings that fail or take longer than `longest`.

    AWS documents a second dimension, SolutionVersionArn, but not whether there is a series without it
    (https://docs.aws.amazon.com/personalize/latest/dg/cloudwatch-metrics.html). Check that the alarm gets
    data before you rely on it.
    """
    watched = {
        "FailedTraining": (solution.metric_training_errors(period=_HOUR), 0),
        "SlowTraining": (
            solution.metric_training_time(statistic="Maximum", period=_HOUR),
            longest.to_seconds(),
        ),
    }
    for name, (values, most) in watched.items():
        alarm = cloudwatch.Alarm(
            solution,
            name,
            metric=values,
            threshold=most,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=1,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,  # most hours have no training
        )
        alarm.add_alarm_action(actions.SnsAction(topic))
