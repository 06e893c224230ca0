"""The kinds of resources that the provider manages."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_provider.engine.kind import Kind
from personalize_provider.kinds.campaign.kind import CAMPAIGN
from personalize_provider.kinds.event_interactions.kind import EVENT_INTERACTIONS
from personalize_provider.kinds.solution.kind import SOLUTION

KINDS: Mapping[str, Kind] = {kind.resource_type: kind for kind in (SOLUTION, CAMPAIGN, EVENT_INTERACTIONS)}
"""The kind of each resource type."""
