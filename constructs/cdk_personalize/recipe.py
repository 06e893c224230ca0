"""The algorithm that a solution trains: one member for each recipe that CreateSolution takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cdk_personalize.recipe_facts import RecipeFacts, catalog

_PARTITION = "{partition}"


@dataclass(frozen=True)
class Recipe:
    """An Amazon Personalize recipe.

    Use a member for a predefined recipe, and `Recipe.from_arn` for one that is newer than this library
    (rule 44). Recipes that only `CreateRecommender` takes (`aws-ecomm-*`, `aws-vod-*`) and
    the retired HRNN family have no member, and `Solution` refuses them (rules 42 and 43).
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

        What a solution asks of a recipe that the catalog does not know is left to the service to judge, and
        the synthesis warns of it.

        Args:
            arn: The recipe's ARN, or a token. `Solution` checks its form.
        """
        return cls(arn)

    @classmethod
    def from_name(cls, name: str) -> Recipe:
        """Name a recipe of the catalog, where its name is a value: one from a configuration file, say.

        `Solution` refuses a name that the catalog does not have, because it is most likely misspelled. For a
        recipe that is newer than this library use `Recipe.from_arn`.

        Args:
            name: Such as `aws-sims`, or a token.
        """
        # A predefined recipe belongs to no Region and no account (rule 4).
        return cls(f"arn:{_PARTITION}:personalize:::recipe/{name}")

    @property
    def facts(self) -> RecipeFacts | None:
        """What the catalog knows of it: type, datasets, parameters, and what it allows.

        None if it is newer than this library, known only at deploy time, or not for solutions.
        """
        return catalog().get(self.name)

    @property
    def is_named(self) -> bool:
        """Whether it was named, and not given by its ARN."""
        return _PARTITION in str(self.arn_template)

    @property
    def name(self) -> str:
        """The last part of the ARN, such as `aws-user-personalization-v2`; a token if that is one."""
        return str(self.arn_template).rpartition("/")[2]

    def arn(self, partition: str) -> str:
        """Return the recipe's ARN.

        Args:
            partition: The AWS partition to write into the ARN of a predefined recipe, such as `aws`.
        """
        return self.arn_template.replace(_PARTITION, partition)


def spelling(name: str) -> str:
    """How Python spells the member for a recipe of the catalog: `aws-sims` is `Recipe.SIMS`."""
    return f"Recipe.{name.removeprefix('aws-').upper().replace('-', '_')}"


Recipe.USER_PERSONALIZATION_V2 = Recipe.from_name("aws-user-personalization-v2")
Recipe.USER_PERSONALIZATION = Recipe.from_name("aws-user-personalization")
Recipe.PERSONALIZED_RANKING_V2 = Recipe.from_name("aws-personalized-ranking-v2")
Recipe.PERSONALIZED_RANKING = Recipe.from_name("aws-personalized-ranking")
Recipe.SIMILAR_ITEMS = Recipe.from_name("aws-similar-items")
Recipe.SIMS = Recipe.from_name("aws-sims")
Recipe.SEMANTIC_SIMILARITY = Recipe.from_name("aws-semantic-similarity")
Recipe.POPULARITY_COUNT = Recipe.from_name("aws-popularity-count")
Recipe.TRENDING_NOW = Recipe.from_name("aws-trending-now")
Recipe.NEXT_BEST_ACTION = Recipe.from_name("aws-next-best-action")
Recipe.ITEM_AFFINITY = Recipe.from_name("aws-item-affinity")
Recipe.ITEM_ATTRIBUTE_AFFINITY = Recipe.from_name("aws-item-attribute-affinity")
