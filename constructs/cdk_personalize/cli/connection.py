"""The command's clients of AWS, and what to do when a call fails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize.cli.advice import advice


class LookupFailedError(Exception):
    """Something can't be looked up."""


@dataclass(frozen=True)
class Connection:
    """An account and Region, found as the AWS CLI finds them.

    Attributes:
        profile: A profile of the AWS configuration. Default: - the environment's.
        region: The Region of what has no ARN. Default: - the environment's, or the profile's.
        endpoint_url: Where to find the services. Default: - the environment's, or AWS.
    """

    profile: str | None
    region: str | None
    endpoint_url: str | None

    def client(self, service: str, name: str) -> Any:
        """Return a client in the Region of an ARN, or in that of the connection for a mere name."""
        # Shorter than botocore's minute each, which it tries up to five times.
        config = Config(connect_timeout=5, read_timeout=20)
        place = region_of(name) or self.region
        return self._session.create_client(
            service, region_name=place, endpoint_url=self.endpoint_url, config=config
        )

    @contextmanager
    def explaining(self, *actions: str) -> Iterator[None]:
        """Add to an error of botocore what to do about it.

        Args:
            actions: The IAM actions of the calls.

        Raises:
            LookupFailedError: A call failed. It has the error's text and the advice.
        """
        try:
            yield
        except (BotoCoreError, ClientError, ValueError) as error:  # the last of an endpoint that is no URL
            to_do = advice(
                error,
                actions=actions,
                profile=self.profile or os.environ.get("AWS_PROFILE"),
                profiles=self._profiles(),
                regions=botocore.session.Session().get_available_regions("personalize"),
                endpoint=self.endpoint_url or os.environ.get("AWS_ENDPOINT_URL"),
            )
            raise LookupFailedError(f"{error}\n  {to_do}" if to_do else str(error)) from error

    @cached_property
    def _session(self) -> botocore.session.Session:
        return botocore.session.Session(profile=self.profile)

    def _profiles(self) -> Sequence[str]:
        try:
            return list(self._session.available_profiles)
        except BotoCoreError:  # a configuration file that can't be read, which is the error then
            return []


def region_of(name: str) -> str | None:
    """Return the Region in an ARN; None for a mere name."""
    parts = name.split(":")
    is_arn = parts[0] == "arn" and len(parts) > 3  # noqa: PLR2004 (an ARN's fourth part)
    return parts[3] or None if is_arn else None
