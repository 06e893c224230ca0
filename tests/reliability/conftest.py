"""An account in virtual time, with one framework process for all tests of a worker, and no logs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from personalize_provider.engine.log import logger
from support.virtual_time.account import Account, account
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime, framework_runtime


@pytest.fixture(scope="session")
def runtime() -> Iterator[FrameworkRuntime]:
    """The CDK's provider framework."""
    with framework_runtime() as running:
        yield running


@pytest.fixture(params=["framework", "single function"])
def transport(request: pytest.FixtureRequest) -> FrameworkRuntime | OneFunction:
    """What receives the requests: the CDK's provider framework, or the single function."""
    if request.param == "single function":
        return OneFunction()
    runtime: FrameworkRuntime = request.getfixturevalue("runtime")
    return runtime


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    """An empty account with a short deadline, once for each transport."""
    with account(transport, total_timeout=60) as made:
        yield made


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    level = logger.log_level
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel(level)
