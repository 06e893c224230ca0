"""Settings for every test."""

from __future__ import annotations

import gc
import itertools
import os
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import settings

from personalize_local.address import misleads

# The same examples each time, without a time limit: a result must not depend on the day or the load of the
# machine. `make soak` draws new examples.
settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
settings.load_profile("repeatable")

if Path(__file__).parents[1].joinpath("constructs", "__init__.py").exists():
    # It would hide the PyPI package of that name, and the errors would not say so.
    raise pytest.UsageError("constructs/__init__.py exists: constructs/ is a source root, remove the file")

# If the package is installed, pytest has already loaded its plugin through the entry point.
_INSTALLED = entry_points(group="pytest11", name="personalize-local")
_PLUGIN = [] if _INSTALLED else ["personalize_local.pytest_plugin"]
pytest_plugins = [
    *_PLUGIN,
    "support.processes.cloud",
    "support.processes.distributions",
    "support.processes.installation",
]

_OF_PROCESSES = {"consumer", "e2e", "examples"}
_OWN_SERVERS = {"_personalize_local_server", "_enforcing_server"}
_SERVERS = {*_OWN_SERVERS, "module_local_aws"}


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark the tests that need a server."""
    if not _SERVERS.isdisjoint(getattr(item, "fixturenames", ())):
        item.add_marker("process")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let two thirds of the workers start with the tests that wait, and the others with those that compute.

    `worksteal` gives each worker a block of the list, all of the same length, and a worker that is done takes
    tests from the end of a longer block. The tests in `reliability` take longest, so they come first.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    waiters = max(1, round(workers * 2 / 3))
    waiting = list(filter(_waits, items))
    computing = sorted(
        itertools.filterfalse(_waits, items), key=lambda item: "reliability" not in item.path.parts
    )
    blocks = [waiting[number::waiters] for number in range(waiters)] + [[]] * (workers - waiters)
    dealt: list[pytest.Item] = []
    for number, block in reversed(list(enumerate(blocks))):
        room = max(0, (len(items) - len(dealt)) // (number + 1) - len(block))
        dealt[:0] = block + computing[:room]
        del computing[:room]
    items[:] = dealt + computing


def _waits(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    # Tests of one server for a module follow one another, so they stay together.
    has_server = bool(names & _OWN_SERVERS) and "module_local_aws" not in names
    return has_server or not _OF_PROCESSES.isdisjoint(item.path.parts)


def pytest_collection_finish() -> None:
    """Exclude the imported modules from garbage collection, which took a tenth of the time."""
    gc.collect()
    gc.freeze()


# jsii fills the output on Node 20, which works; the variable lists major versions.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")
# It takes six seconds a synth. The one test of it turns it on.
os.environ.setdefault("CDK_VALIDATION", "false")
# A client in a test must never use the credentials and settings of the user who runs it.
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
