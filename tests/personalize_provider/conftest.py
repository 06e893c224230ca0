"""What every test of the provider starts from."""

from __future__ import annotations

import random

import pytest


@pytest.fixture(autouse=True)
def same_luck() -> None:
    """Pauses are spread by chance, and each test has the same luck every time."""
    random.seed(7)
