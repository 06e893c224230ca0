"""Existing solutions: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.solution.arn import SOLUTION_ARN
from cdk_personalize.solution.base import SolutionBase
from cdk_personalize.solution.request import InvalidSolutionError


class ExistingSolution(ExistingResource, SolutionBase):
    """A solution that this app doesn't define. It adds nothing to the template."""

    NOUN = "solution"
    ARN = SOLUTION_ARN
    ERROR = InvalidSolutionError

    @property
    def solution_arn(self) -> str:
        """The solution's ARN."""
        return self._arn_of_it()

    @property
    def solution_name(self) -> str:
        """The solution's name."""
        return self._name_of_it()
