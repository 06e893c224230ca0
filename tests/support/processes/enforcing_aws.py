"""A local AWS that enforces policies: one server for each pytest process, beside that of `local_aws`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from personalize_local.testing.server_process import LocalAws, running


@pytest.fixture(scope="session")
def _enforcing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with running(tmp_path_factory.mktemp("local-aws-iam"), ["--enforce-iam"]) as aws:
        yield aws


@pytest.fixture
def enforcing_aws(_enforcing_server: LocalAws) -> LocalAws:
    """An empty local AWS that enforces policies; the key `test` is the account's root."""
    _enforcing_server.reset()
    return _enforcing_server
