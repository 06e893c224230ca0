"""What may be set: how long things take, and how much of them an account may have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from math import isfinite
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds from the start of each kind of work to its end.

    The defaults keep a laptop quick. A solution is ACTIVE as soon as it is created, on AWS too (rule 56).
    Work that has begun keeps the duration it began with.

    Attributes:
        solution_create: From CreateSolution to ACTIVE.
        solution_visible: From CreateSolution until other calls find the solution, as a service that is
            eventually consistent has it.
        solution_update: From UpdateSolution to the new configuration in force (rule 62: minutes on AWS).
        solution_version: One training (rule 59: from 20 minutes to hours on AWS).
        solution_version_stop: From CREATE STOPPING to CREATE STOPPED.
        automatic_training_delay: From ACTIVE, or from an update, to the first automatic training (rule 57).
        campaign: From CreateCampaign to ACTIVE.
        campaign_update: From UpdateCampaign to the new version and configuration in force.
        dataset_group: From CreateDatasetGroup to ACTIVE.
        dataset: From CreateDataset to ACTIVE.
        event_tracker: From CreateEventTracker to ACTIVE.
        filter: From CreateFilter to ACTIVE.
        delete: From the deletion of anything to its being gone.
    """

    solution_create: float = 0
    solution_visible: float = 0
    solution_update: float = 2
    solution_version: float = 1200
    solution_version_stop: float = 2
    automatic_training_delay: float = 3600
    campaign: float = 5
    campaign_update: float = 5
    dataset_group: float = 1
    dataset: float = 1
    event_tracker: float = 1
    filter: float = 1
    delete: float = 1


@dataclass(frozen=True, slots=True)
class Limits:
    """Quotas of an account in a Region, with the service's defaults (rules 116 to 118).

    Attributes:
        solutions_per_dataset_group: Solutions that are active or being created.
        solution_versions_in_progress: Trainings pending or running at once.
        campaigns_per_dataset_group: Campaigns that are active or being created.
        dataset_groups: Dataset groups.
        filters: Filters.
        requests_per_second: Requests a second for each operation, 1 on AWS. Default: - not limited.
    """

    solutions_per_dataset_group: int = 10
    solution_versions_in_progress: int = 20
    campaigns_per_dataset_group: int = 5
    dataset_groups: int = 5
    filters: int = 30
    requests_per_second: int | None = None


_S = TypeVar("_S", Durations, Limits)


def changed(settings: _S, changes: Mapping[str, object]) -> _S:
    """Return `settings` with `changes`, each checked: a known name and a number that is not negative.

    Raises:
        ValueError: A name is unknown or a value is not such a number; it says which are known.
    """
    types = {field.name: str(field.type) for field in fields(settings)}
    for name, value in changes.items():
        if name not in types:
            msg = f"unknown setting {name!r}: expected one of {', '.join(types)}"
            raise ValueError(msg)
        optional, whole = "None" in types[name], "int" in types[name]
        if value is None and optional:
            continue
        number = isinstance(value, int) or (isinstance(value, float) and not whole and isfinite(value))
        if isinstance(value, bool) or not number or value < 0:  # type: ignore[operator]
            kind = "whole number" if whole else "number"
            msg = f"{name} must be a {kind} of 0 or more: got {value!r}"
            raise ValueError(msg)
    return replace(settings, **changes)  # type: ignore[arg-type]
