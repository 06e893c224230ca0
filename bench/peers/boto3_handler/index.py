"""The two functions of a provider on the CDK's framework, on boto3 alone."""

from __future__ import annotations

from typing import Any

import boto3

personalize = boto3.client("personalize")


def on_event(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Create or delete a solution."""
    properties = event["ResourceProperties"]
    if event["RequestType"] == "Delete":
        personalize.delete_solution(solutionArn=event["PhysicalResourceId"])
        return {}
    if event["RequestType"] == "Update":
        raise ValueError("a solution can't be updated")
    solution = personalize.create_solution(
        name=properties["name"],
        datasetGroupArn=properties["datasetGroupArn"],
        recipeArn=properties["recipeArn"],
        performAutoTraining=properties["performAutoTraining"] == "true",
    )
    return {"PhysicalResourceId": solution["solutionArn"]}


def is_complete(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Whether the solution is there, or gone."""
    try:
        solution = personalize.describe_solution(solutionArn=event["PhysicalResourceId"])["solution"]
    except personalize.exceptions.ResourceNotFoundException:
        return {"IsComplete": event["RequestType"] == "Delete"}
    if solution["status"] == "CREATE FAILED":
        raise RuntimeError("the solution could not be created")
    return {"IsComplete": event["RequestType"] != "Delete" and solution["status"] == "ACTIVE"}
