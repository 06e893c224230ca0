"""Calls to the service, in the names of one run and at the rate that the service allows."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
)

from conformance.question import CouldNotAskError, Seen
from conformance.resources import KINDS, Kind

ACCEPTED = "accepted"
"""The answer to a call that the service does not refuse."""

INVALID = "InvalidInputException"
IN_USE = "ResourceInUseException"
NOT_FOUND = "ResourceNotFoundException"
TAKEN = "ResourceAlreadyExistsException"

_SERVER_ERROR = 500

# Answers about the caller, its quotas or the moment. They say nothing about the rule that a call asks for.
_ABOUT_THE_CALLER = {
    "AccessDenied",
    "AccessDeniedException",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "LimitExceededException",
    "NotAuthorized",
    "NotImplementedException",
    "OptInRequired",
    "RequestExpired",
    "ServiceUnavailable",
    "ServiceUnavailableException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "UnrecognizedClientException",
}


class Account:
    """An account in a Region, as one run sees it.

    Args:
        client: A boto3 client for `personalize`.
        prefix: The beginning of the name of everything that this run creates.
        between_calls: The least time between two calls of one operation, in seconds (rule 118).
        between_polls: The time between two polls of a status, in seconds.
        sleep: Waits for so many seconds.
        clock: A time in seconds that only moves forward.
    """

    def __init__(
        self,
        client: Any,
        prefix: str,
        between_calls: float = 0,
        between_polls: float = 0.2,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.prefix = prefix
        self.sleep, self.clock, self.between_polls = sleep, clock, between_polls
        self.created: dict[str, Kind] = {}
        """What this run created, ARN to kind."""
        self.uncertain: set[Kind] = set()
        """The kinds of which this run may have created something unseen, because a response was lost."""
        self._client, self._between_calls = client, between_calls
        self._latest: dict[str, float] = {}

    @property
    def partition(self) -> str:
        """The partition, `aws` in most Regions."""
        return str(self._client.meta.partition)

    @property
    def region(self) -> str:
        """The Region."""
        return str(self._client.meta.region_name)

    def call(self, operation: str, **members: object) -> dict[str, Any]:
        """Call an operation of the API, and remember what it creates.

        Raises:
            ClientError: The service refuses.
        """
        wait = self._latest.get(operation, float("-inf")) + self._between_calls - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._latest[operation] = self.clock()
        method = getattr(self._client, xform_name(operation))
        kind = KINDS.get(operation.removeprefix("Create"))
        if kind is None:
            answer: dict[str, Any] = method(**members)
            return answer
        try:
            answer = method(**members)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
                self.uncertain.add(kind)
            raise
        except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError):
            raise  # the request was not sent
        except BaseException:  # a lost response, or Ctrl-C while it was on its way
            self.uncertain.add(kind)
            raise
        self.created[answer[kind.arn_member]] = kind
        return answer

    def outcome(self, operation: str, **members: object) -> Seen:
        """Call an operation, and answer with the error code, or that the service accepted the call.

        Raises:
            CouldNotAskError: The error is about the caller or the moment, not about the request.
        """
        try:
            self.call(operation, **members)
        except ClientError as error:
            if code(error) in _ABOUT_THE_CALLER:
                raise CouldNotAskError(str(error)) from error
            return Seen(code(error), message(error))
        return Seen(ACCEPTED)

    def described(self, kind: Kind, arn: str) -> dict[str, Any] | None:
        """Return a resource, or None if there is none with this ARN."""
        try:
            answer = self.call(f"Describe{kind.noun}", **{kind.arn_member: arn})
        except ClientError as error:
            if code(error) == NOT_FOUND:
                return None
            raise
        resource: dict[str, Any] = answer[kind.member]
        return resource

    def wait(self, ready: Callable[[], bool], what: str, seconds: float = 900) -> None:
        """Poll until something is ready.

        Raises:
            CouldNotAskError: It takes too long.
        """
        deadline = self.clock() + seconds
        while not ready():
            if self.clock() > deadline:
                raise CouldNotAskError(f"{what} took more than {seconds:.0f} s")
            self.sleep(self.between_polls)

    def wait_until_active(self, noun: str, arn: str) -> str:
        """Wait until a resource is ACTIVE, and return its ARN.

        Raises:
            CouldNotAskError: It failed, or takes too long.
        """
        kind = KINDS[noun]

        def ready() -> bool:
            # Just after its creation, the service may not find it yet (rule 64).
            resource = self.described(kind, arn) or {}
            if str(resource.get("status", "")).endswith("FAILED"):
                raise CouldNotAskError(f"{arn} failed: {resource.get('failureReason', 'no reason given')}")
            return resource.get("status") == "ACTIVE"

        self.wait(ready, f"creating {arn}")
        return arn

    def wait_until_gone(self, noun: str, arn: str) -> None:
        """Wait until the service does not find a resource.

        Raises:
            CouldNotAskError: It takes too long.
        """
        self.wait(lambda: self.described(KINDS[noun], arn) is None, f"deleting {arn}")

    def arn(self, path: str) -> str:
        """An ARN of the caller's account and Region. Something of this run must exist."""
        own = next(iter(self.created), None)
        if own is None:
            raise CouldNotAskError("no call has shown the account's number yet")
        return f"{own.rpartition(':')[0]}:{path}"

    def recipe(self, name: str) -> str:
        """The ARN of a recipe (rule 4)."""
        return f"arn:{self.partition}:personalize:::recipe/{name}"

    def named(self, label: str) -> str:
        """A name of this run."""
        return f"{self.prefix}{label}"


def code(error: ClientError) -> str:
    """The error code."""
    return str(error.response["Error"]["Code"])


def message(error: ClientError) -> str:
    """The service's message."""
    return str(error.response["Error"].get("Message", ""))
