"""Errors as Amazon Personalize answers them.

Modelled errors are HTTP 400 and told apart by code (rule 121). Around them the protocol has a few
of its own: `ValidationException` for requests that break the shapes, `SerializationException` for
JSON of the wrong type, `UnknownOperationException`, and `NotImplementedException` (HTTP 501), which
is ours alone: the operation exists at AWS, but not here.
"""

from __future__ import annotations

INVALID_INPUT = "InvalidInputException"
INVALID_NEXT_TOKEN = "InvalidNextTokenException"  # noqa: S105 - an error code
LIMIT_EXCEEDED = "LimitExceededException"
RESOURCE_ALREADY_EXISTS = "ResourceAlreadyExistsException"
RESOURCE_IN_USE = "ResourceInUseException"
RESOURCE_NOT_FOUND = "ResourceNotFoundException"
TOO_MANY_TAGS = "TooManyTagsException"
TOO_MANY_TAG_KEYS = "TooManyTagKeysException"

NOT_SIMULATED = "NotImplementedException"
SERIALIZATION = "SerializationException"
UNKNOWN_OPERATION = "UnknownOperationException"
VALIDATION = "ValidationException"

_STATUS = {
    NOT_SIMULATED: 501,
    "InternalFailure": 500,
    "InternalServerException": 500,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
}


class ServiceError(Exception):
    """An error answer of the service.

    Attributes:
        code: The error code, for example `ResourceNotFoundException`.
        message: The text for people.
        status: The HTTP status that the code travels with.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = _STATUS.get(code, 400)


def invalid_input(message: str) -> ServiceError:
    """A request that fits the shapes and breaks a rule of the service."""
    return ServiceError(INVALID_INPUT, message)


def in_use(message: str) -> ServiceError:
    """A resource that is busy, or that something else still needs."""
    return ServiceError(RESOURCE_IN_USE, message)


def not_found(arn: str) -> ServiceError:
    """No such resource in this account and Region, in the service's words."""
    return ServiceError(RESOURCE_NOT_FOUND, f"Resource Arn {arn} does not exist.")


def already_exists(arn: str) -> ServiceError:
    """A name that is taken, also by a resource that is still being deleted."""
    return ServiceError(RESOURCE_ALREADY_EXISTS, f"Another resource with Arn {arn} already exists.")


def limit_exceeded(message: str) -> ServiceError:
    """A quota or the request rate: the service has one code for both (rule 120)."""
    return ServiceError(LIMIT_EXCEEDED, message)
