"""Error answers on demand."""

from __future__ import annotations

from dataclasses import dataclass, replace

from personalize_local.simulator.engine.errors import ServiceError
from personalize_local.simulator.engine.model import SERVICES, service_model


@dataclass(frozen=True, slots=True)
class Fault:
    """An error that the next calls of an operation are answered with.

    Attributes:
        operation: For example `CreateSolution`.
        code: The error code, for example `LimitExceededException`.
        message: The error's text.
        times: How many calls are still to be answered so; None for all until the faults are cleared.
        after: False: nothing happens but the error. True: the operation takes effect and its answer
            is lost; a call that fails by itself keeps its own error.
    """

    operation: str
    code: str
    message: str = "injected by a test"
    times: int | None = 1
    after: bool = False

    def __post_init__(self) -> None:
        if not any(self.operation in service_model(service).operation_names for service in SERVICES):
            msg = f"unknown operation {self.operation!r}: expected one of Amazon Personalize's"
            raise ValueError(msg)
        if self.times is not None and self.times < 1:
            msg = f"times must be 1 or more: got {self.times}"
            raise ValueError(msg)


class Faults:
    """The faults still to come, first in, first out."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []

    def strike(self, operation: str, *, after: bool) -> None:
        """Raise the next fault meant for this operation and moment, if there is one."""
        for place, fault in enumerate(self.pending):
            if fault.operation == operation and fault.after == after:
                if fault.times is not None:
                    left = fault.times - 1
                    self.pending[place : place + 1] = [replace(fault, times=left)] if left else []
                raise ServiceError(fault.code, fault.message)
