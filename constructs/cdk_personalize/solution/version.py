"""Solution versions: what a training makes. Stacks only refer to them."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import IResource
from constructs import Construct

from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.solution.arn import VERSION_ARN
from cdk_personalize.solution.request import InvalidSolutionError


class ISolutionVersion(IResource, Protocol):
    """A solution version, for type hints. Get one from `SolutionVersion.from_solution_version_arn`."""

    @property
    def solution_version_arn(self) -> str:
        """The version's ARN: its solution's ARN, and an id."""
        ...


class SolutionVersion(ExistingResource):
    """An existing solution version. A training makes it, not a stack, so there is only a reference to it."""

    NOUN = "solution-version"
    ARN = VERSION_ARN
    ERROR = InvalidSolutionError
    HAS_NAME = False

    @staticmethod
    def from_solution_version_arn(scope: Construct, id: str, solution_version_arn: str) -> ISolutionVersion:
        """Refer to an existing solution version. It adds nothing to the template, and looks nothing up.

        Args:
            scope: The parent construct.
            id: The construct's id in that scope.
            solution_version_arn: Its ARN, or a token.

        Raises:
            InvalidSolutionError: It is not the ARN of a solution version.
        """
        return SolutionVersion(scope, id, solution_version_arn)

    def __init__(self, scope: Construct, id: str, solution_version_arn: str) -> None:
        super().__init__(scope, id, solution_version_arn)

    @property
    def solution_version_arn(self) -> str:
        """The version's ARN."""
        return self._arn_of_it()
