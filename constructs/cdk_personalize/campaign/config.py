"""How a campaign answers, part by part: the API's CampaignConfig as dataclasses.

Each field has the API's name in Python's spelling. Omitted fields are not sent. Any value can be a token.
`Campaign` checks everything, so one error lists everything that is wrong.
Limits: https://docs.aws.amazon.com/personalize/latest/dg/API_CampaignConfig.html and rule 158.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

from cdk_personalize.model.structures import Structure
from cdk_personalize.model.value_types import Choice, Flag, IntegerText, MapOf, Number, NumberText


class RankingInfluence(Enum):
    """What a similar-items ranking can favor besides similarity."""

    POPULARITY = "POPULARITY"
    FRESHNESS = "FRESHNESS"


@dataclass(frozen=True, kw_only=True)
class ItemExplorationConfig:
    """How much a campaign of `Recipe.USER_PERSONALIZATION` explores items with few interactions.

    Attributes:
        exploration_weight: 0 for no exploration, to 1 for the most. Default: - the service's, which is 0.3.
        exploration_item_age_cut_off: Explore items that are at most this many days old, at least 1.
            Default: - the service's, which is 30.
    """

    exploration_weight: Annotated[str | float | None, NumberText(max=1000, low=0, high=1)] = None
    exploration_item_age_cut_off: Annotated[int | None, IntegerText(min=1)] = None


@dataclass(frozen=True, kw_only=True)
class CampaignConfig:
    """How a campaign answers requests.

    Attributes:
        item_exploration_config: Exploration of new items; for `Recipe.USER_PERSONALIZATION` only (rule 158).
        enable_metadata_with_recommendations: Return metadata of items with recommendations, which is billed.
            Campaigns of the v2 recipes do it without this flag, for free (rule 157).
        sync_with_latest_solution_version: Deploy each new solution version automatically. Leave it out:
            `Campaign.following_latest` sets it (rule 103).
        ranking_influence: A weight of 0 to 1 for each `RankingInfluence`; for `Recipe.SEMANTIC_SIMILARITY`
            only (rule 158).
    """

    item_exploration_config: Annotated[ItemExplorationConfig | None, Structure(ItemExplorationConfig)] = None
    enable_metadata_with_recommendations: Annotated[bool | None, Flag()] = None
    sync_with_latest_solution_version: Annotated[bool | None, Flag()] = None
    ranking_influence: Annotated[
        Mapping[RankingInfluence, float] | None,
        MapOf(key=Choice(RankingInfluence), value=Number(min=0, max=1)),
    ] = None
