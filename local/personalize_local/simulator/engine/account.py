"""All resources of one account in one Region."""

from __future__ import annotations

from dataclasses import dataclass, field

from personalize_local.simulator.engine.resource import Shelf
from personalize_local.simulator.kinds.campaign import Campaign
from personalize_local.simulator.kinds.dataset import Dataset
from personalize_local.simulator.kinds.dataset_group import DatasetGroup
from personalize_local.simulator.kinds.event_tracker import EventTracker
from personalize_local.simulator.kinds.filter import Filter
from personalize_local.simulator.kinds.schema import Schema
from personalize_local.simulator.kinds.solution import Solution


@dataclass(frozen=True, slots=True)
class Account:
    """One shelf for each kind. Solution versions live in their solution and go with it (rule 74)."""

    dataset_groups: Shelf[DatasetGroup] = field(default_factory=Shelf)
    schemas: Shelf[Schema] = field(default_factory=Shelf)
    datasets: Shelf[Dataset] = field(default_factory=Shelf)
    solutions: Shelf[Solution] = field(default_factory=Shelf)
    campaigns: Shelf[Campaign] = field(default_factory=Shelf)
    event_trackers: Shelf[EventTracker] = field(default_factory=Shelf)
    filters: Shelf[Filter] = field(default_factory=Shelf)
