"""What an operation may look at: the caller's account, the moment, and the settings in force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from personalize_local.simulator.engine.planned_failures import Outcomes
from personalize_local.simulator.engine.scope import Scope
from personalize_local.simulator.engine.settings import Durations, Limits

if TYPE_CHECKING:
    from personalize_local.simulator.engine.account import Account


@dataclass(frozen=True, slots=True)
class Context:
    """One call's surroundings.

    Attributes:
        account: The resources in the caller's account and Region.
        scope: Which account and Region that is.
        now: The moment of the call; an operation knows no other.
        durations: How long what begins now takes.
        limits: The quotas.
        outcomes: Creations that are to fail.
        items: What campaigns recommend, best first.
        new_id: Gives the next identifier, 8 hexadecimal digits (rule 92).
        new_uuid: Gives the next UUID.
    """

    account: Account
    scope: Scope
    now: datetime
    durations: Durations
    limits: Limits
    outcomes: Outcomes
    items: tuple[str, ...]
    new_id: Callable[[], str]
    new_uuid: Callable[[], str]
