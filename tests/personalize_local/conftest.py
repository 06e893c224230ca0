"""The services that the simulator's tests start from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_shell import Shell
from personalize_local import background
from personalize_local.simulator import Clock, Limits, Personalize
from simulated import START, Simulated


@pytest.fixture
def sim() -> Simulated:
    """A service with the active dataset group `films`, where a solution may be made."""
    simulated = Simulated(Personalize(Clock.frozen(START)))
    simulated.create_group("films")
    return simulated


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
