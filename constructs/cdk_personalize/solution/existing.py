"""Existing solutions: created by another stack, by hand or by a script."""

from __future__ import annotations

from collections.abc import Iterator

from aws_cdk import ArnFormat, Resource, Stack
from constructs import Construct

from cdk_personalize.model import value_types
from cdk_personalize.model.findings import Problem
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Text
from cdk_personalize.provider.resource import path_of
from cdk_personalize.solution.base import SolutionBase
from cdk_personalize.solution.request import SOLUTION_NAME, InvalidSolutionError

_SOLUTION_ARN = Text(
    max=256,
    pattern=rf"arn:[a-z\d-]+:personalize:[a-z\d-]+:\d{{12}}:solution/{SOLUTION_NAME.pattern}",
    rule="must be the ARN of a solution",
    hint="an ARN is like arn:aws:personalize:us-east-1:123456789012:solution/movies; "
    "for a name use Solution.from_solution_name",
)


class ExistingSolution(Resource, SolutionBase):
    """A solution that this app doesn't define. It adds nothing to the template.

    Args:
        scope: The construct that refers to it.
        id: Its name among that construct's children.
        solution_arn: Its ARN; or pass its name.
        solution_name: Its name; or pass its ARN.
        account: With a name: its account. Default: - the stack's.
        region: With a name: its Region. Default: - the stack's.

    Raises:
        InvalidSolutionError: The arguments can't refer to a solution.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        solution_arn: str | None = None,
        solution_name: str | None = None,
        account: str | None = None,
        region: str | None = None,
    ) -> None:
        problems = [
            *value_types.problems(_SOLUTION_ARN, solution_arn, "solution_arn"),
            *value_types.problems(SOLUTION_NAME, solution_name, "solution_name"),
            *_one_way(solution_arn, solution_name, account, region),
        ]
        if problems:
            raise InvalidSolutionError(path_of(scope, id), problems)
        super().__init__(scope, id, environment_from_arn=solution_arn, account=account, region=region)
        self._arn = solution_arn
        self._name = solution_name

    @property
    def solution_arn(self) -> str:
        """The solution's ARN."""
        if self._arn is None:
            self._arn = Stack.of(self).format_arn(
                service="personalize",
                resource="solution",
                resource_name=self._name,
                account=self.env.account,
                region=self.env.region,
            )
        return self._arn

    @property
    def solution_name(self) -> str:
        """The solution's name."""
        if self._name is None:
            if is_token(self._arn):
                parts = Stack.of(self).split_arn(self.solution_arn, ArnFormat.SLASH_RESOURCE_NAME)
                self._name = str(parts.resource_name)
            else:
                self._name = self.solution_arn.rpartition("/")[2]
        return self._name


def _one_way(arn: object, name: object, account: object, region: object) -> Iterator[Problem]:
    if (arn is None) == (name is None):
        yield Problem(
            argument="solution_arn",
            value=arn,
            rule="and solution_name: pass exactly one of them",
            fix="pass the ARN, or the name for a solution of this account",
        )
    for argument, value in (("account", account), ("region", region)):
        if arn is not None and value is not None:
            yield Problem(
                argument=argument,
                value=value,
                rule="must be left out with solution_arn, which contains it",
                fix="leave it out, or pass solution_name instead of solution_arn",
            )
