"""What the provider can do to a campaign besides what it can do to every owned resource."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_provider.kinds.owned.effects import Create


@dataclass(frozen=True)
class CreateWith(Create):
    """CreateCampaign with the goal's request and this version."""

    version_arn: str
