"""Amazon Personalize solutions as a kind of resource."""

from personalize_provider.kinds.solution.resource import Solution

__all__ = ["Solution"]
