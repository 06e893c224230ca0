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
        tells whether another resource of it has that name.

        Raises:
            LifecycleError: what the request creates already exists. Nothing was changed.
        """
        identity = super().identify(ask, is_claimed, is_rolling_back=is_rolling_back)
        is_named = self.new is not None and self.new.is_named and self.request.type != "Delete"
        is_new = is_named and identity != self.request.physical_id and not is_rolling_back
        if is_new and is_claimed(identity, {}):
            raise LifecycleError(
                f"campaign {identity.rpartition('/')[2]}",
                "CreateCampaign",
                "another resource of this stack has that name; nothing was changed",
                "choose another campaign_name, or leave it out to have one generated",
                "AlreadyExists",
            )
        return identity


CAMPAIGN = Kind("Custom::PersonalizeCampaign", CAMPAIGN_ARN, CampaignRequest.read)
