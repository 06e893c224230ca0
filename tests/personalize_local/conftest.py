"""The services that the simulator's tests start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from personalize_local import background
from personalize_local.simulator import Clock, Limits, Personalize, ServiceError
from personalize_local.simulator.engine import service
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.operations import operations
from support.processes.local_process import Shell
from support.requests.answers import declared_errors, problems
from support.virtual_time.simulated import START, Simulated


def _held_to_the_model(name: str, operation: Operation) -> Operation:
    def held(*arguments: Any) -> dict[str, object]:
        try:
            answer = operation(*arguments)
        except ServiceError as error:
            if error.code not in declared_errors(name):
                raise AssertionError(f"the model has no error {error.code} for {name}") from error
            raise
        assert problems(name, answer) == []
        return answer

    return held


@pytest.fixture(autouse=True)
def answers_fit_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """In each test, every answer has the shape, and every refusal a code, that the model has for it."""

    def held() -> dict[str, Operation]:
        return {name: _held_to_the_model(name, operation) for name, operation in operations().items()}

    monkeypatch.setattr(service, "operations", held)


@pytest.fixture
def sim() -> Simulated:
    """A service with the active dataset group `films`, where a solution may be made."""
    simulated = Simulated(Personalize(Clock.frozen(START)))
    simulated.create_group("films")
    return simulated


@pytest.fixture
def a_second_to_create(sim: Simulated) -> None:
    """A solution is CREATE PENDING, then CREATE IN_PROGRESS, and ACTIVE after a second."""
    sim.service.set_durations(solution_create=1)


@pytest.fixture
def roomy() -> Simulated:
    """As `sim`, with quotas out of the way."""
    limits = Limits(
        solutions_per_dataset_group=1000,
        solution_versions_in_progress=1000,
        campaigns_per_dataset_group=1000,
        dataset_groups=1000,
    )
    simulated = Simulated(Personalize(Clock.frozen(START), limits=limits))
    simulated.create_group("films")
    return simulated


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A folder to run commands in; the server that they start there ends with the test."""
    shell = Shell(tmp_path)
    yield shell
    record = shell.state.live()
    if record is not None:
        background.stop(record)
