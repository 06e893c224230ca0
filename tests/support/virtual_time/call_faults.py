"""Faults in the provider's calls to AWS in virtual time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from personalize_local.simulator import Response

Kind = Literal["refused", "server error", "lost", "reset", "empty", "killed before", "killed after", "slow"]

_URL = "https://personalize.us-east-1.amazonaws.com/"
_SLOW_SECONDS = 9


class Killed(BaseException):
    """The process has ended: nothing in it runs any more, not even an `except Exception`."""


@dataclass(frozen=True)
class CallFault:
    """A fault in coming calls.

    Attributes:
        kind: `refused` with an error code, a `server error`, the response `lost` after the effect, the
            connection `reset` before it, an `empty` response after it, the caller `killed before` or
            `killed after` the call, a `slow` response.
        operation: The operation it applies to; `*` for any.
        times: The number of calls it applies to.
        after: The number of calls that succeed first.
        code: The error code of a refusal.
    """

    kind: Kind
    operation: str = "*"
    times: int = 1
    after: int = 0
    code: str = "LimitExceededException"


class CallFaults:
    """The faults to inject, first in, first out, and a count of those injected so far, by kind."""

    def __init__(self) -> None:
        self.pending: list[CallFault] = []
        self.injected: Counter[str] = Counter()

    def around(
        self, operation: str, answer: Callable[[], Response], sleep: Callable[[float], None]
    ) -> Response:
        """Answer a call, with the next fault that applies to it.

        Raises:
            Killed: the fault ends the caller here.
            HTTPClientError: the fault withholds the response.
        """
        fault = self._next(operation)
        if fault is None:
            return answer()
        self.injected[fault.kind] += 1
        match fault.kind:
            case "refused":
                return error_response(400, fault.code)
            case "server error":
                return error_response(500, "InternalFailure")
            case "reset":
                raise ConnectionClosedError(endpoint_url=_URL)
            case "killed before":
                raise Killed
        response = answer()
        match fault.kind:
            case "lost":
                raise ReadTimeoutError(endpoint_url=_URL)
            case "killed after":
                raise Killed
            case "empty":
                return Response(200, {"content-type": "application/x-amz-json-1.1"}, b"")
        sleep(_SLOW_SECONDS)
        return response

    def _next(self, operation: str) -> CallFault | None:
        for place, fault in enumerate(self.pending):
            if fault.operation not in {"*", operation}:
                continue
            if fault.after:
                self.pending[place] = replace(fault, after=fault.after - 1)
                continue
            left = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
            self.pending[place : place + 1] = left
            return fault
        return None


def error_response(status: int, code: str) -> Response:
    """A response with an error code."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return Response(status, headers, json.dumps({"__type": code, "message": "injected by a test"}).encode())


def client_error(
    operation: str, code: str, message: str = "injected by a test", status: int = 400
) -> ClientError:
    """An error response as botocore raises it."""
    error = {"Code": code, "Message": message}
    return ClientError(cast(Any, {"Error": error, "ResponseMetadata": {"HTTPStatusCode": status}}), operation)
