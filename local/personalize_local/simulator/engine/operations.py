"""The operations that are simulated. All others of the model answer `NotImplementedException`."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_local.simulator.data_plane import events, records, runtime
from personalize_local.simulator.engine import tags
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.kinds import KINDS


def operations() -> Mapping[str, Operation]:
    """Return each simulated operation of the three services, with the function that answers it."""
    groups = [kind.operations for kind in KINDS.values()]
    groups += [tags.OPERATIONS, events.OPERATIONS, records.OPERATIONS, runtime.OPERATIONS]
    return {name: operation for group in groups for name, operation in group.items()}


def rate_limited() -> frozenset[str]:
    """Return the simulated operations that the service documents a request rate for (rule 118)."""
    return frozenset(name for kind in KINDS.values() for name in kind.operations.keys() - kind.not_limited)
