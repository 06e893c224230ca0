"""What every test of the provider starts from."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import pytest

from personalize_provider import framework
from personalize_provider.aws import sdk
from personalize_provider.engine.log import logger
from support.virtual_time.provider_world import World, world


@pytest.fixture(autouse=True)
def same_luck() -> None:
    """Pauses are spread by chance, and each test has the same luck every time."""
    random.seed(7)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that the framework's functions live in."""
    made = world(total_timeout=120)
    monkeypatch.setattr(sdk, "personalize", lambda: made.client)
    monkeypatch.setattr(sdk, "cloudformation", lambda: made.stacks)
    monkeypatch.setattr(framework, "_CLOCK", made.time)
    monkeypatch.setenv("TOTAL_TIMEOUT_SECONDS", "120")
    return made


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that the provider logs."""
    handler, written = logger.registered_handler, io.StringIO()
    before = handler.setStream(written)  # type: ignore[attr-defined]
    yield written
    handler.setStream(before)  # type: ignore[attr-defined]
