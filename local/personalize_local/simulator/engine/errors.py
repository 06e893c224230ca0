"""The error responses of Amazon Personalize.

The errors in the service's model have HTTP status 400 and differ by code (rule 121). The protocol adds
`ValidationException` for requests that do not match the shapes, `SerializationException` for JSON of the
wrong type, and `UnknownOperationException`. `NotImplementedException` (HTTP 501) is the simulator's own: the
operation exists on AWS but is not simulated.
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
    """An error response of the service.

    Attributes:
        code: The error code, for example `ResourceNotFoundException`.
        message: The error message.
        status: The HTTP status for the code.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = _STATUS.get(code, 400)


def invalid_input(message: str) -> ServiceError:
    """A request that matches the shapes but breaks a rule of the service."""
    return ServiceError(INVALID_INPUT, message)


def in_use(message: str) -> ServiceError:
    """A resource that is busy, or that another resource uses."""
    return ServiceError(RESOURCE_IN_USE, message)


def not_found(arn: str) -> ServiceError:
    """No such resource in this account and Region, with the service's message."""
    return ServiceError(RESOURCE_NOT_FOUND, f"Resource Arn {arn} does not exist.")


def already_exists(arn: str) -> ServiceError:
    """A name that is taken, even if the other resource is being deleted."""
    return ServiceError(RESOURCE_ALREADY_EXISTS, f"Another resource with Arn {arn} already exists.")


def limit_exceeded(message: str) -> ServiceError:
    """A quota or the request rate. The service uses one code for both (rule 120)."""
    return ServiceError(LIMIT_EXCEEDED, message)
