"""What a request wants of a solution. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from personalize_provider.aws.errors import InvalidPropertiesError
from personalize_provider.aws.restore_types import boolean
from personalize_provider.engine.goal import Absent, Present
from personalize_provider.engine.identity import arns_of
from personalize_provider.engine.request import Request
from personalize_provider.kinds.owned.desired import DesiredOwned, Wanted
from personalize_provider.kinds.owned.properties import ADOPT, create_request
from personalize_provider.kinds.solution import rules
from personalize_provider.kinds.solution.config import immutable_hash

SOLUTION_ARN = arns_of("solution")
"""Matches the ARN of a solution in full."""

WAIT_FOR_TRAINING = "waitForTrainingOnDelete"
_FLAGS = frozenset({WAIT_FOR_TRAINING, ADOPT})


@dataclass(frozen=True)
class AbsentSolution(Absent):
    """No solution may have that ARN.

    Attributes:
        wait_for_training: Versions in training may finish, rather than being stopped.
        takes_precautions: Automatic training and trainings are ended before the solution is deleted.
    """

    wait_for_training: bool = False
    takes_precautions: bool = True

    def of_canceled_update(self) -> Self:
        """The same for what a canceled update may have begun: nothing needs its trainings.

        It is deleted at once, because a precaution could take the last look before the deadline. If the
        service refuses the delete, the precautions follow.
        """
        return replace(super().of_canceled_update(), wait_for_training=False, takes_precautions=False)


@dataclass(frozen=True)
class DesiredSolution(DesiredOwned[Wanted, Present, AbsentSolution]):
    """What a request wants of a solution."""

    ARN = SOLUTION_ARN
    NOUN = "solution"
    FLAGS = _FLAGS

    @staticmethod
    def validated(request: Request, properties: Mapping[str, Any]) -> Wanted:
        """Restore the types of a request's properties, and validate them."""
        # Off by default, and always sent: the service's default is on, and costs money (rule 33).
        body, problems = create_request(properties, {"performAutoTraining": "false"}, _FLAGS, "solution")
        problems = problems or list(rules.broken(body))  # these rules need values of the right types
        if problems:
            raise InvalidPropertiesError(f"resource {request.logical_id}", problems)
        adopts = boolean(properties.get(ADOPT)) is True
        return Wanted(body, immutable_hash(body), "name" in properties, adopts)

    def present(self, wanted: Wanted, common: Present) -> Present:  # noqa: ARG002 (other kinds add to it)
        """A solution that must exist."""
        return common

    def absent(self, common: Absent) -> AbsentSolution:
        """A solution that must be gone."""
        waits = boolean(self.request.properties.get(WAIT_FOR_TRAINING)) is True
        return AbsentSolution(**vars(common), wait_for_training=waits)
