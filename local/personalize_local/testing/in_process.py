"""Amazon Personalize in the process of a test, where boto3's clients find it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import boto3
import pytest

from personalize_local.address import REGION
from personalize_local.simulator import Call, Clock, Failure, Fault, Personalize
from personalize_local.testing.interception import CREDENTIALS, any_profile, intercepted

START = datetime(2026, 1, 1, tzinfo=UTC)
"""What the clock says when a test begins."""

_ENVIRONMENT = {
    **{name.upper(): value for name, value in CREDENTIALS.items()},
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}
# What would lead the clients past the simulator, or keep them from being made.
_MISLEADING = (
    "AWS_CA_BUNDLE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_PERSONALIZE",
    "AWS_ENDPOINT_URL_PERSONALIZE_EVENTS",
    "AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME",
)


@dataclass(frozen=True)
class SimulatedPersonalize:
    """A simulated Amazon Personalize, and what a test does to it.

    Attributes:
        simulator: The simulator itself, for all that has no word here: durations, limits, status overrides.
    """

    simulator: Personalize = field(default_factory=lambda: Personalize(Clock.frozen(START)))

    @cached_property
    def client(self) -> Any:
        """A boto3 client for `personalize`."""
        return boto3.client("personalize")

    @cached_property
    def runtime(self) -> Any:
        """A boto3 client for `personalize-runtime`."""
        return boto3.client("personalize-runtime")

    @cached_property
    def events(self) -> Any:
        """A boto3 client for `personalize-events`."""
        return boto3.client("personalize-events")

    @property
    def now(self) -> datetime:
        """The moment that the clock shows."""
        return self.simulator.clock.now()

    @property
    def calls(self) -> list[Call]:
        """The calls so far, oldest first: their operation, request and outcome."""
        return self.simulator.calls()

    def advance(self, seconds: float) -> None:
        """Push the clock forward: what takes that long is done. It may stand in for `time.sleep`."""
        self.simulator.advance(seconds)

    def fail_next(self, operation: str, code: str, message: str = "failed by a test", times: int = 1) -> None:
        """Answer the next calls of an operation with an error, without any effect.

        botocore tries some errors again by itself, and each try is a call.

        Args:
            operation: For example `CreateSolutionVersion`.
            code: The error code, for example `LimitExceededException`.
            message: The error's text.
            times: How many calls.

        Raises:
            ValueError: Personalize has no such operation, or `times` is less than 1.
        """
        self.simulator.inject(Fault(operation, code, message, times))

    def fail_creation(self, resource: str, reason: str = "failed by a test", name: str = "*") -> None:
        """Let the next creation of a kind end in CREATE FAILED.

        Args:
            resource: `solution`, `solution_version`, `solution_update`, `campaign`, `campaign_update`,
                `dataset_group`, `dataset`, `event_tracker` or `filter`.
            reason: The failure reason that is described.
            name: A shell pattern for the resource's name; of a version or an update, its solution's or
                campaign's.

        Raises:
            ValueError: There is no such kind.
        """
        self.simulator.fail_next(Failure(resource, name, reason))

    def recommend(self, *items: str) -> None:
        """Say which items GetRecommendations answers with, in that order, for every campaign and user."""
        self.simulator.recommend(items)


@contextlib.contextmanager
def simulated() -> Iterator[SimulatedPersonalize]:
    """A simulated Personalize that all AWS clients of this process reach as long as the block runs.

    Meanwhile the environment has credentials that are none, a Region, and no configuration of the user's.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in _MISLEADING:
            patch.delenv(name, raising=False)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        if "AWS_DEFAULT_REGION" not in os.environ:
            patch.setenv("AWS_DEFAULT_REGION", REGION)
        # The session behind boto3.client keeps the credentials that it found first.
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        personalize = SimulatedPersonalize()
        with intercepted(personalize.simulator), any_profile():
            yield personalize
