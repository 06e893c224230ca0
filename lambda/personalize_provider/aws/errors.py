"""Failures in the words that reach a stack's events, and which of the SDK's errors may pass.

LifecycleError              every failure that CloudFormation hears of
  InvalidPropertiesError         the request can't be met as it is written: nothing was touched
  NotAdoptableError              what exists is not what is declared: it was left as it is
  SupersededError                the stack has moved on: this request must change nothing more
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from http import HTTPStatus
from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError
from botocore.parsers import ResponseParserError

CALL_ERRORS = (ClientError, BotoCoreError, ResponseParserError, UnicodeDecodeError)
"""What a call to AWS may raise; the last two for an answer that was cut short."""

NEVER_ANSWERED = "never_answered"
"""Attribute of an error of the network: the service has not answered this process yet."""

CallError: TypeAlias = ClientError | BotoCoreError | ResponseParserError | UnicodeDecodeError

# The provider framework doesn't trim; CloudFormation refuses a response over 4,096 bytes, and the
# framework adds its own stack trace to the message.
MAX_MESSAGE_BYTES = 990

_LONGEST_LOG_GROUP = (
    300  # characters, and bytes: a log group may have more, and a message needs room for itself
)

# Rule 120: the rate and the quotas answer with the same code, and both may pass.
_THROTTLE_CODES = frozenset(
    {
        "LimitExceededException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "RequestLimitExceeded",
    }
)

_TRANSIENT_CODES = _THROTTLE_CODES | frozenset(
    {
        "RequestTimeout",
        "RequestTimeoutException",
        "InternalFailure",
        "InternalServerError",
        "ResourceInUseException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
    }
)

# What a service answers while a role or its credentials are not known everywhere. Services of the JSON and of
# the query protocol spell each of these differently. https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorized"})
_UNKNOWN_CALLER_CODES = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)

# What the same deploy made a moment ago may not be known everywhere: the provider's role, and the dataset
# group of a new solution (rule 64).
_SETTLES_SECONDS = 30.0

# After this, an endpoint that never answered is taken for one that can't be reached from the function.
_NEVER_ANSWERED_SECONDS = 180.0

_ALLOW = "allow this action to the provider's role, or lift what denies it"
_SIGN_IN = "check that the provider's role still exists, and deploy again"
_CONNECT = (
    "check that the service exists in this Region, that the function can resolve its name (DNS of the VPC), "
    "and that the function's subnets have a way out: a NAT gateway, or a VPC endpoint for the service"
)
_LONGEST_SECONDS = 50 * 60.0  # what a total_timeout may be, for CloudFormation waits an hour at most

_TOO_MUCH = (
    "deploy fewer solutions at once (chain them with node.add_dependency), or ask AWS for a higher quota"
)
_NEXT_STEPS = {
    **dict.fromkeys(_DENIED_CODES, _ALLOW),
    **dict.fromkeys(_UNKNOWN_CALLER_CODES, _SIGN_IN),
    "InvalidInputException": "correct the property that the service names and deploy again",
    "ValidationException": "correct the property that the service names and deploy again",
    "ResourceNotFoundException": "check that the ARNs in the properties exist in this account and Region",
    "TooManyTagsException": "remove tags: a solution has 50, and three are the provider's (four to adopt)",
}


class LifecycleError(Exception):
    """A request that failed for good.

    Args:
        resource: What it is about, for example `solution movies-1a2b`.
        operation: What was being done, in the service's or CloudFormation's words.
        cause: Why it failed; the service's own message where there is one.
        next_step: What the reader should do.
        code: The service's error code, if it gave one.
        details: More about the cause, a line each.
    """

    def __init__(
        self,
        resource: str,
        operation: str,
        cause: str,
        next_step: str,
        code: str = "",
        details: Sequence[str] = (),
    ) -> None:
        """Build the message from its parts."""
        self.resource = resource
        self.operation = operation
        self.cause = cause
        self.next_step = next_step
        self.code = code
        reason = _printable(" ".join(cause[:MAX_MESSAGE_BYTES].split()))
        tail = (f" ({code}); {next_step}" if code else f"; {next_step}") + _log()
        message = _shorten(f"{resource}: {operation} failed: {reason}", tail)
        super().__init__(message + _lines(details, MAX_MESSAGE_BYTES - len(message.encode())))


class InvalidPropertiesError(LifecycleError):
    """Properties that can't be sent to the service; every problem in one message."""

    def __init__(self, resource: str, problems: Sequence[str]) -> None:
        """List the problems."""
        self.problems = tuple(problems)
        super().__init__(
            resource, "reading its properties", "; ".join(problems), "correct the template and deploy again"
        )


class NotAdoptableError(LifecycleError):
    """A solution that is to be taken over is another one than the declared; every difference on its line."""

    def __init__(self, resource: str, differences: Sequence[str]) -> None:
        """List the differences."""
        self.differences = tuple(differences)
        super().__init__(
            resource,
            "adopting it",
            "it is not as declared in what can't be changed, and was left as it is",
            "declare it as it is, or choose another solution_name",
            "NotAdoptable",
            differences,
        )


class SupersededError(LifecycleError):
    """The stack has gone on to something else than what this request is part of."""

    def __init__(self, resource: str, operation: str, now: str) -> None:
        """Name what was being done, and what the stack does now."""
        super().__init__(
            resource,
            operation,
            f"the stack is {now} by now, so this request is out of date and changes nothing more",
            "look at the stack's later events",
        )


def error_code(error: Exception) -> str:
    """The service's error code, or the exception's name where no service answered."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def error_message(error: Exception) -> str:
    """The service's own words, or the exception's where no service answered."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Message") or error)
    return str(error)


def is_throttle(error: CallError) -> bool:
    """Whether the service asks to be called less, or has no room for more."""
    return isinstance(error, ClientError) and error_code(error) in _THROTTLE_CODES


def is_denied(error: Exception) -> bool:
    """Whether the service doesn't allow the caller to do this, or doesn't know the caller."""
    return isinstance(error, ClientError) and error_code(error) in _DENIED_CODES | _UNKNOWN_CALLER_CODES


def is_unreachable(error: Exception) -> bool:
    """Whether no connection to the service could be made."""
    return isinstance(error, ConnectionError)


def may_pass(error: CallError, age: float) -> bool:
    """Whether the same call may succeed later.

    Throttles, quotas, and faults of the network or the service may. For half a minute, so may a denial,
    because the role may be new, and a dataset group that is not found, because it may be new too. An endpoint
    that can't be reached may for three minutes; if it has answered this process before, without a limit.

    Args:
        error: What the call raised.
        age: Seconds since the request began.
    """
    if isinstance(error, ClientError):
        code = error_code(error)
        if is_denied(error) or _is_about_what_is_new(error):
            return age < _SETTLES_SECONDS
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code in _TRANSIENT_CODES or int(status) >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_unreachable(error) and getattr(error, NEVER_ANSWERED, False):
        return age < _NEVER_ANSWERED_SECONDS
    return isinstance(error, HTTPClientError | ConnectionError | ResponseParserError | UnicodeDecodeError)


def _is_about_what_is_new(error: ClientError) -> bool:
    return error_code(error) == "ResourceNotFoundException" and error.operation_name == "CreateSolution"


def refused(resource: str, operation: str, error: Exception) -> LifecycleError:
    """The failure to report for a call that the service refused for good."""
    code = error_code(error)
    next_step = _NEXT_STEPS.get(code, "look into the provider's log for the whole answer")
    if is_unreachable(error):
        next_step = _CONNECT
    return LifecycleError(resource, operation, error_message(error), next_step, code)


def not_finished(resource: str, reason: str, waited: float, next_step: str = "") -> LifecycleError:
    """The failure to report at the deadline, with what was waited for last.

    Args:
        resource: What it is about.
        reason: What was waited for.
        waited: Seconds since the request began.
        next_step: What ends the waiting, if that is known. Default: - to wait longer, as far as possible.
    """
    longer = (
        "try again when the service is done with it: total_timeout is at most 50 minutes"
        if waited >= _LONGEST_SECONDS
        else "try again, with a higher total_timeout of the PersonalizeProvider if it always takes that long "
        "(at most 50 minutes)"
    )
    cause = f"not finished by the deadline, last seen: {reason}"
    return LifecycleError(resource, "waiting", cause, next_step or longer)


def crowded_out(resource: str, reason: str, waited: float) -> LifecycleError:
    """The failure to report at the deadline where the service asked to be called less to the last."""
    return not_finished(resource, reason, waited, _TOO_MUCH)


def _log() -> str:
    """Where the function logs: the provider framework writes a name that is not that of its log group."""
    group = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    return f". The log group is {group}" if 0 < len(group) <= _LONGEST_LOG_GROUP else ""


def _printable(text: str) -> str:
    """With control characters and lone surrogates escaped: in JSON they take six bytes each, or none."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _lines(details: Sequence[str], room: int) -> str:
    """Each detail on a line of its own, as many as there is room for."""
    text = ""
    for index, detail in enumerate(details):
        line = f"\n  {_printable(detail)}"
        rest = len(details) - index
        if len((text + line).encode()) > room - (len(f"\n  and {rest} more") if rest > 1 else 0):
            return f"{text}\n  and {rest} more"
        text += line
    return text


def _shorten(head: str, tail: str) -> str:
    room = MAX_MESSAGE_BYTES - len(tail.encode())
    encoded = head.encode()
    if len(encoded) > room:
        head = encoded[: room - 3].decode(errors="ignore") + "..."
    return head + tail
