"""The framework's process, which the tests of a worker share, and a provider that is silent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from personalize_provider.engine.log import logger
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime, framework_runtime


@pytest.fixture(scope="session")
def runtime() -> Iterator[FrameworkRuntime]:
    """The provider framework's code."""
    with framework_runtime() as running:
        yield running


@pytest.fixture(params=["framework", "single function"])
def transport(request: pytest.FixtureRequest) -> FrameworkRuntime | OneFunction:
    """What carries requests: the provider framework's code, or one function."""
    if request.param == "single function":
        return OneFunction()
    runtime: FrameworkRuntime = request.getfixturevalue("runtime")
    return runtime


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    level = logger.log_level
    logger.setLevel("CRITICAL")
    yield
    logger.setLevel(level)
