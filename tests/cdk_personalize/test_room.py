"""Properties that are too large for their provider."""

from __future__ import annotations

import hashlib
from typing import Any, cast

import aws_cdk as cdk
import pytest

from cdk_personalize import (
    InvalidSolutionError,
    PersonalizeProvider,
    Recipe,
    Solution,
    SolutionConfig,
    TrainingDataConfig,
)
from cdk_personalize.provider.room import problems
from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution.desired import DesiredSolution
from personalize_provider.single_function import _refuse_too_large_for_polls
from support.virtual_time.provider_world import PROPERTIES, STACK_ID

SHORT_URL = (
    "https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/arn%3Aaws%3Acloudformation%3A"
    "us-east-1%3A123456789012%3Astack/A/1f6c2d40-aaaa-11ee-8a2c-0123456789ab%7CM%7C5d1c3ad0-bbbb-11ee-8a2c-"
    "0a58a9feac02?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260301T120000Z&X-Amz-SignedHeaders=host&"
    "X-Amz-Expires=7200&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260301%2Fus-east-1%2Fs3%2Faws4_request&"
    f"X-Amz-Signature={hashlib.sha256(b'').hexdigest()}"
)
FRAMEWORK = cast(Any, object())


def noise(characters: int, seed: str = "") -> str:
    """Text that can't be compressed much."""
    count = characters // 64 + 1
    return "".join(hashlib.sha256(f"{seed}{n}".encode()).hexdigest() for n in range(count))[:characters]


def columns(*datasets: str) -> SolutionConfig:
    excluded = {name: [f"c{noise(149, f'{name}{n}')}" for n in range(50)] for name in datasets}
    return SolutionConfig(training_data_config=TrainingDataConfig(excluded_dataset_columns=excluded))


def test_solution__more_than_a_rule_carries__is_refused_at_synth(
    stack: cdk.Stack, dataset_group: str
) -> None:
    PersonalizeProvider.single_function(stack)
    Solution(
        stack, "Small", dataset_group=dataset_group, recipe=Recipe.SIMS, solution_config=columns("Items")
    )
    with pytest.raises(InvalidSolutionError, match=r"an EventBridge rule carries them.*provider framework"):
        Solution(
            stack,
            "Large",
            dataset_group=dataset_group,
            recipe=Recipe.SIMS,
            solution_config=columns("Items", "Users"),
        )


def test_solution__the_same_behind_the_framework__is_taken(stack: cdk.Stack, dataset_group: str) -> None:
    Solution(
        stack,
        "Large",
        dataset_group=dataset_group,
        recipe=Recipe.SIMS,
        solution_config=columns("Items", "Users"),
    )


@pytest.mark.parametrize(("size", "count"), [(257_000, 0), (258_000, 1)])
def test_problems__framework__counts_bytes(size: int, count: int) -> None:
    found = [*problems({"note": "é" * (size // 2)}, FRAMEWORK)]
    assert len(found) == count
    assert all("Step Functions" in str(problem) for problem in found)


def test_problems__what_the_provider_takes__is_never_refused_at_synth(stack: cdk.Stack) -> None:
    """A false alarm would stop a deploy that works."""
    provider = PersonalizeProvider.single_function(stack)
    answers = set()
    for characters in range(7_000, 12_000, 100):
        properties = {**PROPERTIES, "note": noise(characters)}
        event = {
            "RequestType": "Create",
            "ResponseURL": SHORT_URL,
            "StackId": STACK_ID,
            "LogicalResourceId": "M",
            "RequestId": "4d6a7c1e-0000-4000-8000-000000000000",
            "ResourceType": "Custom::PersonalizeSolution",
            "ResourceProperties": properties,
        }
        try:
            _refuse_too_large_for_polls(event, DesiredSolution(Request.from_event(event)))
        except LifecycleError:
            answers.add("refused in the deploy")
            continue
        answers.add("taken")
        assert [*problems(properties, provider)] == []
    assert answers == {"taken", "refused in the deploy"}
