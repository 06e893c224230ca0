"""Existing filters: created by another stack, by hand or by a script."""

from __future__ import annotations

from aws_cdk import ArnFormat, Resource, Stack
from constructs import Construct

from cdk_personalize.model import value_types
from cdk_personalize.model.findings import InvalidConstructError
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import Text
from cdk_personalize.provider.resource import path_of

_ARN = Text(
    max=256,
    pattern=rf"arn:[a-z\d-]+:personalize:[a-z\d-]+:\d{{12}}:filter/{RESOURCE_NAME.pattern}",
    rule="must be the ARN of a filter",
    hint="an ARN is like arn:aws:personalize:us-east-1:123456789012:filter/unseen; "
    "for a name use Filter.from_filter_name",
)


class ExistingFilter(Resource):
    """A filter that this app doesn't define. It adds nothing to the template.

    Args:
        scope: The construct that refers to it.
        id: Its name among that construct's children.
        filter_arn: Its ARN.

    Raises:
        InvalidConstructError: It is not the ARN of a filter.
    """

    def __init__(self, scope: Construct, id: str, *, filter_arn: str) -> None:
        problems = [*value_types.required(_ARN, filter_arn, "filter_arn")]
        if problems:
            raise InvalidConstructError(path_of(scope, id), problems)
        super().__init__(scope, id, environment_from_arn=filter_arn)
        self._arn = filter_arn

    @property
    def filter_arn(self) -> str:
        """The filter's ARN."""
        return self._arn

    @property
    def filter_name(self) -> str:
        """The filter's name."""
        if not is_token(self._arn):
            return self._arn.rpartition("/")[2]
        return str(Stack.of(self).split_arn(self._arn, ArnFormat.SLASH_RESOURCE_NAME).resource_name)


def named(scope: Construct, id: str, filter_name: str) -> ExistingFilter:
    """Refer to a filter by its name, in the stack's own account and Region.

    Raises:
        InvalidConstructError: It can't be the name of a filter.
    """
    problems = [*value_types.required(RESOURCE_NAME, filter_name, "filter_name")]
    if problems:
        raise InvalidConstructError(path_of(scope, id), problems)
    arn = Stack.of(scope).format_arn(service="personalize", resource="filter", resource_name=filter_name)
    return ExistingFilter(scope, id, filter_arn=arn)
