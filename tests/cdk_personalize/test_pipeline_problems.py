"""What a `TrainingPipeline` refuses, and what it warns of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_personalize import (
    Approval,
    AutoTraining,
    Bake,
    Campaign,
    DatasetImport,
    InvalidPipelineError,
    ISolution,
    MetricGate,
    OptimizationObjective,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingPipeline,
)
from cdk_personalize.pipeline import rules
from support.requests.pipelines import GROUP, NDCG, dataset, smallest, stack

Build = Callable[[cdk.Stack], dict[str, Any]]


def problems(build: Build | None = None, *, campaign: bool = True) -> list[str]:
    """What is wrong with a pipeline that has these arguments as well."""
    scope = stack()
    solution = Solution(scope, "ForYou", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
    arguments: dict[str, Any] = {"solution": solution}
    if campaign:
        arguments["campaign"] = Campaign(scope, "Live", solution=solution)
    arguments |= build(scope) if build else {}
    with pytest.raises(InvalidPipelineError) as refused:
        TrainingPipeline(scope, "Train", **arguments)
    return [str(problem) for problem in refused.value.problems]


def warnings(gate: MetricGate | None = None, **arguments: Any) -> list[str]:
    """The warnings of a pipeline, without those of its parts."""
    scope = stack()
    smallest(scope, gate=gate, **arguments)
    return warned(scope)


def warned(scope: cdk.Stack) -> list[str]:
    anything = assertions.Match.any_value()
    found = assertions.Annotations.from_stack(scope).find_warning("/Films/Train", anything)
    return [str(entry.entry.data) for entry in found]


def alarm(scope: cdk.Stack) -> cloudwatch.IAlarm:
    return cloudwatch.Alarm.from_alarm_arn(scope, "A", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:a")


def minutes(count: float) -> cdk.Duration:
    return cdk.Duration.minutes(count)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(
            lambda _: {"gate": MetricGate.at_least("covrage", 0.2)},
            "gate.checks[0].metric is not a metric of versions of Films/ForYou: got 'covrage';"
            " did you mean coverage?",
            id="near miss",
        ),
        pytest.param(
            lambda _: {"gate": MetricGate.at_least("", 0.2)}, "must be the name of a metric", id="no name"
        ),
        pytest.param(lambda _: {"gate": MetricGate.all_of()}, "gate must have a check", id="empty gate"),
        pytest.param(lambda _: {"gate": "coverage"}, "gate must be a MetricGate", id="no gate"),
        pytest.param(
            lambda _: {"gate": MetricGate.no_drop("coverage", at_most=5)},
            "must be a share from 0 up to 1: got 5; write 5 % as 0.05",
            id="drop in percent",
        ),
        pytest.param(
            lambda _: {"gate": MetricGate.at_least("coverage", "0.2")},  # type: ignore[arg-type]
            "must be a number",
            id="bound is text",
        ),
        pytest.param(
            lambda scope: {"gate": MetricGate.better_than_baseline(NDCG, popular(scope), by=-0.1)},
            "must not be negative",
            id="worse than the baseline",
        ),
        pytest.param(
            lambda scope: {"imports": [DatasetImport(dataset(scope), bucket(scope), "a/")] * 2},
            "must not be imported twice in a run",
            id="dataset twice",
        ),
        pytest.param(
            lambda scope: {
                "imports": [
                    DatasetImport(dataset(scope, f"D{n}", f"m{n}"), bucket(scope, f"B{n}"), "a/")
                    for n in range(6)
                ]
            },
            "must be at most 5",
            id="six imports",
        ),
        pytest.param(
            lambda scope: {"imports": [DatasetImport(dataset(scope), bucket(scope), "a/", mode="FULL")]},  # type: ignore[arg-type]
            "must be a member of ImportMode",
            id="mode is text",
        ),
        pytest.param(
            lambda scope: {"imports": [DatasetImport("arn", bucket(scope), "a/")]},  # type: ignore[arg-type]
            "imports[0].dataset must be a Dataset: got 'arn'",
            id="dataset is text",
        ),
        pytest.param(lambda _: {"timeout": minutes(30)}, "must be at least an hour", id="short timeout"),
        pytest.param(
            lambda _: {"timeout": cdk.Duration.days(7)}, "must keep a run's history under 25000", id="week"
        ),
        pytest.param(
            lambda _: {"wait_on_first_deploy": cdk.Duration.hours(13)},
            "must be from a minute to 12 hours",
            id="13 hours",
        ),
        pytest.param(
            lambda scope: {"approval": Approval(sns.Topic(scope, "T"), cdk.Duration.days(400))},
            "approval.timeout must be from a minute to 300 days",
            id="slow approval",
        ),
        pytest.param(lambda _: {"bake": Bake(minutes(30), alarms=[])}, "must have an alarm", id="no alarm"),
        pytest.param(
            lambda scope: {"bake": Bake(cdk.Duration.seconds(10), alarms=[alarm(scope)])},
            "must be at least a minute",
            id="short bake",
        ),
        pytest.param(
            lambda scope: {"bake": Bake(minutes(30), alarms=[alarm(scope)] * 51)},
            "must be at most 50, one page of DescribeAlarms",
            id="51 alarms",
        ),
        pytest.param(
            lambda scope: {"campaign": Campaign.from_campaign_name(scope, "C", "live")},
            "must be a Campaign of this app",
            id="existing campaign",
        ),
        pytest.param(
            lambda scope: {
                "campaign": Campaign.following_latest(
                    scope, "C", solution=cast(Solution, scope.node.find_child("ForYou"))
                )
            },
            "every version, also one that a gate rejected",
            id="following campaign",
        ),
    ],
)
def test_pipeline__argument_that_cannot_work__is_refused(build: Build, expected: str) -> None:
    (problem,) = problems(build)
    assert expected in problem


def bucket(scope: cdk.Stack, name: str = "B") -> s3.IBucket:
    return s3.Bucket.from_bucket_name(scope, name, "films")


def popular(scope: cdk.Stack) -> Solution:
    return Solution(scope, "Popular", dataset_group=GROUP, recipe=Recipe.POPULARITY_COUNT)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        pytest.param(
            lambda _: {"gate": MetricGate.at_least("coverage", float("nan"))}, "must be a number", id="NaN"
        ),
        pytest.param(
            lambda _: {"gate": MetricGate.at_least("coverage", float("inf"))},
            "must be a number",
            id="infinity",
        ),
        pytest.param(
            lambda _: {"gate": MetricGate.all_of([MetricGate.at_least("coverage", 0.2)])},  # type: ignore[arg-type]
            "gate.checks[0] must be a MetricCheck",
            id="list of gates",
        ),
        pytest.param(
            lambda _: {"gate": MetricGate.at_least(["coverage"], 0.2)},  # type: ignore[arg-type]
            "gate.checks[0].metric must be the name of a metric",
            id="list of metrics",
        ),
        pytest.param(
            lambda scope: {"gate": MetricGate.better_than_baseline(NDCG, again(scope))},
            "must be another solution than the one that the pipeline trains",
            id="the same solution, imported",
        ),
        pytest.param(lambda _: {"solution": None}, "solution must be a solution: got None", id="no solution"),
        pytest.param(lambda _: {"imports": None}, "imports must not be None", id="imports is None"),
        pytest.param(lambda _: {"dry_run": "no"}, "dry_run must be True or False", id="flag is text"),
        pytest.param(
            lambda _: {"wait_on_first_deploy": cdk.Duration.millis(3_600_500)},
            "wait_on_first_deploy must be whole seconds: got '1 hour 500 millis'",
            id="half a second",
        ),
        pytest.param(
            lambda _: {"schedule": scheduler.ScheduleExpression.expression("rate(0 days)")},
            "schedule must be rate(NUMBER UNIT)",
            id="no days",
        ),
    ],
)
def test_pipeline__argument_of_a_wrong_type__is_refused(build: Build, expected: str) -> None:
    (problem,) = problems(build)
    assert expected in problem


def again(scope: cdk.Stack) -> ISolution:
    """The solution that the pipeline trains, as another construct."""
    arn = cast(Solution, scope.node.find_child("ForYou")).solution_arn
    return Solution.from_solution_arn(scope, "Again", arn)


def test_gate__count_above_one__is_taken() -> None:
    scope = stack()
    solution = Solution(scope, "Who", dataset_group=GROUP, recipe=Recipe.ITEM_AFFINITY)
    found = rules.examine(
        rules.Arguments(
            solution=solution,
            campaign=None,
            gate=MetricGate.at_least("hits_at_1_percent", 11),  # rule 113
        )
    )
    assert [problem.argument for problem in found] == ["gate"]  # it needs a campaign, no more


def test_pipeline__several_problems__lists_them_all() -> None:
    def build(scope: cdk.Stack) -> dict[str, Any]:
        return {
            "gate": MetricGate.at_least("coverage", 0.2),
            "bake": Bake(minutes(30), alarms=[alarm(scope)]),
            "approval": Approval(sns.Topic(scope, "T")),
            "dry_run": True,
            "wait_on_first_deploy": minutes(60),
        }

    found = problems(build, campaign=False)
    assert [problem.split(" needs a campaign")[0] for problem in found] == [
        "gate",
        "bake",
        "approval",
        "dry_run",
        "wait_on_first_deploy",
    ]


def test_baseline__that_trains_automatically__is_refused() -> None:
    def build(scope: cdk.Stack) -> dict[str, Any]:
        weekly = AutoTraining.every(days=7)
        base = Solution(scope, "P", dataset_group=GROUP, recipe=Recipe.POPULARITY_COUNT, auto_training=weekly)
        return {"gate": MetricGate.better_than_baseline(NDCG, base)}

    (problem,) = problems(build)
    assert problem.startswith("gate.checks[0].baseline must not train automatically")


def test_campaign__of_another_solution__is_refused() -> None:
    def build(scope: cdk.Stack) -> dict[str, Any]:
        return {"campaign": Campaign(scope, "Other", solution=popular(scope))}

    (problem,) = problems(build)
    assert "must be one of Films/ForYou, the solution that the pipeline trains" in problem


def test_campaign__of_two_pipelines__is_refused() -> None:
    scope = stack()
    pipeline = smallest(scope)
    with pytest.raises(ValueError, match="nothing else promotes"):
        TrainingPipeline(
            scope,
            "Again",
            solution=scope.node.find_child("ForYou"),  # type: ignore[arg-type]
            campaign=scope.node.find_child("Live"),  # type: ignore[arg-type]
        )
    assert pipeline.node.path == "Films/Train"


def test_gate__metric_that_nobody_documents__is_a_warning() -> None:
    (warning,) = warnings(MetricGate.at_least("serendipity", 0.1))
    assert "is not among the documented metrics of versions of Films/ForYou" in warning
    assert "unknown-metric" in warning


def test_gate__metric_of_an_unpublished_kind__is_taken_as_it_is() -> None:
    scope = stack()
    solution = Solution(scope, "Trends", dataset_group=GROUP, recipe=Recipe.TRENDING_NOW)
    campaign = Campaign(scope, "Live", solution=solution)
    gate = MetricGate.at_least("trend_prediction_accuracy", 0.1)
    TrainingPipeline(scope, "Train", solution=solution, campaign=campaign, gate=gate)
    assert warned(scope) == []


def test_gate__metric_of_an_objective__is_known_only_with_one() -> None:
    metric = "average_rewards_at_k"
    assert len(warnings(MetricGate.at_least(metric, 0.1))) == 1
    scope = stack()
    objective = OptimizationObjective(item_attribute="PRICE")
    config = SolutionConfig(optimization_objective=objective)
    recipe = Recipe.USER_PERSONALIZATION
    solution = Solution(scope, "S", dataset_group=GROUP, recipe=recipe, solution_config=config)
    campaign = Campaign(scope, "Live", solution=solution)
    gate = MetricGate.at_least(metric, 0.1)
    TrainingPipeline(scope, "Train", solution=solution, campaign=campaign, gate=gate)
    assert warned(scope) == []


@pytest.mark.parametrize(
    ("expression", "short"),
    [
        (scheduler.ScheduleExpression.rate(cdk.Duration.hours(6)), True),
        (scheduler.ScheduleExpression.rate(cdk.Duration.days(7)), False),
        (scheduler.ScheduleExpression.cron(minute="0", hour="4"), False),
    ],
    ids=["6 hours", "7 days", "cron"],
)
def test_schedule__shorter_than_a_training__is_a_warning(
    expression: scheduler.ScheduleExpression, short: bool
) -> None:
    assert [("short-schedule" in text) for text in warnings(schedule=expression)] == [True] * short
