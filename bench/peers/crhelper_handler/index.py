"""A function of its own on crhelper, with its structured log, as its README shows it."""

from __future__ import annotations

from typing import Any

import boto3
from crhelper import CfnResource

helper = CfnResource(json_logging=True, log_level="INFO", boto_level="CRITICAL")
try:
    personalize = boto3.client("personalize")
except Exception as error:
    helper.init_failure(error)


@helper.create
def create(event: dict[str, Any], _context: object) -> str:
    """Create a solution; its ARN is the physical id."""
    properties = event["ResourceProperties"]
    solution = personalize.create_solution(
        name=properties["name"],
        datasetGroupArn=properties["datasetGroupArn"],
        recipeArn=properties["recipeArn"],
        performAutoTraining=properties["performAutoTraining"] == "true",
    )
    helper.Data["solutionArn"] = solution["solutionArn"]
    return str(solution["solutionArn"])


@helper.poll_create
def poll_create(event: dict[str, Any], _context: object) -> str | None:
    """Whether the solution is there."""
    arn = event["CrHelperData"]["solutionArn"]
    solution = personalize.describe_solution(solutionArn=arn)["solution"]
    if solution["status"] == "CREATE FAILED":
        raise RuntimeError("the solution could not be created")
    return arn if solution["status"] == "ACTIVE" else None


@helper.update
def update(_event: dict[str, Any], _context: object) -> None:
    """Refuse: a solution can't be updated."""
    raise ValueError("a solution can't be updated")


@helper.delete
def delete(event: dict[str, Any], _context: object) -> None:
    """Delete the solution."""
    personalize.delete_solution(solutionArn=event["PhysicalResourceId"])


def handler(event: dict[str, Any], context: object) -> None:
    """What Lambda calls."""
    helper(event, context)
