"""Campaigns as the engine uses them."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_provider.engine.goal import Absent
from personalize_provider.engine.kind import Kind
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


CAMPAIGN = Kind("Custom::PersonalizeCampaign", CAMPAIGN_ARN, CampaignRequest.read)
