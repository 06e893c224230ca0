"""Settings for every test."""

from __future__ import annotations

import gc
import os
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import settings

from personalize_local.address import misleads

# The same examples each time, and no time limit for one: what is right must not depend on the day, or on what
# else the machine does. `make soak` draws new ones.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")

if Path(__file__).parents[1].joinpath("constructs", "__init__.py").exists():
    # It hides the PyPI package of that name, and everything fails with words that don't say so.
    raise pytest.UsageError("constructs/__init__.py exists: constructs/ is a source root, remove the file")

# Where the package is installed as well, pytest has loaded its plugin by the entry point.
_INSTALLED = entry_points(group="pytest11", name="personalize-local")
_PLUGIN = [] if _INSTALLED else ["personalize_local.pytest_plugin"]
pytest_plugins = [*_PLUGIN, "support.processes.cloud", "support.processes.distributions"]

_LONG = {"consumer", "e2e", "examples", "reliability"}
_SERVERS = {"_personalize_local_server", "_enforcing_server", "module_local_aws"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what asks for a server."""
    if not _SERVERS.isdisjoint(getattr(item, "fixturenames", ())):
        item.add_marker("process")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes seconds a test: a worker that came to it last would keep the others waiting."""
    items.sort(key=lambda item: _LONG.isdisjoint(item.path.parts))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported; to look through it took a tenth of the time."""
    gc.collect()
    gc.freeze()


# jsii fills the output on Node 20, which works; the variable lists major versions.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
# Six seconds a synth. The one test that is about it turns it on.
os.environ.setdefault("CDK_VALIDATION", "false")
# A client that a test makes must never find the credentials and settings of whoever runs it.
for name in [name for name in os.environ if misleads(name)]:
    del os.environ[name]
os.environ.update(
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_REGION="us-east-1",
    AWS_DEFAULT_REGION="us-east-1",
)
