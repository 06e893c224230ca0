"""Errors that tests inject."""

from __future__ import annotations

from dataclasses import dataclass, replace

from personalize_local.simulator.engine.errors import ServiceError
from personalize_local.simulator.engine.model import SERVICES, service_model


@dataclass(frozen=True, slots=True)
class Fault:
    """An error response for the next calls of an operation.

    Attributes:
        operation: For example `CreateSolution`.
        code: The error code, for example `LimitExceededException`.
        message: The error's text.
        times: The number of calls that get the error. None: all calls, until the faults are cleared.
        after: False: the operation has no effect. True: the operation takes effect and its response is
            lost. A call that fails anyway keeps its own error.
    """

    operation: str
    code: str
    message: str = "injected by a test"
    times: int | None = 1
    after: bool = False

    def __post_init__(self) -> None:
        if not any(self.operation in service_model(service).operation_names for service in SERVICES):
            msg = f"unknown operation {self.operation!r}: expected one such as CreateSolution"
            raise ValueError(msg)
        if self.times is not None and self.times < 1:
            msg = f"times must be 1 or more: got {self.times}"
            raise ValueError(msg)


class Faults:
    """The injected faults, first in, first out."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []

    def strike(self, operation: str, *, after: bool) -> None:
        """Raise the next fault for this operation and this value of `after`, if there is one."""
        for place, fault in enumerate(self.pending):
            if fault.operation == operation and fault.after == after:
                if fault.times is not None:
                    left = fault.times - 1
                    self.pending[place : place + 1] = [replace(fault, times=left)] if left else []
                raise ServiceError(fault.code, fault.message)
