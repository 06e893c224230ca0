"""One server, one proxy and one set of clients for all combinations that a worker runs."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from personalize_provider.engine.log import logger
from support.wire.fault_run import Run, run
from support.wire.lifecycles import Phase
from support.wire.servers import Wire, wired


@pytest.fixture(scope="session")
def wire() -> Iterator[Wire]:
    with wired() as made:
        yield made


@pytest.fixture(scope="session")
def usual(wire: Wire) -> Callable[[Phase], Run]:
    """What a phase comes to without a fault."""

    @cache
    def of(phase: Phase) -> Run:
        with pytest.MonkeyPatch.context() as patch:
            return run(wire, patch, phase)

    return of


@pytest.fixture(autouse=True)
def chance() -> Iterator[None]:
    """A combination has a seed of its own, and leaves chance to the tests after it."""
    state = random.getstate()
    yield
    random.setstate(state)


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of combinations log nothing: making the lines takes longer than the rest."""
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    yield
    logger.setLevel(level)
