"""How often the constructs call jsii: a call takes a third of a millisecond, and stacks have up to 450."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from unittest import mock

import aws_cdk as cdk
import pytest
from jsii._kernel.providers.process import _NodeProcess

from cdk_personalize import AutoTraining, Recipe, Solution, SolutionConfig

Declare = Callable[[cdk.Stack, str], object]

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


def plain(stack: cdk.Stack, id: str) -> Solution:
    return Solution(stack, id, dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)


def configured(stack: cdk.Stack, id: str) -> Solution:
    return Solution(
        stack,
        id,
        solution_name=id,
        dataset_group=GROUP,
        recipe=Recipe.USER_PERSONALIZATION_V2,
        auto_training=AutoTraining.every(days=3),
        solution_config=SolutionConfig(algorithm_hyper_parameters={"apply_recency_bias": True}),
    )


def referred_to(stack: cdk.Stack, id: str) -> str:
    return plain(stack, id).solution_arn


@pytest.mark.parametrize(
    ("declare", "expected"),
    [
        # The construct and its resource.
        (plain, {"CreateRequest": 2}),
        (configured, {"CreateRequest": 2}),
        # And the Ref, as a string that other stacks and accounts can use.
        (referred_to, {"CreateRequest": 2, "GetRequest": 2, "InvokeRequest": 1}),
    ],
)
def test_solution__one_more_in_a_stack__asks_jsii_no_more_often(
    declare: Declare, expected: dict[str, int]
) -> None:
    assert dict(asked(declare, solutions=3) - asked(declare, solutions=2)) == expected


def asked(declare: Declare, solutions: int) -> Counter[str]:
    """The requests to jsii, synthesis and the answers to its callbacks included."""
    requests: Counter[str] = Counter()
    send = _NodeProcess.send

    def count(process: _NodeProcess, request: object, response_type: type) -> object:
        requests[type(request).__name__] += 1
        return send(process, request, response_type)  # type: ignore[type-var]

    with mock.patch.object(_NodeProcess, "send", count):
        app = cdk.App()
        stack = cdk.Stack(app, "Stack")
        for n in range(solutions):
            declare(stack, f"solution-{n}")
        app.synth()
    return requests
