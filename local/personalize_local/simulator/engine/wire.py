"""HTTP responses in the two protocols of the service.

The control plane speaks JSON 1.1 and names the operation in a header (rule 122). The runtime and the events
service speak REST with JSON bodies: the path names the operation, and an error has an HTTP status of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from personalize_local.simulator.engine.errors import ServiceError
from personalize_local.simulator.engine.model import SERVICES, operation_model, service_model

_JSON = "application/x-amz-json-1.1"
_REST = "application/json"

# Errors of the protocol. The model has the statuses of the service's own errors.
_REST_STATUS = {"AccessDeniedException": 403, "UnrecognizedClientException": 403}


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes


@cache
def rest_paths() -> Mapping[str, str]:
    """Return the operation for each path of the REST services."""
    models = [model for model in map(service_model, SERVICES) if model.metadata["protocol"] == "rest-json"]
    return {
        model.operation_model(name).http["requestUri"]: name
        for model in models
        for name in model.operation_names
    }


def answered(operation: str, answer: Mapping[str, object]) -> Response:
    """Return the response of an operation. Timestamps are seconds since 1970, to the millisecond."""
    if not _is_rest(operation):
        return Response(200, {"content-type": _JSON}, json.dumps(answer, default=_epoch).encode())
    body = json.dumps(answer, default=_epoch).encode() if answer else b""
    return Response(200, {"content-type": _REST}, body)


def refused(operation: str, error: ServiceError) -> Response:
    """Return the error response of an operation."""
    headers = {"x-amzn-errortype": error.code}
    if not _is_rest(operation):
        text = json.dumps({"__type": error.code, "message": error.message})
        return Response(error.status, headers | {"content-type": _JSON}, text.encode())
    text = json.dumps({"message": error.message})
    return Response(_rest_status(operation, error), headers | {"content-type": _REST}, text.encode())


@cache
def _rest_operations() -> frozenset[str]:
    return frozenset(rest_paths().values())


def _is_rest(operation: str) -> bool:
    return operation in _rest_operations()


def _rest_status(operation: str, error: ServiceError) -> int:
    for shape in operation_model(operation).error_shapes:
        if shape.name == error.code:
            return int(shape.metadata["error"]["httpStatusCode"])
    return _REST_STATUS.get(error.code, error.status)


def _epoch(value: object) -> float:
    if isinstance(value, datetime):
        return round(value.timestamp(), 3)
    msg = f"no JSON form: {value!r}"
    raise TypeError(msg)
