"""What the recipes of domain use cases train [DG ECOMMERCE-use-cases, VIDEO_ON_DEMAND-use-cases]."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UseCase:
    """A domain use case.

    Attributes:
        recipe_type: The type of custom recipe that it corresponds to.
        trains_on: The only event type that it trains with. None for all types.
        leaves_out: The event type of interactions after which it stops recommending the item to that user.
    """

    recipe_type: str
    trains_on: str | None = None
    leaves_out: str | None = None


USE_CASES: Mapping[str, UseCase] = {
    "aws-ecomm-popular-items-by-views": UseCase("POPULAR_ITEMS", "View"),
    "aws-ecomm-popular-items-by-purchases": UseCase("POPULAR_ITEMS", "Purchase"),
    "aws-ecomm-frequently-bought-together": UseCase("RELATED_ITEMS", "Purchase"),
    "aws-ecomm-customers-who-viewed-x-also-viewed": UseCase("RELATED_ITEMS", "View", "Purchase"),
    "aws-ecomm-recommended-for-you": UseCase("USER_PERSONALIZATION", None, "Purchase"),
    "aws-vod-because-you-watched-x": UseCase("RELATED_ITEMS", "Watch", "Watch"),
    "aws-vod-more-like-x": UseCase("RELATED_ITEMS", None, "Watch"),
    "aws-vod-most-popular": UseCase("POPULAR_ITEMS", "Watch"),
    "aws-vod-trending-now": UseCase("POPULAR_ITEMS"),
    "aws-vod-top-picks": UseCase("USER_PERSONALIZATION", None, "Watch"),
}
"""Every use case, by the name of its recipe."""
