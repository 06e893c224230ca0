"""The kinds of resources that the provider manages: each is a folder like `solution/` and a line here."""

from __future__ import annotations

from cdk_personalize.campaign.kind import CAMPAIGN
from cdk_personalize.dataset_group.kind import EVENT_INTERACTIONS
from cdk_personalize.model.kind import Kind
from cdk_personalize.solution.kind import SOLUTION

KINDS: dict[str, Kind] = {kind.resource_type: kind for kind in (SOLUTION, CAMPAIGN, EVENT_INTERACTIONS)}
"""The kinds by CloudFormation type, in the order of their statements in the provider's roles: append only."""
