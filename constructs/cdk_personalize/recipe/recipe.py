"""The algorithm that a solution trains: one member for each recipe that CreateSolution takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from cdk_personalize.recipe.facts import RecipeFacts, catalog

_PARTITION = "{partition}"


@dataclass(frozen=True, eq=False)
class Recipe:
    """An Amazon Personalize recipe.

    Use a member for a predefined recipe, and `Recipe.from_arn` for one that is newer than this library
    (rule 44). Recipes that only `CreateRecommender` takes (`aws-ecomm-*`, `aws-vod-*`) and
    the retired HRNN family have no member, and `Solution` refuses them (rules 42 and 43).
    """

    arn_template: str
    """The recipe's ARN, with `{partition}` in place of the stack's partition."""

    USER_PERSONALIZATION_V2: ClassVar[CatalogRecipe]
    USER_PERSONALIZATION: ClassVar[CatalogRecipe]
    PERSONALIZED_RANKING_V2: ClassVar[CatalogRecipe]
    PERSONALIZED_RANKING: ClassVar[CatalogRecipe]
    SIMILAR_ITEMS: ClassVar[CatalogRecipe]
    SIMS: ClassVar[CatalogRecipe]
    SEMANTIC_SIMILARITY: ClassVar[CatalogRecipe]
    POPULARITY_COUNT: ClassVar[CatalogRecipe]
    TRENDING_NOW: ClassVar[CatalogRecipe]
    NEXT_BEST_ACTION: ClassVar[CatalogRecipe]
    ITEM_AFFINITY: ClassVar[CatalogRecipe]
    ITEM_ATTRIBUTE_AFFINITY: ClassVar[CatalogRecipe]

    @classmethod
    def from_arn(cls, arn: str) -> Recipe:
        """Name a recipe by its ARN: one that is newer than this library, or known only at deploy time.

        Nothing is checked against the catalog for a recipe outside of it: only the service can judge it, and
        synthesis warns of that.

        Args:
            arn: The recipe's ARN, or a token. `Solution` checks its form.
        """
        return Recipe(arn)

    @classmethod
    def from_name(cls, name: str) -> Recipe:
        """Name a recipe of the catalog by a value, such as one from a configuration file.

        `Solution` refuses a name that the catalog does not have, because it is most likely misspelled. For a
        recipe that is newer than this library use `Recipe.from_arn`.

        Args:
            name: Such as `aws-sims`, or a token.
        """
        # A predefined recipe belongs to no Region and no account (rule 4).
        return Recipe(f"arn:{_PARTITION}:personalize:::recipe/{name}")

    @property
    def facts(self) -> RecipeFacts | None:
        """The catalog's facts: type, datasets, parameters, and what it allows.

        None if it is newer than this library, known only at deploy time, or not for solutions. A member, such
        as `Recipe.SIMS`, always has facts.
        """
        return catalog().get(self.name)

    @property
    def is_named(self) -> bool:
        """Whether it is given by its name, not by its ARN."""
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

    def __eq__(self, other: object) -> bool:
        # A member of the catalog is the same recipe as one that is named: `Recipe.from_name("aws-sims")`.
        return isinstance(other, Recipe) and self.arn_template == other.arn_template

    def __hash__(self) -> int:
        return hash(self.arn_template)


class CatalogRecipe(Recipe):
    """A recipe that this library knows: a member of `Recipe`, such as `Recipe.SIMS`."""

    @property
    def facts(self) -> RecipeFacts:
        """The catalog's facts: type, datasets, parameters, and what it allows."""
        return catalog()[self.name]


def spelling(name: str) -> str:
    """How Python spells the member for a recipe of the catalog: `aws-sims` is `Recipe.SIMS`."""
    return f"Recipe.{name.removeprefix('aws-').upper().replace('-', '_')}"


def _member(name: str) -> CatalogRecipe:
    return CatalogRecipe(Recipe.from_name(name).arn_template)


Recipe.USER_PERSONALIZATION_V2 = _member("aws-user-personalization-v2")
Recipe.USER_PERSONALIZATION = _member("aws-user-personalization")
Recipe.PERSONALIZED_RANKING_V2 = _member("aws-personalized-ranking-v2")
Recipe.PERSONALIZED_RANKING = _member("aws-personalized-ranking")
Recipe.SIMILAR_ITEMS = _member("aws-similar-items")
Recipe.SIMS = _member("aws-sims")
Recipe.SEMANTIC_SIMILARITY = _member("aws-semantic-similarity")
Recipe.POPULARITY_COUNT = _member("aws-popularity-count")
Recipe.TRENDING_NOW = _member("aws-trending-now")
Recipe.NEXT_BEST_ACTION = _member("aws-next-best-action")
Recipe.ITEM_AFFINITY = _member("aws-item-affinity")
Recipe.ITEM_ATTRIBUTE_AFFINITY = _member("aws-item-attribute-affinity")
