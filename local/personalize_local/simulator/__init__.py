"""A simulator of Amazon Personalize's control plane, driven by botocore's model of the service."""

from personalize_local.simulator.clock import Clock
from personalize_local.simulator.errors import ServiceError
from personalize_local.simulator.scope import Scope
from personalize_local.simulator.service import Personalize, Response
from personalize_local.simulator.settings import Durations, Limits

__all__ = ["Clock", "Durations", "Limits", "Personalize", "Response", "Scope", "ServiceError"]
