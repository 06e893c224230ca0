"""Amazon Personalize, as far as the command reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize._suggestions import closest


class LookupFailedError(Exception):
    """A solution can't be looked up."""


@dataclass(frozen=True)
class LiveSolution:
    """A solution that exists.

    Attributes:
        described: As DescribeSolution answers.
        tags: As ListTagsForResource answers.
    """

    described: Mapping[str, Any]
    tags: list[Mapping[str, str]]


def find(name: str, *, profile: str | None, region: str | None, endpoint_url: str | None) -> LiveSolution:
    """Look a solution up with DescribeSolution and ListTagsForResource, and ListSolutions for a mere name.

    Args:
        name: Its name or ARN.
        profile: A profile of the AWS configuration. Default: - the environment's.
        region: The Region of a solution that is named. Default: - the environment's, or the profile's.
        endpoint_url: Where to find the service. Default: - the environment's, or AWS.

    Raises:
        LookupFailedError: There is none, or the service can't be asked, or refuses.
    """
    try:
        return _find(name, profile, region, endpoint_url)
    except (BotoCoreError, ClientError) as error:
        raise LookupFailedError(str(error)) from error


def _find(name: str, profile: str | None, region: str | None, endpoint_url: str | None) -> LiveSolution:
    is_arn = name.startswith("arn:")
    session = botocore.session.Session(profile=profile)
    place = _region(name) if is_arn else region
    client = session.create_client("personalize", region_name=place, endpoint_url=endpoint_url)
    arn = name if is_arn else _arn(client, name)
    described = client.describe_solution(solutionArn=arn)["solution"]
    return LiveSolution(described, client.list_tags_for_resource(resourceArn=arn)["tags"])


def _region(arn: str) -> str | None:
    """The Region that an ARN names: the only one where there is such a solution."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None  # noqa: PLR2004 (an ARN's fourth part)


def _arn(client: Any, name: str) -> str:
    pages = client.get_paginator("list_solutions").paginate()
    arns = {solution["name"]: solution["solutionArn"] for page in pages for solution in page["solutions"]}
    if name in arns:
        return str(arns[name])
    similar = closest(name, arns)
    hint = f"; did you mean {similar}?" if similar else f"; there are {len(arns)} of other names"
    raise LookupFailedError(f"There is no solution {name} in {client.meta.region_name}{hint}")
