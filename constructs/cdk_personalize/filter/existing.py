"""Existing filters: created by another stack, by hand or by a script."""

from __future__ import annotations

from cdk_personalize.model.existing import ExistingResource
from cdk_personalize.model.names import RESOURCE_NAME, arn_text


class ExistingFilter(ExistingResource):
    """A filter that this app doesn't define. It adds nothing to the template."""

    NOUN = "filter"
    ARN = arn_text(
        "a filter",
        f"filter/{RESOURCE_NAME.pattern}",
        "filter/unseen",
        "for a name use Filter.from_filter_name",
    )

    @property
    def filter_arn(self) -> str:
        """The filter's ARN."""
        return self._arn_of_it()

    @property
    def filter_name(self) -> str:
        """The filter's name."""
        return self._name_of_it()
