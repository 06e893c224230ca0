"""What can go wrong between the provider and the services that it calls, planned and counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

from personalize_local.simulator import Response

Kind = Literal["refused", "fault", "lost", "reset", "empty", "killed before", "killed after", "slow"]

_URL = "https://personalize.us-east-1.amazonaws.com/"
_SERVER_ERROR = 500


class Killed(BaseException):
    """The process is gone: nothing of it runs any more, not even an `except Exception`."""


@dataclass(frozen=True)
class Strike:
    """Something that goes wrong with coming calls.

    Attributes:
        kind: `refused` with an error code, the service failing (`fault`), the answer `lost` after the effect,
            the connection `reset` before it, an `empty` answer after it, the caller `killed before` or
            `killed after` the call, a `slow` answer.
        operation: Which calls; `*` for any.
        times: How many of them.
        after: How many are left alone before.
        code: The error code of a refusal.
    """

    kind: Kind
    operation: str = "*"
    times: int = 1
    after: int = 0
    code: str = "LimitExceededException"


class Chaos:
    """The strikes to come, first in, first out, and a count of those that struck."""

    def __init__(self) -> None:
        self.pending: list[Strike] = []
        self.struck: Counter[str] = Counter()

    def around(
        self, operation: str, answer: Callable[[], Response], sleep: Callable[[float], None]
    ) -> Response:
        """Answer a call as the next strike has it, or honestly.

        Raises:
            Killed: The caller is to end here.
            HTTPClientError: No answer comes.
        """
        strike = self._next(operation)
        if strike is None:
            return answer()
        self.struck[strike.kind] += 1
        match strike.kind:
            case "refused":
                return error(400, strike.code)
            case "fault":
                return error(_SERVER_ERROR, "InternalFailure")
            case "reset":
                raise ConnectionClosedError(endpoint_url=_URL)
            case "killed before":
                raise Killed
        response = answer()
        match strike.kind:
            case "lost":
                raise ReadTimeoutError(endpoint_url=_URL)
            case "killed after":
                raise Killed
            case "empty":
                return Response(200, {"content-type": "application/x-amz-json-1.1"}, b"")
        sleep(9)
        return response

    def _next(self, operation: str) -> Strike | None:
        for place, strike in enumerate(self.pending):
            if strike.operation not in {"*", operation}:
                continue
            if strike.after:
                self.pending[place] = replace(strike, after=strike.after - 1)
                continue
            left = [replace(strike, times=strike.times - 1)] if strike.times > 1 else []
            self.pending[place : place + 1] = left
            return strike
        return None


def error(status: int, code: str) -> Response:
    """An answer with an error code."""
    headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-errortype": code}
    return Response(status, headers, json.dumps({"__type": code, "message": "struck by a test"}).encode())
