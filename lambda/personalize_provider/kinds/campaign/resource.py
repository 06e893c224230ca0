"""The calls to Personalize for one campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from personalize_provider.aws.errors import SETTLES_SECONDS, error_code
from personalize_provider.aws.reading import if_found, pages
from personalize_provider.aws.sdk import Personalize
from personalize_provider.engine.goal import Absent
from personalize_provider.engine.steps import Effect, Step, Wait
from personalize_provider.kinds.campaign.decide import decide, newest_active
from personalize_provider.kinds.campaign.desired import VERSION, PresentCampaign
from personalize_provider.kinds.campaign.effects import CreateWith
from personalize_provider.kinds.campaign.observed import Observed
from personalize_provider.kinds.owned import observed as owned
from personalize_provider.kinds.owned.decide import without_look
from personalize_provider.kinds.owned.effects import Configure, Delete
from personalize_provider.kinds.owned.resource import OwnedResource


class Campaign(OwnedResource[PresentCampaign, Absent]):
    """One campaign, and what one request wants of it."""

    OBSERVED = Observed

    def _opening(self) -> Effect | None:
        return without_look(self._goal)

    def _decide(self, goal: PresentCampaign | Absent, observed: Observed | None, *, expired: bool) -> Step:
        newest: str | None = ""
        if observed is None and isinstance(goal, PresentCampaign) and goal.needs_version:
            newest = self._newest(goal)
        if newest is None:
            return Wait("its solution is not visible yet")
        return decide(goal, observed, now=self._now(), expired=expired, newest=newest)

    def _observe(self) -> owned.Observed[PresentCampaign] | Wait | None:
        """A campaign that CloudFormation has is missing only if neither its tags nor its description exist.

        A solution that is wrongly taken to be missing is created, which the service refuses. But for a
        campaign that may just await its version, there is nothing to do.
        """
        goal = self._goal
        observed = super()._observe()
        if observed is not None or not isinstance(goal, PresentCampaign) or goal.starts_anew:
            return observed
        if self._tags is not None:
            self._tags = None
            return Wait("DescribeCampaign says ResourceNotFoundException, although it has tags")
        is_there = if_found(lambda: self._describe(self._client, goal.arn)) is not None
        unseen = Wait("ListTagsForResource says ResourceNotFoundException, although it is described")
        return unseen if is_there else None

    def _newest(self, goal: PresentCampaign) -> str | None:
        """The newest ACTIVE version, or empty; None if the solution is too new to be seen."""
        try:
            found = pages(self._client.list_solution_versions, {"solutionArn": goal.solution_arn})
            return newest_active(version for page in found for version in page["solutionVersions"])
        except ClientError as error:
            is_old = self._now() > goal.since + SETTLES_SECONDS
            if is_old or error_code(error) != "ResourceNotFoundException":
                raise
            return None

    @staticmethod
    def _describe(client: Personalize, arn: str) -> Mapping[str, Any]:
        return client.describe_campaign(campaignArn=arn)

    def _call(self, effect: Effect) -> None:
        arn = self._goal.arn
        match effect:
            case CreateWith(version) if isinstance(self._goal, PresentCampaign):
                self._client.create_campaign(**{**self._goal.request, VERSION: version})
            case Configure(changes):
                self._client.update_campaign(campaignArn=arn, **changes)
            case Delete():
                self._client.delete_campaign(campaignArn=arn)
            case _:
                raise TypeError(f"{self.label} has no effect {effect!r}")
