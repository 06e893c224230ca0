"""The faults of the matrix: every error that an operation may return, and network faults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import botocore.session

from personalize_provider.aws.sdk import CloudFormation, Personalize

WORDS = "the service's own words"
"""What every injected error says."""

_MEANWHILE_MS = 20
_NEVER_MS = 600_000
_HARDLY_KBPS = 0.0001

# Every operation may answer with these, so the service model lists them for none.
_COMMON = {
    "personalize": {
        "AccessDeniedException": 400,
        "ThrottlingException": 400,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
    },
    "cloudformation": {
        "AccessDenied": 403,
        "Throttling": 400,
        "InternalFailure": 500,
        "ServiceUnavailable": 503,
        "ValidationError": 400,  # there is no such stack, or none yet
    },
}

# docs/architecture.md, "The loop". A denial may be that of a role that is new.
_MAY_PASS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "InternalFailure",
        "LimitExceededException",
        "ResourceInUseException",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "ValidationError",
    }
)


@dataclass(frozen=True)
class WireFault:
    """A fault in the calls of one operation, over HTTP.

    Attributes:
        name: How the table names it.
        effect: What the proxy does, as a part of its rule.
        patient: Whether the client must wait for the answer; otherwise it meets its read time-out.
        said: What a message about it must have, one of these; nothing where no service answered.
        may_pass: Whether the provider promises to wait for the end of it.
        lag: By how many seconds the answer is late, which CloudFormation itself makes it: no proxy does.
    """

    name: str
    effect: Mapping[str, Any] = field(hash=False, default_factory=dict)
    patient: bool = True
    said: tuple[str, ...] = ()
    may_pass: bool = True
    lag: float = 0.0

    def rule(self, operation: str, times: int | None) -> dict[str, Any]:
        """The proxy's rule for so many calls of an operation; None means all."""
        return {"operation": operation, **self.effect, **({} if times is None else {"times": times})}


def operations() -> tuple[str, ...]:
    """All that the provider calls."""
    return (*_methods(Personalize), *_methods(CloudFormation))


@cache
def faults(operation: str) -> tuple[WireFault, ...]:
    """All faults of an operation."""
    late = _LATE if operation in _methods(CloudFormation) else ()
    return (*_errors(operation), *_NETWORK, *late)


_NETWORK = (
    WireFault("slow answer", {"latency": _MEANWHILE_MS}),
    WireFault("time-out, nothing done", {"timeout_ms": _NEVER_MS}, patient=False),
    WireFault("time-out, done", {"response": {"bandwidth_kbps": _HARDLY_KBPS}}, patient=False),
    WireFault("connection reset, nothing done", {"reset": True}),
    WireFault("connection reset, done", {"response": {"abort_bytes": 0}}),
    WireFault("empty answer, done", {"response": {"truncate_bytes": 0}}),
    WireFault("cut answer, done", {"response": {"truncate_bytes": 5}}),
)

# DescribeStacks and DescribeStackEvents are eventually consistent.
_LATE = tuple(WireFault(f"shows what was {lag:g} s ago", lag=lag) for lag in (0.5, 1.0, 2.0, 6.0))


def _errors(operation: str) -> list[WireFault]:
    service = "personalize" if operation in _methods(Personalize) else "cloudformation"
    modelled = {
        shape.name: int(shape.metadata.get("error", {}).get("httpStatusCode", 400))
        for shape in _model(service).operation_model(operation).error_shapes
    }
    return [
        WireFault(
            code,
            {"error": {"code": code, "status": status, "message": WORDS}},
            said=(code, WORDS),
            may_pass=code in _MAY_PASS,
        )
        for code, status in (modelled | _COMMON[service]).items()
    ]


@cache
def _model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


@cache
def _methods(client: type) -> tuple[str, ...]:
    return tuple(
        "".join(word.title() for word in name.split("_")) for name in vars(client) if not name.startswith("_")
    )
