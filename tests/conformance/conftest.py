"""An account of the simulator, for runs in virtual time."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from conformance.account import Account

from personalize_local.testing.in_process import SimulatedPersonalize

PREFIX = "conformance-0123456789ab-"


@pytest.fixture(scope="module")
def client(module_personalize_simulator: SimulatedPersonalize) -> Any:
    """A client without retries. Creating one takes longer than a test."""
    assert module_personalize_simulator
    return boto3.client("personalize", config=Config(retries={"total_max_attempts": 1}))


@pytest.fixture
def service(module_personalize_simulator: SimulatedPersonalize) -> SimulatedPersonalize:
    """An empty service."""
    module_personalize_simulator.simulator.reset()
    return module_personalize_simulator


@pytest.fixture
def account(service: SimulatedPersonalize, client: Any) -> Account:
    """An account with nothing in it, in virtual time."""

    def clock() -> float:
        return service.now.timestamp()

    return Account(client, PREFIX, between_polls=2, sleep=service.advance, clock=clock)
