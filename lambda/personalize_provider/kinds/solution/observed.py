"""A solution as the service describes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.aws.reading import CREATING, canonical_status
from personalize_provider.engine.goal import Goal
from personalize_provider.engine.identity import ADOPTED_TAG
from personalize_provider.kinds.solution.config import UPDATABLE_MEMBERS

# By how much the service's clocks can differ from the one that dates its answers.
_SKEW_SECONDS = 5.0

# AWS refuses requests whose clock differs by more (Signature Version 4). A training takes longer (rule 59).
_CLOCKS_DIFFER_SECONDS = 300.0

_IN_TRAINING = CREATING | {"CREATE STOPPING"}  # rules 76 and 78


@dataclass(frozen=True)
class Observed:
    """The current state of a solution.

    Attributes:
        solution: The solution in the answer of DescribeSolution.
        tags: Its tags.
        versions: Its versions in the answer of ListSolutionVersions; read only for a delete.
        lead: By how many seconds the service's clock is ahead of the function's; negative if it is behind.
        is_claimed: Another resource of the stack has it; read only if its tags leave that open.
    """

    solution: Mapping[str, Any]
    tags: Mapping[str, str]
    versions: tuple[Mapping[str, Any], ...] = ()
    lead: float = 0.0
    is_claimed: bool = False

    @property
    def status(self) -> str:
        """The solution's status, in one spelling."""
        return canonical_status(self.solution.get("status", ""))

    @property
    def is_adopted(self) -> bool:
        """Whether it existed before its owner."""
        return ADOPTED_TAG in self.tags

    @property
    def update(self) -> Mapping[str, Any]:
        """The latest UpdateSolution, which has a status of its own (rule 70); empty before the first."""
        update: Mapping[str, Any] = self.solution.get("latestSolutionUpdate", {})
        return update

    @property
    def update_status(self) -> str:
        """The status of the latest update, in one spelling."""
        return canonical_status(self.update.get("status", ""))

    @property
    def current(self) -> Mapping[str, Any]:
        """The solution with its latest update. Whether the service describes it so is not documented."""
        if self.update_status != "ACTIVE":
            return self.solution
        config = {**self.solution.get("solutionConfig", {}), **self.update.get("solutionUpdateConfig", {})}
        updated = {key: self.update[key] for key in UPDATABLE_MEMBERS if key in self.update}
        return {**self.solution, **updated, "solutionConfig": config}

    @property
    def may_train_automatically(self) -> bool:
        """Whether anything says that automatic training is on."""
        return any(seen.get("performAutoTraining", False) for seen in (self.solution, self.current))

    @property
    def is_updating(self) -> bool:
        """Whether an UpdateSolution is in progress."""
        return self.update_status in CREATING

    @property
    def in_training(self) -> dict[str, str]:
        """The statuses of versions that are in training, by ARN."""
        return {
            version["solutionVersionArn"]: status
            for version in self.versions
            if (status := canonical_status(version.get("status", ""))) in _IN_TRAINING
        }


def is_ours(goal: Goal, observed: Observed) -> bool:
    """Whether a solution is the owner's, even if its tags have an earlier logical id."""
    return not observed.is_claimed and (goal.owns(observed.tags) or goal.may_have_moved(observed.tags))


def is_older(observed: Observed, moment: float | None) -> bool:
    """Whether a solution existed before a moment, by long enough for a version to have been trained."""
    created = observed.solution.get("creationDateTime")
    if created is None or moment is None:
        return False
    return bool(created.timestamp() < moment - _CLOCKS_DIFFER_SECONDS)


def is_since(goal: Goal, observed: Observed, described: Mapping[str, Any]) -> bool:
    """Whether something was created since the request began, by the service's own clock."""
    created = described.get("creationDateTime")
    return created is not None and created.timestamp() >= goal.since + observed.lead - _SKEW_SECONDS


def attributes(arn: str, observed: Observed) -> dict[str, str]:
    """Values for Fn::GetAtt. All attributes are always present, because GetAtt fails on a missing one."""
    solution = observed.solution
    created = solution.get("creationDateTime")
    return {
        "solutionArn": arn,
        "name": arn.rpartition("/")[2],
        "status": observed.status,
        "datasetGroupArn": solution.get("datasetGroupArn", ""),
        "recipeArn": solution.get("recipeArn", ""),
        "eventType": solution.get("eventType", ""),
        "creationDateTime": created.isoformat() if created else "",
    }
