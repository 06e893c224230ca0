"""Resources of native types that this app doesn't define, by their ARNs."""

from __future__ import annotations

from typing import ClassVar

from aws_cdk import Resource, Stack
from constructs import Construct

from cdk_personalize.model import value_types
from cdk_personalize.model.findings import InvalidConstructError
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.value_types import Text
from cdk_personalize.provider.resource import path_of


class ImportedResource(Resource):
    """A resource that this app doesn't define. It adds nothing to the template.

    Args:
        scope: The construct that refers to it.
        id: Its name among that construct's children.
        arn: Its ARN, or a token.

    Raises:
        InvalidConstructError: It is not the ARN of such a resource.
    """

    ARN: ClassVar[Text]
    ARGUMENT: ClassVar[str]

    def __init__(self, scope: Construct, id: str, arn: str) -> None:
        problems = [*value_types.required(self.ARN, arn, self.ARGUMENT)]
        if problems:
            raise InvalidConstructError(path_of(scope, id), problems)
        super().__init__(scope, id, environment_from_arn=arn)
        self._arn = arn


def arn_of_name(scope: Construct, id: str, resource: str, name: str, argument: str) -> str:
    """Return the ARN of a resource with a name, in the stack's own account and Region.

    Args:
        scope: The construct that refers to it.
        id: The name among that construct's children, for errors.
        resource: What ARNs call it, such as `dataset-group`.
        name: Its name, or a token.
        argument: The argument with the name.

    Raises:
        InvalidConstructError: It can't be a name.
    """
    problems = [*value_types.required(RESOURCE_NAME, name, argument)]
    if problems:
        raise InvalidConstructError(path_of(scope, id), problems)
    return Stack.of(scope).format_arn(service="personalize", resource=resource, resource_name=name)


def arn_type(resource: str, path: str, hint: str) -> Text:
    """Return the type of the ARNs of a resource.

    Args:
        resource: What messages call it, with its article.
        path: A regular expression for the part after the account.
        hint: What to do when a value is none.
    """
    return Text(
        max=256,
        pattern=rf"arn:[a-z\d-]+:personalize:[a-z\d-]+:\d{{12}}:{path}",
        rule=f"must be the ARN of {resource}",
        hint=hint,
    )
