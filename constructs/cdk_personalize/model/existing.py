"""Resources that an app refers to without defining them: made by another stack, by hand or by a script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from aws_cdk import ArnFormat, Resource, Stack
from constructs import Construct

from cdk_personalize.model import value_types
from cdk_personalize.model.findings import InvalidConstructError, Problem, refusal
from cdk_personalize.model.names import ACCOUNT, REGION, RESOURCE_NAME
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Text


class ExistingResource(Resource):
    """A resource that this app doesn't define. It adds nothing to the template.

    Args:
        scope: The construct that refers to it.
        id: Its name among that construct's children.
        arn: Its ARN, or a token; or pass its name.
        name: Its name, or a token; or pass its ARN.
        account: With a name: its account. Default: - the stack's.
        region: With a name: its Region. Default: - the stack's.
        more: What is wrong with arguments of the subclass. Default: - nothing.

    Raises:
        InvalidConstructError: The arguments can't refer to such a resource. The subclass has the exact type.
    """

    NOUN: ClassVar[str]
    """What ARNs call it, such as `dataset-group`; arguments have `_` for `-`."""
    ARN: ClassVar[Text]
    """The type of its ARN."""
    ERROR: ClassVar[type[InvalidConstructError]] = InvalidConstructError
    HAS_NAME: ClassVar[bool] = True
    """Whether its name says its ARN."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        arn: str | None = None,
        *,
        name: str | None = None,
        account: str | None = None,
        region: str | None = None,
        more: Iterable[Problem] = (),
    ) -> None:
        by_arn, by_name = (f"{self.NOUN.replace('-', '_')}_{way}" for way in ("arn", "name"))
        problems = [
            *(value_types.problems if self.HAS_NAME else value_types.required)(self.ARN, arn, by_arn),
            *value_types.problems(RESOURCE_NAME, name, by_name),
            *value_types.problems(ACCOUNT, account, "account"),
            *value_types.problems(REGION, region, "region"),
            *more,
        ]
        if self.HAS_NAME:
            problems += self._one_way(by_arn, arn, by_name, name, account=account, region=region)
        if error := refusal(scope, id, problems, self.ERROR):
            raise error
        super().__init__(scope, id, environment_from_arn=arn, account=account, region=region)
        self._arn = arn
        self._name = name

    def _arn_of_it(self) -> str:
        if self._arn is None:
            self._arn = Stack.of(self).format_arn(
                service="personalize",
                resource=self.NOUN,
                resource_name=self._name,
                account=self.env.account,
                region=self.env.region,
            )
        return self._arn

    def _name_of_it(self) -> str:
        if self._name is None:
            arn = self._arn_of_it()
            if is_token(arn):
                parts = Stack.of(self).split_arn(arn, ArnFormat.SLASH_RESOURCE_NAME)
                self._name = str(parts.resource_name)
            else:
                self._name = arn.rpartition("/")[2]
        return self._name

    @classmethod
    def _one_way(
        cls, by_arn: str, arn: object, by_name: str, name: object, **place: object
    ) -> Iterator[Problem]:
        if (arn is None) == (name is None):
            yield Problem(
                argument=by_arn,
                value=arn,
                rule=f"and {by_name}: pass exactly one of them",
                fix=f"pass the ARN, or the name for a {cls.NOUN.replace('-', ' ')} of this account",
            )
        for argument, value in place.items():
            if arn is not None and value is not None:
                yield Problem(
                    argument=argument,
                    value=value,
                    rule=f"must be left out with {by_arn}, which contains it",
                    fix=f"leave it out, or pass {by_name} instead of {by_arn}",
                )
