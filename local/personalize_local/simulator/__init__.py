"""A simulator of Amazon Personalize, driven by botocore's models of its three services.

It simulates dataset groups, schemas, datasets, import jobs, solutions, solution versions, campaigns,
recommenders, batch jobs, event trackers, filters, recipes and tags. Versions and recommenders are
trained on the data of their dataset group, by a small baseline that is not the model of Amazon Personalize.
Without data they recommend a list of items that you set. Filters, promotions and metadata apply to both. The
state depends only on the calls and on the clock, which tests can advance. All other operations
answer `NotImplementedException` with HTTP 501.

`engine` is what all kinds share, `kinds` has a module for each kind of resource, `data_plane` has the
operations of personalize-runtime and personalize-events, and `learning` is what learns from data.
"""

from personalize_local.simulator.engine.calls import Call
from personalize_local.simulator.engine.clock import Clock
from personalize_local.simulator.engine.errors import ServiceError
from personalize_local.simulator.engine.faults import Fault
from personalize_local.simulator.engine.planned_failures import Failure
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.engine.service import Personalize
from personalize_local.simulator.engine.status_overrides import StatusOverride
from personalize_local.simulator.engine.wire import Response
from personalize_local.simulator.kinds import Durations, Limits

__all__ = [
    "Call",
    "Clock",
    "Durations",
    "Failure",
    "Fault",
    "Limits",
    "Personalize",
    "Response",
    "Scope",
    "ServiceError",
    "StatusOverride",
]
