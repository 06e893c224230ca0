"""How long solutions and trainings take, and how many there can be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SolutionDurations:
    """Seconds.

    Attributes:
        solution_create: From CreateSolution to ACTIVE.
        solution_visible: From CreateSolution until other calls find the solution, to simulate a service that
            is eventually consistent.
        solution_update: From UpdateSolution until the new configuration is in force (rule 62: minutes on
            AWS).
        solution_version: One training (rule 59: from 20 minutes to hours on AWS).
        solution_version_stop: From CREATE STOPPING to CREATE STOPPED.
        automatic_training_delay: From ACTIVE, or from an update, to the first automatic training (rule 57).
    """

    solution_create: float = 0
    solution_visible: float = 0
    solution_update: float = 2
    solution_version: float = 1200
    solution_version_stop: float = 2
    automatic_training_delay: float = 3600


@dataclass(frozen=True)
class SolutionLimits:
    """Quotas.

    Attributes:
        solutions_per_dataset_group: Solutions that are active or being created (rule 116).
        solution_versions_in_progress: Trainings that are pending or running at once (rule 117).
    """

    solutions_per_dataset_group: int = 10
    solution_versions_in_progress: int = 20
