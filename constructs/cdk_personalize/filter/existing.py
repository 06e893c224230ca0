"""Existing filters: created by another stack, by hand or by a script."""

from __future__ import annotations

from aws_cdk import ArnFormat, Stack

from cdk_personalize.model.imported import ImportedResource, arn_type
from cdk_personalize.model.names import RESOURCE_NAME
from cdk_personalize.model.tokens import is_token


class ExistingFilter(ImportedResource):
    """A filter that this app doesn't define."""

    ARGUMENT = "filter_arn"
    ARN = arn_type(
        "a filter",
        f"filter/{RESOURCE_NAME.pattern}",
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:filter/unseen; "
        "for a name use Filter.from_filter_name",
    )

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
