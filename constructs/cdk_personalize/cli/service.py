"""The command's calls to Amazon Personalize."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize.cli.advice import advice, existing
from cdk_personalize.model.suggestions import closest


class LookupFailedError(Exception):
    """A solution can't be looked up."""


@dataclass(frozen=True)
class LiveSolution:
    """A solution that exists.

    Attributes:
        described: The response of DescribeSolution.
        tags: The response of ListTagsForResource.
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
        LookupFailedError: There is none, or the service can't be reached, or refuses.
    """
    session = botocore.session.Session(profile=profile)
    try:
        return _find(session, name, region, endpoint_url)
    except (BotoCoreError, ClientError, ValueError) as error:  # the last of an endpoint that is no URL
        to_do = advice(
            error,
            profile=profile or os.environ.get("AWS_PROFILE"),
            profiles=_profiles(session),
            regions=botocore.session.Session().get_available_regions("personalize"),
            endpoint=endpoint_url or os.environ.get("AWS_ENDPOINT_URL"),
        )
        raise LookupFailedError(f"{error}\n  {to_do}" if to_do else str(error)) from error


def _find(
    session: botocore.session.Session, name: str, region: str | None, endpoint_url: str | None
) -> LiveSolution:
    is_arn = name.startswith("arn:")
    place = _region(name) if is_arn else region
    # Shorter than botocore's minute each, which it tries up to five times.
    config = Config(connect_timeout=5, read_timeout=20)
    client = session.create_client("personalize", region_name=place, endpoint_url=endpoint_url, config=config)
    arn = name if is_arn else _arn(client, name)
    try:
        described = client.describe_solution(solutionArn=arn)["solution"]
    except client.exceptions.ResourceNotFoundException as error:
        raise LookupFailedError(_not_found(client, arn, _names(client))) from error
    return LiveSolution(described, client.list_tags_for_resource(resourceArn=arn)["tags"])


def _region(arn: str) -> str | None:
    """The Region that an ARN names: the only one where there is such a solution."""
    parts = arn.split(":")
    return parts[3] if len(parts) > 3 and parts[3] else None  # noqa: PLR2004 (an ARN's fourth part)


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


def _profiles(session: botocore.session.Session) -> list[str]:
    try:
        return list(session.available_profiles)
    except BotoCoreError:  # a configuration file that can't be read, which is the error then
        return []
