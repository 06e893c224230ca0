"""Failures as a stack's events show them, and the SDK's errors that may pass.

LifecycleError              every failure that is reported to CloudFormation
  InvalidPropertiesError         the properties are not valid: nothing was changed
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
"""The errors that a call to AWS can raise; the last two for an answer that was cut short."""

NEVER_ANSWERED = "never_answered"
"""Attribute of a network error: the service has not answered this process yet."""

CallError: TypeAlias = ClientError | BotoCoreError | ResponseParserError | UnicodeDecodeError

# CloudFormation refuses a response over 4,096 bytes. The provider framework doesn't shorten the message, and
# adds its own stack trace to it.
MAX_MESSAGE_BYTES = 990

_LONGEST_LOG_GROUP = 300  # characters and bytes: a log group's name can be longer, but the message needs room

# Rule 120: the rate and the quotas have the same code, and both may pass.
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

# The codes while a role or its credentials are not known everywhere. The JSON and the query protocol spell
# them differently. https://docs.aws.amazon.com/personalize/latest/dg/CommonErrors.html
_DENIED_CODES = frozenset({"AccessDenied", "AccessDeniedException", "NotAuthorized"})
_UNKNOWN_CALLER_CODES = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "UnrecognizedClientException"}
)

# What the same deploy has just made may not be known everywhere: the provider's role, and what a new resource
# depends on, such as a dataset group (rule 64).
SETTLES_SECONDS = 30.0

# After this time, an endpoint that never answered counts as unreachable from the function.
_NEVER_ANSWERED_SECONDS = 180.0

_ALLOW = "allow this action to the provider's role, or lift what denies it"
_SIGN_IN = "check that the provider's role still exists, and deploy again"
_CONNECT = (
    "check that the service exists in this Region, that the function can resolve its name (DNS of the VPC), "
    "and that the function's subnets have a way out: a NAT gateway, or a VPC endpoint for the service"
)
_LONGEST_SECONDS = 50 * 60.0  # the maximum of total_timeout: CloudFormation waits for at most an hour

_TOO_MUCH = (
    "deploy fewer resources at once (chain them with node.add_dependency), or ask AWS for a higher quota"
)
_NEXT_STEPS = {
    **dict.fromkeys(_DENIED_CODES, _ALLOW),
    **dict.fromkeys(_UNKNOWN_CALLER_CODES, _SIGN_IN),
    "InvalidInputException": "correct the property that the service names and deploy again",
    "ValidationException": "correct the property that the service names and deploy again",
    "ResourceNotFoundException": "check that the ARNs in the properties exist in this account and Region",
    "TooManyTagsException": "remove tags: a resource has 50, and three are the provider's (four to adopt)",
}


class LifecycleError(Exception):
    """A request that failed for good.

    Args:
        resource: The resource, for example `solution movies-1a2b`.
        operation: The operation that failed, as the service or CloudFormation calls it.
        cause: Why it failed; the service's own message if there is one.
        next_step: What the user should do.
        code: The service's error code, if it gave one.
        details: More about the cause, one line each.
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
    """Properties that the service would not accept; every problem in one message."""

    def __init__(self, resource: str, problems: Sequence[str]) -> None:
        """List the problems."""
        self.problems = tuple(problems)
        super().__init__(
            resource, "reading its properties", "; ".join(problems), "correct the template and deploy again"
        )


class SupersededError(LifecycleError):
    """The stack has moved on from the operation that this request is part of."""

    def __init__(self, resource: str, operation: str, now: str) -> None:
        """Name the operation, and what the stack is doing now."""
        super().__init__(
            resource,
            operation,
            f"the stack is {now} by now, so this request is out of date and changes nothing more",
            "look at the stack's later events",
        )


def error_code(error: Exception) -> str:
    """The service's error code, or the exception's name if no service answered."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return type(error).__name__


def error_message(error: Exception) -> str:
    """The service's own message, or the exception's if no service answered."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Message") or error)
    return str(error)


def is_throttle(error: CallError) -> bool:
    """Whether the service throttled the call, or a quota is used up."""
    return isinstance(error, ClientError) and error_code(error) in _THROTTLE_CODES


def is_denied(error: Exception) -> bool:
    """Whether the service denied the call, or doesn't know the caller."""
    return isinstance(error, ClientError) and error_code(error) in _DENIED_CODES | _UNKNOWN_CALLER_CODES


def is_unreachable(error: Exception) -> bool:
    """Whether no connection to the service could be made."""
    return isinstance(error, ConnectionError)


def may_pass(error: CallError, age: float) -> bool:
    """Whether the same call may succeed later.

    Throttles, quotas, and faults of the network or the service may. For half a minute, so may a denial,
    because the role may be new, and a dataset group that is not found, because it may be new too. An
    unreachable endpoint may for three minutes; without a limit if it has answered this process before.

    Args:
        error: The error that the call raised.
        age: Seconds since the request began.
    """
    if isinstance(error, ClientError):
        code = error_code(error)
        if is_denied(error) or _may_be_new(error):
            return age < SETTLES_SECONDS
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return code in _TRANSIENT_CODES or int(status) >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_unreachable(error) and getattr(error, NEVER_ANSWERED, False):
        return age < _NEVER_ANSWERED_SECONDS
    return isinstance(error, HTTPClientError | ConnectionError | ResponseParserError | UnicodeDecodeError)


def _may_be_new(error: ClientError) -> bool:
    """Whether a Create depends on a resource that may be new, such as a dataset group."""
    return error_code(error) == "ResourceNotFoundException" and error.operation_name.startswith("Create")


def refused(resource: str, operation: str, error: Exception) -> LifecycleError:
    """The failure to report for a call that the service refused for good."""
    code = error_code(error)
    next_step = _NEXT_STEPS.get(code, "see the provider's log for the whole answer")
    if is_unreachable(error):
        next_step = _CONNECT
    return LifecycleError(resource, operation, error_message(error), next_step, code)


def not_finished(resource: str, reason: str, waited: float, next_step: str = "") -> LifecycleError:
    """The failure to report at the deadline, with the last thing that the request waited for.

    Args:
        resource: The resource.
        reason: What the request was waiting for.
        waited: Seconds since the request began.
        next_step: How to end the wait, if that is known. Default: - to wait longer, if possible.
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
    """The failure to report at the deadline if the service still throttled the last call."""
    return not_finished(resource, reason, waited, _TOO_MUCH)


def _log() -> str:
    """The function's log group: the provider framework writes a name that isn't that of the log group."""
    group = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    return f". The log group is {group}" if 0 < len(group) <= _LONGEST_LOG_GROUP else ""


def _printable(text: str) -> str:
    """The text with control characters and lone surrogates escaped: JSON needs six bytes for each."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _lines(details: Sequence[str], room: int) -> str:
    """Each detail on its own line, as many as there is room for."""
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
