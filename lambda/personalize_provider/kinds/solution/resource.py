"""The calls to Personalize for one solution."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from personalize_provider.aws.errors import CALL_ERRORS, error_message, is_throttle, may_pass
from personalize_provider.aws.reading import pages
from personalize_provider.aws.sdk import Personalize
from personalize_provider.engine.goal import Absent, Present
from personalize_provider.engine.kind import Claim
from personalize_provider.engine.log import logger
from personalize_provider.engine.steps import Effect, Step, Wait
from personalize_provider.kinds.owned.effects import Configure, Create, Delete
from personalize_provider.kinds.owned.resource import OwnedResource
from personalize_provider.kinds.solution.decide import decide, opening
from personalize_provider.kinds.solution.desired import AbsentSolution
from personalize_provider.kinds.solution.effects import StopTraining
from personalize_provider.kinds.solution.observed import Observed

# How many temporary errors in a row a precaution can have before it is skipped.
_TRIES_OF_PRECAUTIONS = 3

_RELEASE = "delete the campaign, or give it a version of another solution, and try again"


class Solution(OwnedResource[Present, AbsentSolution]):
    """One solution, and what one request wants of it."""

    OBSERVED = Observed

    def __init__(
        self,
        goal: Present | AbsentSolution,
        client: Personalize,
        now: Callable[[], float],
        is_claimed: Claim,
    ) -> None:
        super().__init__(goal, client, now, is_claimed)
        self._failed_precautions = 0

    def _opening(self) -> Effect | None:
        return opening(self._goal, self._now())

    def _decide(self, goal: Present | AbsentSolution, observed: Observed | None, *, expired: bool) -> Step:
        return decide(goal, observed, now=self._now(), expired=expired)

    @staticmethod
    def _describe(client: Personalize, arn: str) -> Mapping[str, Any]:
        return client.describe_solution(solutionArn=arn)

    def _observe(self) -> Observed | Wait | None:
        observed = super()._observe()
        if not isinstance(observed, Observed):
            return observed if isinstance(observed, Wait) else None
        return replace(observed, versions=tuple(self._versions(observed.described)))

    def act(self, effect: Effect) -> Wait | None:
        """Apply an effect. A throttled one has changed nothing, so it is tried again without a look."""
        if isinstance(self._goal, Absent):
            if isinstance(effect, Configure | StopTraining):
                self._without_look = None
                return self._take_precaution(self._goal, effect)
            # If the delete is refused, the reason may be what a precaution that failed would have ended.
            self._goal = replace(self._goal, takes_precautions=True)
        return super().act(effect)

    def _take_precaution(self, goal: AbsentSolution, effect: Effect) -> Wait | None:
        """Apply an effect that a delete can skip: it must not keep the solution from being deleted."""
        try:
            refusal = self._try(effect)
        except CALL_ERRORS as error:
            self._failed_precautions += 1
            can_pass = may_pass(error, age=math.inf)
            if can_pass and self._failed_precautions < _TRIES_OF_PRECAUTIONS:
                raise
            self._without_look = None
            self._goal = replace(goal, takes_precautions=False)
            logger.warning("deleting without a precaution", effect=str(effect), error=str(error))
            reason = f"{getattr(error, 'operation_name', effect)}: {error_message(error)}"
            return Wait(reason, throttled=is_throttle(error))
        self._failed_precautions = 0
        return refusal

    def _is_moot(self, effect: Effect, code: str) -> bool:
        # A training that has just ended can't be stopped. AWS doesn't document the error code for that.
        return code == "InvalidInputException" and isinstance(effect, StopTraining)

    def _refused(self, effect: Effect, reason: str) -> Wait:
        blockers = self._blockers(effect)
        return Wait(f"{reason}{blockers}", next_step=_RELEASE if blockers else "")

    def _call(self, effect: Effect) -> None:
        arn = self._goal.arn
        match effect:
            case Create() if isinstance(self._goal, Present):
                self._client.create_solution(**self._goal.request)
            case Configure(changes):
                self._client.update_solution(solutionArn=arn, **changes)
            case StopTraining(version_arns):
                for version_arn in version_arns:
                    self._client.stop_solution_version_creation(solutionVersionArn=version_arn)
            case Delete():
                self._client.delete_solution(solutionArn=arn)
            case _:
                raise TypeError(f"{self.label} has no effect {effect!r}")

    def _versions(self, solution: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if not isinstance(self._goal, Absent) or not solution.get("latestSolutionVersion"):
            return
        try:
            request = {"solutionArn": self._goal.arn}
            for page in pages(self._client.list_solution_versions, request):
                yield from page["solutionVersions"]
        except CALL_ERRORS as error:  # they are only needed to stop trainings, which is a precaution
            logger.warning("could not read its versions", solution=self._goal.arn, error=str(error))

    def _blockers(self, effect: Effect) -> str:
        """The campaigns that keep a solution from being deleted (rule 75), if the service names them."""
        if not isinstance(effect, Delete) or self._is_deleted:
            return ""
        try:
            found = pages(self._client.list_campaigns, {"solutionArn": self._goal.arn})
            names = [item.get("name", "without a name") for page in found for item in page["campaigns"]]
        except CALL_ERRORS:
            return ""
        return f" (used by campaign {', '.join(names)})" if names else ""
