"""A baseline recommender: popularity and item-item co-occurrence.

**This is not the model of Amazon Personalize**, nor an imitation of one. It is a textbook method that needs
only the standard library. It depends on the data: it recommends well when users have tastes, and badly when
their interactions are random. So metrics and gates pass and fail for real reasons, but their values say
nothing about the values that the service would reach.

- Two items are similar when the same users interact with both: the cosine of their columns in the matrix of
  users and items, over the newest items of each user.
- A user gets the items that are most similar to their newest items. An item that they already know counts
  less: as often as users in the training data return to an item.
- Users and items without history get popular items. Recipes of the type POPULAR_ITEMS always recommend them.
- A ranking sorts the given items by the same scores.
- An optimization objective multiplies the score of an item by its value.
- Metadata, context, impressions, exploration and hyperparameters have no effect.

Nothing in it is random, and the order of the input does not matter: training again with the same data gives
the same model. Models are plain values and can be pickled.
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from personalize_local.simulator.learning.interactions import Histories, Past

# The newest different items of a user that count: for similarities, and when recommending.
_LONGEST_HISTORY = 50
_USED_HISTORY = 30
_MOST_NEIGHBORS = 100
# What the most popular item adds to its scores: it breaks ties, and decides where nothing else does.
_POPULARITY_SHARE = 0.01
# How much of an item's score the largest value of the objective adds.
_BOOSTS = {"OFF": 0.0, "LOW": 0.5, "MEDIUM": 1.0, "HIGH": 2.0}

Scored = tuple[str, float]
"""An id and its score."""


@dataclass(frozen=True, slots=True)
class Objective:
    """An optimization objective.

    Attributes:
        sensitivity: `OFF`, `LOW`, `MEDIUM` or `HIGH`.
        values: The value of each item.
    """

    sensitivity: str
    values: Mapping[str, float]

    def boosts(self) -> dict[str, float]:
        """What to multiply the score of an item by; 1 for items that are not in it."""
        most, most_boost = max(self.values.values(), default=0.0), _BOOSTS[self.sensitivity]
        if most <= 0 or not most_boost:
            return {}
        return {item: 1 + most_boost * max(0.0, value) / most for item, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Model:
    """What a training learned.

    Attributes:
        recipe_type: Decides what `recommend` uses: the item for RELATED_ITEMS, nothing for POPULAR_ITEMS, the
            user for all other types.
        base: The share of popularity in the score of every item of the catalog.
        neighbors: The most similar items of each item, with their similarities.
        familiar: What the score of an item that the user knows is multiplied by.
        boosts: What the score of an item is multiplied by for an objective.
        histories: The newest different items of each user, from the newest on.
    """

    recipe_type: str
    base: Mapping[str, float]
    neighbors: Mapping[str, Mapping[str, float]]
    familiar: float
    boosts: Mapping[str, float]
    histories: Mapping[str, Sequence[str]]

    def recommend(
        self,
        *,
        user: str | None = None,
        item: str | None = None,
        recent: Sequence[str] = (),
        count: int = 25,
        keep: Callable[[str], bool] | None = None,
    ) -> list[Scored]:
        """Recommend items, the best first.

        Scores are between 0 and 1. Those of the whole catalog add up to 1 [DG recommendations].

        Args:
            user: The user to recommend to. One who is not known gets popular items.
            item: The item to find related items of. One that is not known gets popular items.
            recent: What the user interacted with since the training, from the newest on.
            count: The most items to recommend.
            keep: Which items may be recommended, for example those that pass a filter. Default: - all
        """
        scores = self._scores(user=user, item=item, recent=recent)
        total = math.fsum(scores.values()) or 1.0
        candidates = scores.items() if keep is None else ((i, s) for i, s in scores.items() if keep(i))
        return [
            (found, score / total) for found, score in heapq.nsmallest(count, candidates, key=_best_first)
        ]

    def rank(self, items: Iterable[str], *, user: str, recent: Sequence[str] = ()) -> list[Scored]:
        """Sort items for a user, the best first. Unknown items go to the end, in their order (rule 171).

        Scores add up to 1. Unknown items have the score 0.

        Args:
            items: The items to sort. Repeated items are returned once.
            user: The user to sort for.
            recent: What the user interacted with since the training, from the newest on.
        """
        given = list(dict.fromkeys(items))
        scores = self._scores(user=user, item=None, recent=recent)
        known = {item: scores[item] for item in given if item in scores}
        total = math.fsum(known.values()) or 1.0
        ranked = [(item, score / total) for item, score in sorted(known.items(), key=_best_first)]
        return ranked + [(item, 0.0) for item in given if item not in known]

    def segment(self, items: Collection[str], *, count: int) -> list[Scored]:
        """Find the users with the most affinity for items, the best first.

        Args:
            items: One item, or all items with an attribute. Users who already know the one item count less.
                Users who know items with the attribute do not.
            count: The most users to find.
        """
        familiar = self.familiar if len(items) == 1 else 1.0
        scores = {
            user: math.fsum(self._affinity(history, item, familiar) for item in items)
            for user, history in self.histories.items()
        }
        return heapq.nsmallest(count, scores.items(), key=_best_first)

    def _affinity(self, history: Sequence[str], item: str, familiar: float) -> float:
        """How similar an item is to the newest items of a user, or to itself if the user knows it."""
        near = self.neighbors.get(item, {})
        similar = math.fsum(near[known] for known in history[:_USED_HISTORY] if known in near)
        return (1 + similar) * familiar if item in history else similar

    def _scores(self, *, user: str | None, item: str | None, recent: Sequence[str]) -> dict[str, float]:
        """The score of every item of the catalog."""
        scores = dict(self.base)
        if self.recipe_type == "RELATED_ITEMS":
            for other, similarity in self.neighbors.get(item or "", {}).items():
                scores[other] += similarity
            scores.pop(item or "", None)
        elif self.recipe_type != "POPULAR_ITEMS":
            known = list(dict.fromkeys((*recent, *self.histories.get(user or "", ()))))[:_USED_HISTORY]
            for each in known:
                for other, similarity in self.neighbors.get(each, {}).items():
                    scores[other] += similarity
            for each in known:
                if each in scores:
                    scores[each] *= self.familiar
        for each, boost in self.boosts.items():
            if each in scores:
                scores[each] *= boost
        return scores


def train(
    histories: Histories,
    recipe_type: str,
    *,
    catalog: Iterable[str] = (),
    objective: Objective | None = None,
    trending: bool = False,
    serve: Histories | None = None,
) -> Model:
    """Train a model.

    Args:
        histories: The interactions to train with.
        recipe_type: The type of the recipe, for example `USER_PERSONALIZATION`.
        catalog: Items that may be recommended without any interaction: those of the Items dataset.
        objective: The optimization objective. Default: - none
        trending: Whether to recommend the items that gain popularity. If none does, popular items are
            recommended, as trending-now does.
        serve: The interactions of the users that the model recommends to. Default: - `histories`
    """
    popularity = growth(histories) if trending else {}
    if max(popularity.values(), default=0.0) <= 0:
        popularity = _popularity(histories)
    items = sorted(
        {*catalog, *popularity, *(past.item for history in histories.values() for past in history)}
    )
    most = max(popularity.values(), default=0.0) or 1.0
    return Model(
        recipe_type=recipe_type,
        base={item: _POPULARITY_SHARE * max(0.0, popularity.get(item, 0.0)) / most for item in items},
        neighbors={} if recipe_type == "POPULAR_ITEMS" else _neighbors(histories),
        familiar=_returning(histories),
        boosts=objective.boosts() if objective else {},
        histories={user: newest(history) for user, history in (serve or histories).items()},
    )


def newest(history: Sequence[Past]) -> list[str]:
    """The newest different items of a user, from the newest on."""
    return list(dict.fromkeys(past.item for past in reversed(history)))[:_LONGEST_HISTORY]


def growth(histories: Histories) -> dict[str, float]:
    """How many interactions each item gained, from one tenth of the covered time to the next and last one.

    Items that lost interactions are below 0. The service's interval is a hyperparameter. Ours follows the
    data.
    """
    moments = [past.at for history in histories.values() for past in history]
    if not moments:
        return {}
    last = max(moments)
    half = max(1, (last - min(moments)) // 10)
    found: dict[str, float] = defaultdict(float)
    for _, history in sorted(histories.items()):
        for past in history:
            age = (last - past.at) // half
            if age <= 1:
                found[past.item] += past.weight if age == 0 else -past.weight
    return dict(found)


def _popularity(histories: Histories) -> dict[str, float]:
    """The weight of all interactions of each item."""
    weights: dict[str, list[float]] = defaultdict(list)
    for history in histories.values():
        for past in history:
            weights[past.item].append(past.weight)
    return {item: math.fsum(values) for item, values in weights.items()}


def _neighbors(histories: Histories) -> dict[str, dict[str, float]]:
    """The most similar items of each item, one item at a time: all pairs would take too much memory."""
    having: dict[str, list[tuple[float, dict[str, float]]]] = defaultdict(list)
    norms: dict[str, float] = defaultdict(float)
    for _, history in sorted(histories.items()):
        row = _weights(history)
        for item, weight in row.items():
            having[item].append((weight, row))
            norms[item] += weight * weight
    return {item: _nearest(item, having[item], norms) for item in sorted(having)}


def _nearest(
    item: str, having: Iterable[tuple[float, Mapping[str, float]]], norms: Mapping[str, float]
) -> dict[str, float]:
    """The items most similar to `item`, by the weights of all items of the users who have it."""
    together: dict[str, float] = defaultdict(float)
    for weight, row in having:
        for other, other_weight in row.items():
            together[other] += weight * other_weight
    together.pop(item)
    similar = (
        (other, min(1.0, product / math.sqrt(norms[item] * norms[other])))
        for other, product in together.items()
        if product
    )
    return dict(heapq.nsmallest(_MOST_NEIGHBORS, similar, key=_best_first))


def _weights(history: Sequence[Past]) -> dict[str, float]:
    """The largest weight of each of the newest items of a user."""
    weights: dict[str, float] = dict.fromkeys(newest(history), 0.0)
    for past in history:
        if past.item in weights:
            weights[past.item] = max(past.weight, weights[past.item])
    return weights


def _returning(histories: Histories) -> float:
    """The share of interactions with items that the user knew. Above 0, so that known items have an order."""
    total = sum(len(history) for history in histories.values())
    different = sum(len({past.item for past in history}) for history in histories.values())
    return (total - different + 1) / (total + 1)


def _best_first(entry: Scored) -> tuple[float, str]:
    """Falling scores; ids decide between equal ones."""
    return -entry[1], entry[0]
