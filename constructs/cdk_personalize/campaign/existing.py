"""Existing campaigns: created by another stack, by hand or by a script."""

from __future__ import annotations

from constructs import Construct

from cdk_personalize.campaign.base import CampaignBase
from cdk_personalize.campaign.request import InvalidCampaignError
from cdk_personalize.model import value_types
from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.model.names import RESOURCE_NAME, arn_text
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.request import RecipeArn


class ExistingCampaign(ExistingResource, CampaignBase):
    """A campaign that this app doesn't define. It adds nothing to the template."""

    NOUN = "campaign"
    ARN = arn_text(
        "a campaign",
        f"campaign/{RESOURCE_NAME.pattern}",
        "campaign/live",
        "for a name use Campaign.from_campaign_name",
    )
    ERROR = InvalidCampaignError

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        arn: str | None,
        name: str | None,
        account: str | None = None,
        region: str | None = None,
        recipe: Recipe | None = None,
    ) -> None:
        more = value_types.problems(RecipeArn(), recipe, "recipe")
        super().__init__(scope, id, arn=arn, name=name, account=account, region=region, more=more)
        self._recipe = recipe

    @property
    def campaign_arn(self) -> str:
        """The campaign's ARN."""
        return self._arn_of_it()

    @property
    def campaign_name(self) -> str:
        """The campaign's name."""
        return self._name_of_it()
