"""The command's calls to Amazon Personalize."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cdk_personalize.cli.advice import existing
from cdk_personalize.cli.connection import Connection, LookupFailedError
from cdk_personalize.model.suggestions import closest


@dataclass(frozen=True)
class LiveSolution:
    """A solution that exists.

    Attributes:
        described: The response of DescribeSolution.
        tags: The response of ListTagsForResource.
    """

    described: Mapping[str, Any]
    tags: list[Mapping[str, str]]


def find(name: str, connection: Connection) -> LiveSolution:
    """Look a solution up with DescribeSolution and ListTagsForResource, and ListSolutions for a mere name.

    Args:
        name: Its name or ARN.
        connection: Where to look.

    Raises:
        LookupFailedError: There is none, or a call failed.
    """
    with connection.explaining(
        "personalize:DescribeSolution", "personalize:ListSolutions", "personalize:ListTagsForResource"
    ):
        client = connection.client("personalize", name)
        arn = name if name.startswith("arn:") else _arn(client, name)
        try:
            described = client.describe_solution(solutionArn=arn)["solution"]
        except client.exceptions.ResourceNotFoundException as error:
            raise LookupFailedError(_not_found(client, arn, _names(client))) from error
        return LiveSolution(described, client.list_tags_for_resource(resourceArn=arn)["tags"])


def _arn(client: Any, name: str) -> str:
    arns = _names(client)
    if name in arns:
        return arns[name]
    raise LookupFailedError(_not_found(client, name, arns))


def _names(client: Any) -> dict[str, str]:
    """The ARN of each solution, by its name."""
    pages = client.get_paginator("list_solutions").paginate()
    return {solution["name"]: solution["solutionArn"] for page in pages for solution in page["solutions"]}


def _not_found(client: Any, wanted: str, arns: Mapping[str, str]) -> str:
    similar = closest(wanted.rpartition("/")[2], arns)
    hint = f"did you mean {similar}? " if similar else ""
    return f"There is no solution {wanted} in {client.meta.region_name}; {hint}{existing(arns)}"
