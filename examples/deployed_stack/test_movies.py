"""The stack, deployed. `local_aws` is a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from movies import Movies


def test_life_of_the_stack(local_aws: Any) -> None:
    personalize = local_aws.client("personalize")

    outputs = local_aws.deploy(Movies(cdk.App(), "Movies"))
    assert outputs["Status"] == "ACTIVE"
    solution = personalize.describe_solution(solutionArn=outputs["SolutionArn"])["solution"]
    assert solution["performAutoTraining"] is False

    changed = Movies(cdk.App(), "Movies", trained_every_days=7)
    assert local_aws.deploy(changed)["SolutionArn"] == outputs["SolutionArn"]  # changed in place
    solution = personalize.describe_solution(solutionArn=outputs["SolutionArn"])["solution"]
    assert solution["performAutoTraining"] is True

    local_aws.destroy(changed)
    assert personalize.list_solutions()["solutions"] == []
