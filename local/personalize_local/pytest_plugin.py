"""Fixtures for tests of code that uses Amazon Personalize.

pytest loads this module in every run where the package is installed, so slow imports wait until a fixture
needs them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import sysconfig
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from personalize_local.testing.in_process import SimulatedPersonalize
    from personalize_local.testing.server_process import LocalAws

_COMMAND = "personalize_local_command"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option for the command `personalize-local`, if it is not installed beside pytest."""
    parser.addini(
        _COMMAND,
        "The command of the local AWS that the fixture local_aws starts, such as: "
        "uvx --from 'cdk-personalize[local]' personalize-local",
        type="args",
    )


@pytest.fixture
def personalize_simulator() -> Iterator[SimulatedPersonalize]:
    """An empty Amazon Personalize in this process. Its clock stands still until you advance it.

    During the test, all clients of boto3, botocore and aiobotocore for personalize, personalize-runtime and
    personalize-events call it: signed or not, with any Region, endpoint or profile, also clients that were
    created before the test. A client of another library that resolves an endpoint of Amazon Personalize gets
    an error.

    `class_personalize_simulator`, `module_personalize_simulator` and `session_personalize_simulator` are the
    same with a wider scope. `personalize` is a short name for this fixture.
    """
    with _simulated() as simulated:
        yield simulated


@pytest.fixture
def personalize(personalize_simulator: SimulatedPersonalize) -> SimulatedPersonalize:
    """A short name for the fixture `personalize_simulator`."""
    return personalize_simulator


@pytest.fixture(scope="class")
def class_personalize_simulator() -> Iterator[SimulatedPersonalize]:
    """The fixture `personalize_simulator`, with one Amazon Personalize for the tests of a class."""
    with _simulated() as simulated:
        yield simulated


@pytest.fixture(scope="module")
def module_personalize_simulator() -> Iterator[SimulatedPersonalize]:
    """The fixture `personalize_simulator`, with one Amazon Personalize for the tests of a module."""
    with _simulated() as simulated:
        yield simulated


@pytest.fixture(scope="session")
def session_personalize_simulator() -> Iterator[SimulatedPersonalize]:
    """The fixture `personalize_simulator`, with one Amazon Personalize for all tests of a pytest process."""
    with _simulated() as simulated:
        yield simulated


@pytest.fixture(scope="session")
def _personalize_local_server(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[LocalAws]:
    with _running(tmp_path_factory, pytestconfig) as aws:
        yield aws


@pytest.fixture
def local_aws(_personalize_local_server: LocalAws) -> LocalAws:
    """An empty local AWS that allows every call. One server per pytest process, which is reset for each test.

    `module_local_aws` is a separate server for the tests of a module. It is not reset between them.
    """
    _personalize_local_server.reset()
    return _personalize_local_server


@pytest.fixture(scope="module")
def module_local_aws(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[LocalAws]:
    """A local AWS that allows every call, for all tests of a module. The tests share its stacks."""
    with _running(tmp_path_factory, pytestconfig) as aws:
        yield aws


def _simulated() -> contextlib.AbstractContextManager[SimulatedPersonalize]:
    _require("boto3", "testing")
    from personalize_local.testing import in_process  # noqa: PLC0415 (see above)

    return in_process.simulated()


def _running(
    tmp_path_factory: pytest.TempPathFactory, config: pytest.Config
) -> contextlib.AbstractContextManager[LocalAws]:
    _require("boto3", "testing")
    from personalize_local.testing import server_process  # noqa: PLC0415 (see above)

    command = server_process.command_of(
        config.getini(_COMMAND),
        is_installed=importlib.util.find_spec("ministack") is not None,
        own_scripts=sysconfig.get_path("scripts"),
    )
    if command is None:
        pytest.fail(
            "this fixture needs the local AWS: pip install 'cdk-personalize[local]'. If the botocore that it "
            "pins is in your way, install it elsewhere: pipx install 'cdk-personalize[local]'; or set "
            f"{_COMMAND} in pytest's configuration to: uvx --from 'cdk-personalize[local]' personalize-local",
            pytrace=False,
        )
    return server_process.running(tmp_path_factory.mktemp("local-aws"), command=command)


def _require(module: str, extra: str) -> None:
    if importlib.util.find_spec(module) is None:
        pytest.fail(
            f"{module} is not installed, and this fixture needs it: pip install 'cdk-personalize[{extra}]'",
            pytrace=False,
        )
