"""A simulator of Amazon Personalize, driven by botocore's models of its three services.

It answers for solutions, their versions, campaigns, dataset groups, datasets, schemas, event trackers,
filters, recipes and tags. Campaigns recommend the items that they are told. Events, items and users that are
put are kept. What it holds is a function of the calls made and of its clock, which tests may push forward.
All other operations answer `NotImplementedException` with HTTP 501.
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
