"""What the provider can do to a solution besides what it can do to every owned resource."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_provider.engine.steps import Effect


@dataclass(frozen=True)
class StopTraining(Effect):
    """StopSolutionVersionCreation for these versions."""

    version_arns: tuple[str, ...]
