"""The algorithm that a solution trains: one member for each recipe that CreateSolution takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

_PARTITION = "{partition}"


@dataclass(frozen=True)
class Recipe:
    """An Amazon Personalize recipe.

    Use a member for a predefined recipe and `Recipe.from_arn` for any other. Recipes that only
    `CreateRecommender` takes (aws-ecomm-*, aws-vod-*) and the retired HRNN family have no member
    (rules 42 and 43).
    """

    arn_template: str
    """The recipe's ARN, with `{partition}` where that of the stack belongs."""

    USER_PERSONALIZATION_V2: ClassVar[Recipe]
    USER_PERSONALIZATION: ClassVar[Recipe]
    PERSONALIZED_RANKING_V2: ClassVar[Recipe]
    PERSONALIZED_RANKING: ClassVar[Recipe]
    SIMILAR_ITEMS: ClassVar[Recipe]
    SIMS: ClassVar[Recipe]
    SEMANTIC_SIMILARITY: ClassVar[Recipe]
    POPULARITY_COUNT: ClassVar[Recipe]
    TRENDING_NOW: ClassVar[Recipe]
    NEXT_BEST_ACTION: ClassVar[Recipe]
    ITEM_AFFINITY: ClassVar[Recipe]
    ITEM_ATTRIBUTE_AFFINITY: ClassVar[Recipe]

    @classmethod
    def from_arn(cls, arn: str) -> Recipe:
        """Name a recipe by its ARN: one that is newer than this library, or known only at deploy time.

        Args:
            arn: The recipe's ARN, or a token. `Solution` checks its form.
        """
        return cls(arn)

    @property
    def name(self) -> str:
        """The last part of the ARN, such as `aws-user-personalization-v2`."""
        return self.arn_template.rpartition("/")[2]

    def arn(self, partition: str) -> str:
        """Return the recipe's ARN.

        Args:
            partition: The AWS partition to write into the ARN of a predefined recipe, such as `aws`.
        """
        return self.arn_template.replace(_PARTITION, partition)


def _predefined(name: str) -> Recipe:
    # A predefined recipe belongs to no Region and no account (rule 4).
    return Recipe(f"arn:{_PARTITION}:personalize:::recipe/{name}")


Recipe.USER_PERSONALIZATION_V2 = _predefined("aws-user-personalization-v2")
Recipe.USER_PERSONALIZATION = _predefined("aws-user-personalization")
Recipe.PERSONALIZED_RANKING_V2 = _predefined("aws-personalized-ranking-v2")
Recipe.PERSONALIZED_RANKING = _predefined("aws-personalized-ranking")
Recipe.SIMILAR_ITEMS = _predefined("aws-similar-items")
Recipe.SIMS = _predefined("aws-sims")
Recipe.SEMANTIC_SIMILARITY = _predefined("aws-semantic-similarity")
Recipe.POPULARITY_COUNT = _predefined("aws-popularity-count")
Recipe.TRENDING_NOW = _predefined("aws-trending-now")
Recipe.NEXT_BEST_ACTION = _predefined("aws-next-best-action")
Recipe.ITEM_AFFINITY = _predefined("aws-item-affinity")
Recipe.ITEM_ATTRIBUTE_AFFINITY = _predefined("aws-item-attribute-affinity")
