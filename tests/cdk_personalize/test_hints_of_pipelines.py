"""Next steps of messages about pipelines are followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import (
    Approval,
    AutoTraining,
    Bake,
    Campaign,
    Dataset,
    DatasetImport,
    ImportMode,
    InvalidPipelineError,
    MetricGate,
    Recipe,
    Schema,
    Solution,
    TrainingPipeline,
    WhenUnknown,
)
from support.requests.pipelines import DATASET, GROUP, NDCG, dataset, stack

SOLUTION = "arn:aws:personalize:us-east-1:000000000000:solution/movies"
TOPIC = "arn:aws:sns:us-east-1:000000000000:films"
ROLE = "arn:aws:iam::000000000000:role/films"
V2 = Recipe.USER_PERSONALIZATION_V2
COVERAGE = MetricGate.at_least("coverage", 0.2)
DAYS, HALF_HOUR = cdk.Duration.days, cdk.Duration.minutes(30)

Arguments = Callable[[cdk.Stack], dict[str, Any]]


def solution(scope: cdk.Stack, recipe: Recipe = V2, name: str = "ForYou", **more: Any) -> Solution:
    return Solution(scope, name, **{"dataset_group": GROUP, "recipe": recipe, **more})


def live(scope: cdk.Stack, of: Solution, **more: Any) -> dict[str, Any]:
    return {"solution": of, "campaign": Campaign(scope, "Live", solution=of), **more}


def given(**arguments: Any) -> Arguments:
    """A pipeline with a campaign, and these arguments."""
    return lambda scope: live(scope, solution(scope), **arguments)


def importing(scope: cdk.Stack, *datasets: str, **more: Any) -> dict[str, Any]:
    """A pipeline that imports into these datasets."""
    bucket = s3.Bucket.from_bucket_name(scope, "Bucket", "films")
    made = {name: dataset(scope, name, name) for name in dict.fromkeys(datasets)}
    imports = [DatasetImport(made[name], bucket, f"{name}/", **more) for name in datasets]
    return live(scope, solution(scope), imports=imports)


def imported(scope: cdk.Stack, into: Any, prefix: str = "a/") -> dict[str, Any]:
    bucket = s3.Bucket.from_bucket_name(scope, "Bucket", "films")
    return live(scope, solution(scope), imports=[DatasetImport(into, bucket, prefix)])


def _dataset_of(scope: cdk.Stack, group: str) -> Dataset:
    return Dataset(scope, "Data", dataset_group=group, schema=Schema.interactions(scope, "Schema"))


def _seconds_of_a_parameter(scope: cdk.Stack) -> cdk.Duration:
    parameter = cdk.CfnParameter(scope, "Seconds", type="Number")
    return cdk.Duration.seconds(parameter.value_as_number)


def compared(scope: cdk.Stack, *, by: float = 0.1, **baseline: Any) -> dict[str, Any]:
    popular = solution(scope, Recipe.POPULARITY_COUNT, "Popular", **baseline)
    return live(scope, solution(scope), gate=MetricGate.better_than_baseline(NDCG, popular, by=by))


def compared_with_itself(scope: cdk.Stack) -> dict[str, Any]:
    of = solution(scope)
    return live(scope, of, gate=MetricGate.better_than_baseline(NDCG, of))


def alarm(scope: cdk.Stack) -> cloudwatch.IAlarm:
    return cloudwatch.Alarm.from_alarm_arn(scope, "A", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a")


def baked(scope: cdk.Stack, count: int = 1, duration: cdk.Duration = HALF_HOUR) -> dict[str, Any]:
    return live(scope, solution(scope), bake=Bake(duration, alarms=[alarm(scope)] * count))


def baked_with_a_composite(scope: cdk.Stack) -> dict[str, Any]:
    rule = cloudwatch.AlarmRule.any_of(alarm(scope))
    composite = cloudwatch.CompositeAlarm(scope, "All", alarm_rule=rule)
    return live(scope, solution(scope), bake=Bake(HALF_HOUR, alarms=[composite]))


def approved(scope: cdk.Stack, timeout: cdk.Duration) -> dict[str, Any]:
    return live(scope, solution(scope), approval=Approval(sns.Topic(scope, "Topic"), timeout))


def of_another(scope: cdk.Stack) -> dict[str, Any]:
    other = live(scope, solution(scope, Recipe.POPULARITY_COUNT, "Popular"))
    return {**other, "solution": solution(scope)}


HINTS: list[tuple[str, Arguments, Arguments]] = [
    (
        "leave auto_training out on the solution, and give the pipeline a schedule",
        lambda scope: live(scope, solution(scope, auto_training=AutoTraining.every(days=7))),
        given(schedule=scheduler.ScheduleExpression.rate(DAYS(7))),
    ),
    (
        "pass the campaign, or leave gate out",
        lambda scope: {"solution": solution(scope), "gate": COVERAGE},
        lambda scope: {"solution": solution(scope)},
    ),
    (
        "use Campaign(...); to take over one that exists, use its adopt_existing",
        lambda scope: {
            "solution": solution(scope),
            "campaign": Campaign.from_campaign_name(scope, "Live", "live"),
        },
        lambda scope: {
            "solution": (of := solution(scope)),
            "campaign": Campaign(scope, "Live", solution=of, campaign_name="live", adopt_existing=True),
        },
    ),
    (
        "pass a campaign of this solution, or train the solution of this campaign",
        of_another,
        lambda scope: live(scope, solution(scope, Recipe.POPULARITY_COUNT, "Popular")),
    ),
    (
        'use MetricGate.at_least("coverage", 0.2) or one of its siblings',
        given(gate="coverage"),
        given(gate=MetricGate.at_least("coverage", 0.2)),
    ),
    (
        "add one, or leave gate out to promote every version that trained",
        given(gate=MetricGate.all_of()),
        given(),
    ),
    (
        "use WhenUnknown.REJECT",
        given(gate=MetricGate.all_of(COVERAGE, when_unknown="REJECT")),  # type: ignore[arg-type]
        given(gate=MetricGate.all_of(COVERAGE, when_unknown=WhenUnknown.REJECT)),
    ),
    (
        "pass a number such as 0.2",
        given(gate=MetricGate.at_least("coverage", "0.2")),  # type: ignore[arg-type]
        given(gate=MetricGate.at_least("coverage", 0.2)),
    ),
    (
        "write 5 % as 0.05",
        given(gate=MetricGate.no_drop("coverage", at_most=5)),
        given(gate=MetricGate.no_drop("coverage", at_most=0.05)),
    ),
    (
        "write 10 % as 0.10",
        lambda scope: compared(scope, by=-10),
        lambda scope: compared(scope, by=0.10),
    ),
    (
        "use a simple one, such as one with Recipe.POPULARITY_COUNT",
        compared_with_itself,
        compared,
    ),
    (
        "use a name of GetSolutionMetrics, such as coverage",
        given(gate=MetricGate.at_least("", 0.2)),
        given(gate=MetricGate.at_least("coverage", 0.2)),
    ),
    (
        "put the files of a dataset into one folder",
        lambda scope: importing(scope, *"abcdef"),
        lambda scope: importing(scope, *"abcde"),
    ),
    (
        "put the files into one folder",
        lambda scope: importing(scope, "a", "a"),
        lambda scope: importing(scope, "a"),
    ),
    (
        "use ImportMode.FULL",
        lambda scope: importing(scope, "a", mode="FULL"),
        lambda scope: importing(scope, "a", mode=ImportMode.FULL),
    ),
    (
        "use Dataset(...), or Dataset.from_dataset_arn(...) for one of another stack",
        lambda scope: imported(scope, DATASET),
        lambda scope: imported(scope, Dataset.from_dataset_arn(scope, "Watched", DATASET)),
    ),
    ("leave it out for a day", given(timeout=HALF_HOUR), given()),
    (
        "choose a shorter timeout or bake, or fewer imports and baselines",
        given(timeout=DAYS(7)),
        given(timeout=DAYS(1)),
    ),
    (
        "use Duration.hours(6), or leave it out",
        given(wait_on_first_deploy=cdk.Duration.hours(13)),
        given(wait_on_first_deploy=cdk.Duration.hours(6)),
    ),
    (
        "use Duration.days(1), or leave it out",
        lambda scope: approved(scope, DAYS(400)),
        lambda scope: approved(scope, DAYS(1)),
    ),
    ("pass one, or leave bake out", lambda scope: baked(scope, 0), baked),
    ("combine them in a CompositeAlarm", lambda scope: baked(scope, 51), baked_with_a_composite),
    (
        "use Duration.minutes(30)",
        lambda scope: baked(scope, duration=cdk.Duration.seconds(10)),
        lambda scope: baked(scope, duration=cdk.Duration.minutes(30)),
    ),
    (
        "write 20 % as 0.20",
        given(gate=MetricGate.at_least("coverage", 20)),
        given(gate=MetricGate.at_least("coverage", 0.20)),
    ),
    (
        "use MetricGate.at_least(...) or one of its siblings",
        given(gate=MetricGate(checks=(replace(COVERAGE.checks[0], kind="over"),))),
        given(gate=COVERAGE),
    ),
    (
        "use a simple one, such as one with Recipe.POPULARITY_COUNT",
        given(gate=MetricGate.better_than_baseline(NDCG, None)),  # type: ignore[arg-type]
        compared,
    ),
    (
        "use a solution of that dataset group",
        lambda scope: compared(scope, dataset_group=f"{GROUP}-2"),
        compared,
    ),
    (
        "pass a dataset of that dataset group",
        lambda scope: imported(scope, _dataset_of(scope, f"{GROUP}-2")),
        lambda scope: imported(scope, _dataset_of(scope, GROUP)),
    ),
    (
        "pass a Solution, or a Solution.from_solution_arn(...)",
        lambda _: {"solution": SOLUTION},
        lambda scope: {"solution": Solution.from_solution_arn(scope, "ForYou", SOLUTION)},
    ),
    (
        "pass an aws_s3.Bucket, or a Bucket.from_bucket_name(...)",
        lambda scope: live(scope, solution(scope), imports=[DatasetImport(dataset(scope), "films", "a/")]),  # type: ignore[arg-type]
        lambda scope: importing(scope, "a"),
    ),
    (
        "pass an aws_iam.Role, or a Role.from_role_arn(...)",
        lambda scope: importing(scope, "a", role=ROLE),
        lambda scope: importing(scope, "a", role=iam.Role.from_role_arn(scope, "Role", ROLE)),
    ),
    (
        'write the folder only, as in "interactions/"',
        lambda scope: imported(scope, dataset(scope), "s3://films/interactions/"),
        lambda scope: imported(scope, dataset(scope), "interactions/"),
    ),
    (
        'use DatasetImport(dataset, bucket, "folder/")',
        given(imports=["interactions/"]),
        lambda scope: importing(scope, "a"),
    ),
    (
        "pass an aws_sns.Topic, or a Topic.from_topic_arn(...)",
        given(notify=TOPIC),
        lambda scope: live(scope, solution(scope), notify=sns.Topic.from_topic_arn(scope, "Topic", TOPIC)),
    ),
    (
        "pass a topic without fifo=True",
        lambda scope: live(scope, solution(scope), notify=sns.Topic(scope, "Topic", fifo=True)),
        lambda scope: live(scope, solution(scope), notify=sns.Topic(scope, "Topic")),
    ),
    (
        "use Approval(topic)",
        lambda scope: live(scope, solution(scope), approval=sns.Topic(scope, "Topic")),
        lambda scope: live(scope, solution(scope), approval=Approval(sns.Topic(scope, "Topic"))),
    ),
    (
        'use Bake(Duration.minutes(30), alarms=[campaign.alarm_on_errors("Errors")])',
        given(bake=HALF_HOUR),
        lambda scope: live(
            scope,
            of := solution(scope),
            bake=Bake(HALF_HOUR, alarms=[Campaign(scope, "C", solution=of).alarm_on_errors("Errors")]),
        ),
    ),
    (
        "put it into brackets, as in [...]",
        lambda scope: live(scope, solution(scope), bake=Bake(HALF_HOUR, alarms=alarm(scope))),  # type: ignore[arg-type]
        baked,
    ),
    (
        'pass an alarm such as campaign.alarm_on_errors("Errors"), or an Alarm.from_alarm_arn(...)',
        given(bake=Bake(HALF_HOUR, alarms=["films-errors"])),  # type: ignore[list-item]
        baked,
    ),
    (
        "pass an aws_scheduler.ScheduleExpression.rate(Duration.days(7))",
        given(schedule=events.Schedule.rate(DAYS(7))),
        given(schedule=scheduler.ScheduleExpression.rate(DAYS(7))),
    ),
    (
        "use ScheduleExpression.rate(Duration.days(7)) or ScheduleExpression.cron(...)",
        given(schedule=scheduler.ScheduleExpression.expression("cron(0 3 * * *)")),
        given(schedule=scheduler.ScheduleExpression.cron(minute="0", hour="3")),
    ),
    (
        "pass one such as Duration.hours(6)",
        given(timeout=6 * 3600),
        given(timeout=cdk.Duration.hours(6)),
    ),
    (
        "pass one such as Duration.hours(6), without a token",
        lambda scope: live(scope, solution(scope), timeout=_seconds_of_a_parameter(scope)),
        given(timeout=cdk.Duration.hours(6)),
    ),
    (
        "leave it out until the pipeline promotes",
        given(dry_run=True, wait_on_first_deploy=cdk.Duration.hours(6)),
        given(dry_run=True),
    ),
]

WARNINGS: list[tuple[str, Arguments, Arguments]] = [
    (
        "write 10 % as 0.10, or acknowledge this warning",
        lambda scope: compared(scope, by=10),
        lambda scope: compared(scope, by=0.10),
    ),
    (
        "use a day or more, or acknowledge this warning",
        given(schedule=scheduler.ScheduleExpression.rate(cdk.Duration.hours(6))),
        given(schedule=scheduler.ScheduleExpression.rate(DAYS(1))),
    ),
    (
        ", or acknowledge this warning",
        given(gate=MetricGate.at_least("serendipity", 0.1)),
        given(gate=COVERAGE),
    ),
]


@pytest.mark.parametrize(
    ("hint", "wrong", "right"), HINTS, ids=[f"{place} {hint}" for place, (hint, _, _) in enumerate(HINTS)]
)
def test_hint__followed__works(hint: str, wrong: Arguments, right: Arguments) -> None:
    scope = stack()
    arguments = wrong(scope)
    with pytest.raises(InvalidPipelineError) as raised:
        TrainingPipeline(scope, "Train", **arguments)
    assert hint in str(raised.value)

    scope = stack()
    TrainingPipeline(scope, "Train", **right(scope))
    Template.from_stack(scope)


@pytest.mark.parametrize(("hint", "wrong", "right"), WARNINGS, ids=[hint for hint, _, _ in WARNINGS])
def test_hint_of_a_warning__followed__works(hint: str, wrong: Arguments, right: Arguments) -> None:
    scope = stack()
    TrainingPipeline(scope, "Train", **wrong(scope))
    (warning,) = _warnings(scope)
    assert hint in warning

    scope = stack()
    TrainingPipeline(scope, "Train", **right(scope))
    assert _warnings(scope) == []

    scope = stack()
    pipeline = TrainingPipeline(scope, "Train", **wrong(scope))
    cdk.Annotations.of(pipeline).acknowledge_warning(warning.rpartition("[ack: ")[2].removesuffix("]"))
    assert _warnings(scope) == []


def _warnings(scope: cdk.Stack) -> list[str]:
    found = Annotations.from_stack(scope).find_warning("/Films/Train", Match.any_value())
    return [str(entry.entry.data) for entry in found]
