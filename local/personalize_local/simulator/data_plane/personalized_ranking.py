"""GetPersonalizedRanking: a campaign sorts the given items for a user."""

from __future__ import annotations

from collections.abc import Mapping

from personalize_local.simulator.data_plane import from_model
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import NOT_SIMULATED, ServiceError, invalid_input, not_found
from personalize_local.simulator.engine.kind import Operation
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.timeline import ACTIVE
from personalize_local.simulator.kinds.campaign import Campaign
from personalize_local.simulator.kinds.solution.state import Solution

# Each would change the order, or add to the answer.
_NOT_SIMULATED = ("filterArn", "metadataColumns")


def get_personalized_ranking(context: Context, request: Request) -> dict[str, object]:
    """Answer GetPersonalizedRanking. Items that the model does not know go to the end (rule 171)."""
    for member in _NOT_SIMULATED:
        if member in request:
            raise ServiceError(NOT_SIMULATED, f"{member} of GetPersonalizedRanking is not simulated")
    arn = request["campaignArn"]
    campaign = context.account[Campaign].get(arn, context.now)
    if campaign.status(context.now) != ACTIVE:
        raise not_found(arn)
    solution_arn = campaign.in_force(context.now).solution_version_arn.rpartition("/")[0]
    recipe = context.account[Solution].get(solution_arn, context.now).recipe
    if recipe is None or recipe.recipe_type != "PERSONALIZED_RANKING":
        raise invalid_input(f"{arn} must be a campaign of a PERSONALIZED_RANKING recipe")
    ranking = from_model.ranked(context, campaign, request)
    if ranking is None:
        raise ServiceError(
            NOT_SIMULATED,
            f"{arn} has no order: its dataset group had no data when its version was trained. Import"
            " interactions with CreateDatasetImportJob, and train again",
        )
    return {"personalizedRanking": ranking, "recommendationId": f"RID-{context.new_uuid()}"}


OPERATIONS: Mapping[str, Operation] = {"GetPersonalizedRanking": get_personalized_ranking}
