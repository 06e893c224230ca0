"""A simulated Amazon Personalize in the test's own process, for boto3 clients."""

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
    """A simulated Amazon Personalize, with the controls that tests need most.

    Attributes:
        simulator: The simulator, for all other controls: durations, limits, status overrides.
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
        """The time of the simulator's clock."""
        return self.simulator.clock.now()

    @property
    def calls(self) -> list[Call]:
        """The calls so far, oldest first, with operation, request and outcome."""
        return self.simulator.calls()

    def advance(self, seconds: float) -> None:
        """Advance the clock, so that work of this duration is complete. It can replace `time.sleep`."""
        self.simulator.advance(seconds)

    def fail_next(self, operation: str, code: str, message: str = "failed by a test", times: int = 1) -> None:
        """Answer the next calls of an operation with an error. They have no effect.

        botocore retries some errors, and each retry is a call.

        Args:
            operation: For example `CreateSolutionVersion`.
            code: The error code, for example `LimitExceededException`.
            message: The error message.
            times: The number of calls.

        Raises:
            ValueError: Personalize has no such operation, or `times` is less than 1.
        """
        self.simulator.inject(Fault(operation, code, message, times))

    def fail_creation(self, resource: str, reason: str = "failed by a test", name: str = "*") -> None:
        """Make the next creation of a resource end in CREATE FAILED.

        Args:
            resource: `solution`, `solution_version`, `solution_update`, `campaign`, `campaign_update`,
                `recommender`, `recommender_update`, `batch_inference_job`, `dataset_group`, `dataset`,
                `dataset_import_job`, `event_tracker` or `filter`.
            reason: The failure reason in the description.
            name: A shell pattern for the name of the resource. For versions and updates: of the solution or
                campaign.

        Raises:
            ValueError: `resource` is not one of these.
        """
        self.simulator.fail_next(Failure(resource, name, reason))

    def put_object(self, uri: str, content: bytes) -> None:
        """Store a file that jobs can read: a CSV file to import, or the input of a batch job.

        Args:
            uri: `s3://BUCKET/KEY`, as in the request of the job. No S3 client sees it.
            content: The file.

        Raises:
            ValueError: `uri` is not of this form.
        """
        self.simulator.put_object(uri, content)

    def get_object(self, uri: str) -> bytes:
        """Return a file that a batch job wrote, or that `put_object` stored.

        Args:
            uri: `s3://BUCKET/KEY`, such as `s3://films/out/users.json.out`.

        Raises:
            KeyError: There is no such file.
        """
        return self.simulator.get_object(uri)

    def recommend(self, *items: str) -> None:
        """Set the items that GetRecommendations returns, in this order, for every user.

        They are those of campaigns whose version was trained without data.
        """
        self.simulator.recommend(items)


@contextlib.contextmanager
def simulated() -> Iterator[SimulatedPersonalize]:
    """Return a context manager: inside it, all AWS clients of this process call a simulated Personalize.

    Inside it, the environment has fake credentials and a Region, and the user's AWS configuration is ignored.
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
