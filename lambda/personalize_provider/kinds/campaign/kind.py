"""Campaigns as the engine uses them."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_provider.aws.errors import LifecycleError
from personalize_provider.engine.goal import Absent
from personalize_provider.engine.kind import Ask, Claim, Kind
from personalize_provider.kinds.campaign.desired import (
    CAMPAIGN_ARN,
    DesiredCampaign,
    PresentCampaign,
    WantedCampaign,
)
from personalize_provider.kinds.campaign.resource import Campaign
from personalize_provider.kinds.owned.request import OwnedRequest


@dataclass(frozen=True)
class CampaignRequest(DesiredCampaign, OwnedRequest[WantedCampaign, PresentCampaign, Absent]):
    """A request for a campaign."""

    RESOURCE = Campaign

    def identify(self, ask: Ask, is_claimed: Claim, *, is_rolling_back: bool) -> str:
        """The ARN of the campaign, which is known before the campaign exists.

        A campaign that awaits its version has its name although the service doesn't know it yet. So the stack
        tells whether another of its resources has that name. Before a stack refactoring, that resource may
        have had this logical id, which its generated name was made from.

        Raises:
            LifecycleError: what the request creates already exists. Nothing was changed.
        """
        identity = super().identify(ask, is_claimed, is_rolling_back=is_rolling_back)
        is_declared = self.new is not None and self.request.type != "Delete"
        is_new = is_declared and identity != self.request.physical_id and not is_rolling_back
        if is_new and self._is_taken(identity, is_claimed):
            raise LifecycleError(
                f"campaign {identity.rpartition('/')[2]}",
                "CreateCampaign",
                "another resource of this stack has that name; nothing was changed",
                self._another_name(),
                "AlreadyExists",
            )
        return identity

    def _is_taken(self, identity: str, is_claimed: Claim) -> bool:
        try:
            return is_claimed(identity, {})
        except LifecycleError:
            if self._is_named:
                raise
            return False  # a refactoring is rare, and a deploy must not depend on this precaution

    def _another_name(self) -> str:
        keep = "campaign.node.default_child.override_logical_id"
        if self._is_named:
            return (
                f"to rename the resource, keep its logical id with {keep}; for one more campaign, "
                "choose another campaign_name, or leave it out to have one generated"
            )
        return (
            f"give this campaign a campaign_name, or another logical id with {keep}: "
            f"the other resource got the name when its logical id was {self.request.logical_id}"
        )

    @property
    def _is_named(self) -> bool:
        return self.new is not None and self.new.is_named


CAMPAIGN = Kind("Custom::PersonalizeCampaign", CAMPAIGN_ARN, CampaignRequest.read)
