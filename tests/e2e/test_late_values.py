"""Values that are known only in a deploy: what is wrong with them is said before anything is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import (
    EventParameters,
    EventsConfig,
    HpoConfig,
    HpoResourceConfig,
    Recipe,
    Solution,
    SolutionConfig,
)
from support.processes.cloud import Cloud

Late = Callable[[str], cdk.CfnParameter]
Arguments = Callable[[Late], dict[str, Any]]


def build(arguments: Arguments) -> Callable[[cdk.Stack], None]:
    def declare(stack: cdk.Stack) -> None:
        def late(value: str) -> cdk.CfnParameter:
            return cdk.CfnParameter(stack, "Late", default=value)

        given = {"recipe": Recipe.USER_PERSONALIZATION, **arguments(late)}
        Solution(stack, "Recommender", dataset_group=Cloud.dataset_group_arn, **given)

    return declare


EVENTS = EventsConfig(event_parameters_list=[EventParameters(event_type="buy")])

# Each rule by whom it is found: the model that the handler has, the handler itself, and the service.
LATE: dict[str, tuple[Arguments, str]] = {
    "model: a flag": (
        lambda late: {"perform_hpo": late("perhaps").value_as_string},
        "Invalid type for parameter performHPO",
    ),
    "model: a length": (
        lambda late: {"event_type": late("e" * 257).value_as_string},
        "valid max length: 256",
    ),
    "handler: a number in a string": (
        lambda late: {
            "perform_hpo": True,
            "solution_config": SolutionConfig(
                hpo_config=HpoConfig(
                    hpo_resource_config=HpoResourceConfig(
                        max_parallel_training_jobs=late("11").value_as_string  # type: ignore[arg-type]
                    )
                )
            ),
        },
        "maxParallelTrainingJobs, value: 11, valid: a whole number from 1 to 10",
    ),
    "handler: one argument against another": (
        lambda late: {
            "perform_hpo": late("false").value_as_string,
            "solution_config": SolutionConfig(hpo_config=HpoConfig()),
        },
        "solutionConfig.hpoConfig, it needs performHPO to be true",
    ),
    "service: the recipe's range": (
        lambda late: {
            "solution_config": SolutionConfig(algorithm_hyper_parameters={"bptt": late("33").value_as_string})
        },
        "algorithmHyperParameters.bptt must be from 2 to 32: got 33",
    ),
    "service: the recipe": (
        lambda late: {
            "recipe": Recipe.from_name(late("aws-hrnn").value_as_string),
            "solution_config": SolutionConfig(events_config=EVENTS),
        },
        "aws-hrnn is no longer available",
    ),
}


@pytest.mark.parametrize("case", LATE)
def test_deploy__a_late_value_that_breaks_a_rule__fails_with_that_and_makes_nothing(
    cloud: Cloud, case: str
) -> None:
    arguments, message = LATE[case]

    assert cloud.deploy(build(arguments)) == "ROLLBACK_COMPLETE"

    assert message in cloud.reasons()
    assert cloud.solutions() == {}
