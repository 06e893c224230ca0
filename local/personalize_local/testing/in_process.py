"""Amazon Personalize in the process of a test, where boto3's clients find it."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from unittest import mock
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session

from personalize_local.address import HOST, REGION
from personalize_local.simulator import Call, Clock, Failure, Fault, Personalize, Response
from personalize_local.simulator.http import caller, target

if TYPE_CHECKING:
    import pytest

START = datetime(2026, 1, 1, tzinfo=UTC)
"""What the clock says when a test begins."""

_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
_THIS_MACHINE = (HOST, "localhost")
# What would lead the clients past the simulator, or keep them from being made.
_MISLEADING = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
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
def simulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedPersonalize]:
    """A simulated Personalize that all clients of this process reach as long as the block runs.

    The environment gets credentials that are none, and a Region unless it has one.

    Args:
        monkeypatch: What the environment is changed with.
    """
    for name in _MISLEADING:
        monkeypatch.delenv(name, raising=False)
    for name, value in _CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if "AWS_DEFAULT_REGION" not in os.environ:
        monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    # The session behind boto3.client keeps the credentials that it found first.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    personalize = SimulatedPersonalize()
    with _intercepted(personalize.simulator):
        yield personalize


@contextlib.contextmanager
def _intercepted(simulator: Personalize) -> Iterator[None]:
    """Answer what botocore would send to Amazon Personalize.

    At the method that opens connections: events reach only clients that were made afterwards, and code under
    test may have made its own when it was imported.
    """
    send = URLLib3Session.send

    def answer(session: URLLib3Session, request: AWSPreparedRequest) -> AWSResponse:
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        authorization = headers.get("authorization", "")
        url = urlsplit(request.url)
        if "/personalize/aws4_request" not in authorization or url.hostname in _THIS_MACHINE:
            return send(session, request)
        operation = target(url.path, headers)
        return aws_response(request, simulator.respond(operation, request.body or b"", caller(authorization)))

    with mock.patch.object(URLLib3Session, "send", answer):
        yield


class _Raw(io.BytesIO):
    def stream(self, **_options: Any) -> Iterator[bytes]:
        yield self.read()


def aws_response(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    """The simulator's answer to a request as botocore has it from a connection."""
    return AWSResponse(request.url, response.status, response.headers, _Raw(response.body))


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
