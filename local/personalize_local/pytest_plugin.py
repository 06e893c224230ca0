"""Fixtures for tests of code that uses Amazon Personalize.

pytest loads this in every run of everybody who has the package, so nothing that takes time is imported before
a fixture needs it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from personalize_local.testing.in_process import SimulatedPersonalize
    from personalize_local.testing.server_process import LocalAws


@pytest.fixture
def personalize(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedPersonalize]:
    """An empty Amazon Personalize in this process, on a clock that stands still until you advance it.

    As long as the test runs, every boto3 client for `personalize`, `personalize-runtime` and
    `personalize-events` reaches it, also one that was made before the test, and no call of such a client
    leaves the process.
    """
    _require("boto3", "testing")
    from personalize_local.testing import in_process  # noqa: PLC0415 (see above)

    with in_process.simulated(monkeypatch) as simulated:
        yield simulated


@pytest.fixture(scope="session")
def _personalize_local_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    _require("ministack", "local")
    from personalize_local.testing import server_process  # noqa: PLC0415 (see above)

    with server_process.running(tmp_path_factory.mktemp("local-aws")) as aws:
        yield aws


@pytest.fixture
def local_aws(_personalize_local_server: LocalAws) -> LocalAws:
    """An empty local AWS that allows every call: one server for a pytest process, emptied for each test."""
    _personalize_local_server.reset()
    return _personalize_local_server


def _require(module: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.fail(
            f"{module} is not installed, and this fixture needs it: pip install 'cdk-personalize[{extra}]'",
            pytrace=False,
        )
