"""Stacks with pipelines, and what their templates hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns

from cdk_personalize import (
    Approval,
    Bake,
    Campaign,
    Dataset,
    DatasetImport,
    IDataset,
    MetricGate,
    Recipe,
    Solution,
    TrainingPipeline,
)

GROUP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/movies"
DATASET = "arn:aws:personalize:us-east-1:000000000000:dataset/movies/INTERACTIONS"
NDCG = "normalized_discounted_cumulative_gain_at_25"


def stack(name: str = "Films") -> cdk.Stack:
    """An empty stack."""
    return cdk.Stack(cdk.App(), name)


def smallest(scope: cdk.Stack, **arguments: Any) -> TrainingPipeline:
    """A pipeline with a solution and a campaign, as the smallest user writes it."""
    solution = Solution(scope, "ForYou", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
    campaign = Campaign(scope, "Live", solution=solution)
    return TrainingPipeline(scope, "Train", **{"solution": solution, "campaign": campaign, **arguments})


def largest(scope: cdk.Stack) -> TrainingPipeline:
    """A pipeline with everything."""
    popular = Solution(scope, "Popular", dataset_group=GROUP, recipe=Recipe.POPULARITY_COUNT)
    topic = sns.Topic(scope, "Topic")
    errors = cloudwatch.Alarm(
        scope,
        "Errors",
        metric=cloudwatch.Metric(namespace="App", metric_name="Errors"),
        threshold=1,
        evaluation_periods=1,
    )
    return smallest(
        scope,
        imports=[DatasetImport(dataset(scope), s3.Bucket(scope, "Bucket"), "interactions/")],
        gate=MetricGate.all_of(
            MetricGate.at_least("coverage", 0.2),
            MetricGate.better_than_baseline(NDCG, popular, by=0.10),
            MetricGate.no_drop("precision_at_25", at_most=0.05),
        ),
        schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(7)),
        bake=Bake(cdk.Duration.minutes(30), alarms=[errors]),
        wait_on_first_deploy=cdk.Duration.hours(6),
        approval=Approval(topic),
        notify=topic,
    )


def dataset(scope: cdk.Stack, id: str = "Watched", name: str = "movies") -> IDataset:
    """A dataset of another stack."""
    return Dataset.from_dataset_arn(scope, id, DATASET.replace("movies", name))


def template(scope: cdk.Stack) -> dict[str, Any]:
    """The template of a stack."""
    return dict(assertions.Template.from_stack(scope).to_json())


def resources(found: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """The properties of all resources of a type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in found["Resources"].items()
        if resource["Type"] == kind
    }


def definitions(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The definitions of a template's own state machines, by the construct they are of: Runs and Cleanup."""
    machines = resources(found, "AWS::StepFunctions::StateMachine")
    return {
        kind: json.loads(text_of(properties["DefinitionString"]))
        for name, properties in machines.items()
        for kind in re.findall(r"Train(Runs|Cleanup)", name)
    }


def text_of(value: Any) -> str:
    """A text of a template, with `<Name>` for what CloudFormation fills in."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return str(argument[0]).join(map(text_of, argument[1]))
    if function in ("Fn::Select", "Fn::Split"):
        return text_of(argument[1])
    return f"<{argument if isinstance(argument, str) else '.'.join(argument)}>"


def states(definition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """All states of a definition, with those inside of others."""
    for name, state in definition["States"].items():
        yield name, state
        for inner in (*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])):
            yield from states(inner)
