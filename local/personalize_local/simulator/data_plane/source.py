"""The solution version or recommender that answers a request for recommendations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import invalid_input, not_found
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.campaign import Campaign
from personalize_local.simulator.kinds.recipes import Recipe
from personalize_local.simulator.kinds.recommender import Recommender
from personalize_local.simulator.kinds.solution import version
from personalize_local.simulator.kinds.solution.learned import Trained
from personalize_local.simulator.kinds.solution.state import Solution, SolutionVersion
from personalize_local.simulator.learning.use_cases import USE_CASES, UseCase

_R = TypeVar("_R", Campaign, Recommender)

_SCORED = frozenset(
    {
        "aws-user-personalization",
        "aws-user-personalization-v2",
        "aws-personalized-ranking",
        "aws-personalized-ranking-v2",
        "aws-ecomm-recommended-for-you",
        "aws-vod-top-picks",
    }
)
# Use cases for which a user is optional [DG ECOMMERCE-use-cases, VIDEO_ON_DEMAND-use-cases].
_WITHOUT_USER = frozenset({"aws-ecomm-frequently-bought-together", "aws-vod-trending-now"})


@dataclass(frozen=True, slots=True)
class Source:
    """What answers a request.

    Attributes:
        arn: The ARN of the campaign or recommender.
        dataset_group_arn: The dataset group of its data.
        recipe: Its recipe. None with AutoML.
        config: The configuration in force.
        trained: What was trained: the recommender, or the solution version that a campaign serves.
    """

    arn: str
    dataset_group_arn: str
    recipe: Recipe | None
    config: Request
    trained: Trained

    @property
    def use_case(self) -> UseCase | None:
        """The use case of a recommender."""
        return USE_CASES.get(self.recipe.name) if self.recipe else None

    @property
    def recipe_type(self) -> str:
        """The type of the recipe, or of the recipe that the use case corresponds to."""
        if self.use_case:
            return self.use_case.recipe_type
        return self.recipe.recipe_type if self.recipe and self.recipe.recipe_type else "USER_PERSONALIZATION"

    @property
    def required(self) -> tuple[str, ...]:
        """The members that a request must have [API RS_GetRecommendations]."""
        if self.use_case and self.recipe:
            user = () if self.recipe.name in _WITHOUT_USER else ("userId",)
            return (*user, "itemId") if self.recipe_type == "RELATED_ITEMS" else user
        needed = {"USER_PERSONALIZATION": ("userId",), "RELATED_ITEMS": ("itemId",)}
        return needed.get(self.recipe_type, ())

    @property
    def scored(self) -> bool:
        """Whether recommended items have scores [DG recommendations]."""
        return self.recipe is not None and self.recipe.name in _SCORED

    @property
    def by_attribute(self) -> bool:
        """Whether the recipe segments users by attributes of items, not by items."""
        return self.recipe is not None and self.recipe.name == "aws-item-attribute-affinity"

    @property
    def second_version(self) -> bool:
        """Whether the recipe is one of the newer generation."""
        return self.recipe is not None and self.recipe.name.endswith("-v2")

    @property
    def gives_metadata(self) -> bool:
        """Whether metadata is on: always with -v2 recipes, otherwise by configuration (rule 157)."""
        return self.second_version or bool(self.config.get("enableMetadataWithRecommendations"))


def of(context: Context, request: Request) -> Source:
    """Return what answers a request.

    Raises:
        ServiceError: The request does not name exactly one campaign or recommender (`InvalidInputException`),
            or there is no such resource that is ACTIVE (`ResourceNotFoundException`).
    """
    given = [member for member in ("campaignArn", "recommenderArn") if member in request]
    if len(given) != 1:
        raise invalid_input("either campaignArn or recommenderArn must be given")
    if "recommenderArn" in request:
        recommender = _active(context, Recommender, request["recommenderArn"])
        config = recommender.in_force(context.now)
        return Source(recommender.arn, recommender.dataset_group_arn, recommender.recipe, config, recommender)
    campaign = _active(context, Campaign, request["campaignArn"])
    deployed = campaign.in_force(context.now)
    served = version.find(context, deployed.solution_version_arn)
    return of_version(context, campaign.arn, served, deployed.config or {})


def of_version(context: Context, arn: str, served: SolutionVersion, config: Request) -> Source:
    """Return a solution version as what answers requests to the resource with this ARN."""
    solution = context.account[Solution].get(served.solution_arn, context.now)
    return Source(arn, solution.dataset_group_arn, solution.recipe, config, served)


def _active(context: Context, kind: type[_R], arn: str) -> _R:
    resource = context.account[kind].get(arn, context.now)
    if resource.status(context.now) != ACTIVE:
        raise not_found(arn)
    return resource
