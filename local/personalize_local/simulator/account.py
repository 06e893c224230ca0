"""All resources of one account in one Region."""

from __future__ import annotations

from dataclasses import dataclass, field

from personalize_local.simulator.campaign import Campaign
from personalize_local.simulator.dataset import Dataset
from personalize_local.simulator.dataset_group import DatasetGroup
from personalize_local.simulator.event_tracker import EventTracker
from personalize_local.simulator.filter import Filter
from personalize_local.simulator.resource import Shelf
from personalize_local.simulator.schema import Schema
from personalize_local.simulator.solution import Solution


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
