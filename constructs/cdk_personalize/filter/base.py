"""What every filter offers, defined in a stack or imported."""

from __future__ import annotations

from typing import Protocol

from aws_cdk import IResource


class IFilter(IResource, Protocol):
    """A filter, defined in a stack or imported, for type hints.

    Get one from `Filter(...)`, `Filter.from_filter_arn` or `Filter.from_filter_name`.
    """

    @property
    def filter_arn(self) -> str:
        """The filter's ARN, for the `filterArn` of GetRecommendations and similar requests."""
        ...

    @property
    def filter_name(self) -> str:
        """The filter's name."""
        ...
