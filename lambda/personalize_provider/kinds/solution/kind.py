"""Solutions as the engine uses them."""

from __future__ import annotations

from dataclasses import dataclass

from personalize_provider.engine.goal import Present
from personalize_provider.engine.kind import Kind
from personalize_provider.kinds.owned.desired import Wanted
from personalize_provider.kinds.owned.request import OwnedRequest
from personalize_provider.kinds.solution.desired import SOLUTION_ARN, AbsentSolution, DesiredSolution
from personalize_provider.kinds.solution.resource import Solution


@dataclass(frozen=True)
class SolutionRequest(DesiredSolution, OwnedRequest[Wanted, Present, AbsentSolution]):
    """A request for a solution."""

    RESOURCE = Solution


SOLUTION = Kind("Custom::PersonalizeSolution", SOLUTION_ARN, SolutionRequest.read)
