"""The services that the simulator's tests start from."""

from __future__ import annotations

import pytest

from personalize_local.simulator import Clock, Limits, Personalize
from simulated import START, Simulated


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
