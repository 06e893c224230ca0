"""A campaign as the service describes it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from personalize_provider.kinds.campaign.config import LATEST, settings, solution_of, update_request
from personalize_provider.kinds.campaign.desired import VERSION, PresentCampaign
from personalize_provider.kinds.owned import observed
from personalize_provider.kinds.owned.differences import difference

AWAITING_VERSION = "AWAITING_VERSION"
"""The status of a campaign that doesn't exist yet, because nobody has chosen a version."""

_UPDATED = (VERSION, "minProvisionedTPS", "campaignConfig")


@dataclass(frozen=True)
class Observed(observed.Observed[PresentCampaign]):
    """The current state of a campaign."""

    MEMBER = "campaign"
    LATEST_UPDATE = "latestCampaignUpdate"
    CHECK = "check that its solution version is ACTIVE and its recipe supports campaigns, and deploy again"

    @property
    def version(self) -> str:
        """The version in service; empty if the service doesn't say."""
        return str(self._current.get(VERSION, ""))

    @property
    def _current(self) -> Mapping[str, Any]:
        """The campaign with its latest update. Whether the service describes it so is not documented."""
        if self.update_status != "ACTIVE":
            return self.described
        return {**self.described, **{key: self.update[key] for key in _UPDATED if key in self.update}}

    def is_made_from(self, goal: PresentCampaign) -> bool:
        """Whether it serves a version of the declared solution."""
        return super().is_made_from(goal) or not self.differences(goal)

    @property
    def settings(self) -> Mapping[str, Any]:
        """What UpdateCampaign can change besides the version."""
        return settings(self._current)

    def changes(self, goal: PresentCampaign) -> dict[str, Any]:
        """The members of the UpdateCampaign that makes it as declared."""
        return update_request(goal.request, self._current)

    def carries(self, changes: Mapping[str, Any]) -> bool:
        """Whether the latest UpdateCampaign was sent with these changes.

        An update that names no version keeps the one in service. So one with another version is a promoter's.
        """
        sent, kept = self.update.get(VERSION), self.described.get(VERSION)
        version = changes.get(VERSION, kept)
        is_same = sent in (None, version) or (version is not None and version.endswith(f"/{LATEST}"))
        return is_same and settings(self.update) == settings(changes)

    def differences(self, goal: PresentCampaign) -> list[str]:
        """Whether it serves another solution."""
        live = solution_of(self.version)
        return [difference("solutionArn", live, goal.solution_arn)] if live != goal.solution_arn else []

    @property
    def failed(self) -> Mapping[str, Any]:
        """The campaign itself."""
        return self.described

    def attributes(self, goal: PresentCampaign) -> dict[str, str]:
        """Values for Fn::GetAtt."""
        return attributes(goal, self.status)


def attributes(goal: PresentCampaign, status: str = AWAITING_VERSION) -> dict[str, str]:
    """Values for Fn::GetAtt. A promoter needs `configHash` for its tags of ownership."""
    return {"campaignArn": goal.arn, "name": goal.name, "status": status, "configHash": goal.config_hash}
