"""A solution as the service describes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.aws.reading import CREATING, canonical_status
from personalize_provider.engine.goal import Present
from personalize_provider.kinds.owned import observed
from personalize_provider.kinds.solution import adoption, config
from personalize_provider.kinds.solution.config import UPDATABLE_MEMBERS

_IN_TRAINING = CREATING | {"CREATE STOPPING"}  # rules 76 and 78


@dataclass(frozen=True)
class Observed(observed.Observed[Present]):
    """The current state of a solution.

    Attributes:
        versions: Its versions in the answer of ListSolutionVersions; read only for a delete.
    """

    MEMBER = "solution"
    LATEST_UPDATE = "latestSolutionUpdate"
    CHECK = "check that its dataset group is ACTIVE and has the recipe's datasets, and deploy again"

    versions: tuple[Mapping[str, Any], ...] = ()

    @property
    def current(self) -> Mapping[str, Any]:
        """The solution with its latest update. Whether the service describes it so is not documented."""
        if self.update_status != "ACTIVE":
            return self.described
        merged = {**self.described.get("solutionConfig", {}), **self.update.get("solutionUpdateConfig", {})}
        updated = {key: self.update[key] for key in UPDATABLE_MEMBERS if key in self.update}
        return {**self.described, **updated, "solutionConfig": merged}

    @property
    def settings(self) -> Mapping[str, Any]:
        """What UpdateSolution can change, in the form of its request."""
        return config.updatable(self.current)

    def changes(self, goal: Present) -> dict[str, Any]:
        """The members of the UpdateSolution that makes it as declared."""
        return config.update_request(config.updatable(goal.request), self.settings)

    def carries(self, changes: Mapping[str, Any]) -> bool:
        """Whether the latest UpdateSolution was sent with these changes."""
        return config.carries(self.update, changes)

    def differences(self, goal: Present) -> list[str]:
        """What differs in the configuration that can't be changed."""
        return adoption.differences(goal.request, self.described)

    @property
    def failed(self) -> Mapping[str, Any]:
        """Its latest version: a solution has no failure reason of its own (rule 47)."""
        version: Mapping[str, Any] = self.described.get("latestSolutionVersion", {})
        return version

    @property
    def was_used(self) -> bool:
        """Whether it has a version."""
        return "latestSolutionVersion" in self.described

    @property
    def may_train_automatically(self) -> bool:
        """Whether anything says that automatic training is on."""
        return any(seen.get("performAutoTraining", False) for seen in (self.described, self.current))

    @property
    def in_training(self) -> dict[str, str]:
        """The statuses of versions that are in training, by ARN."""
        return {
            version["solutionVersionArn"]: status
            for version in self.versions
            if (status := canonical_status(version.get("status", ""))) in _IN_TRAINING
        }

    def attributes(self, goal: Present) -> dict[str, str]:
        """Values for Fn::GetAtt, empty where the service returns none."""
        solution, arn = self.described, goal.arn
        created = solution.get("creationDateTime")
        return {
            "solutionArn": arn,
            "name": arn.rpartition("/")[2],
            "status": self.status,
            "datasetGroupArn": solution.get("datasetGroupArn", ""),
            "recipeArn": solution.get("recipeArn", ""),
            "eventType": solution.get("eventType", ""),
            "creationDateTime": created.isoformat() if created else "",
        }
