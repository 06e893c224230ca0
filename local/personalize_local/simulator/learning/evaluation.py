"""Measure a model by the method that the service documents: part of the data is kept back and predicted.

[DG working-with-training-metrics; rules 111 to 114 and 145]
"""

from __future__ import annotations

import math
import random
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from personalize_local.simulator.learning import metrics
from personalize_local.simulator.learning.baseline import Model, growth, newest
from personalize_local.simulator.learning.interactions import Histories, Past

_DEPTHS = (5, 10, 25)
_LIST = 25
# Rewards compare the best 25 with all that is recommended, so the list must be longer.
_REWARDED_LIST = 100
# What GetActionRecommendations answers by default (rule 171).
_ACTIONS = 5
# To measure segments takes a pass over all users for each item.
_MOST_SEGMENTS = 100


@dataclass(frozen=True, slots=True)
class Split:
    """Data to train with, and data to measure with.

    Attributes:
        training: What a model is trained with.
        given: What it is given of each user whose interactions it is to predict.
        truth: What each of these users did next.
    """

    training: Histories
    given: Histories
    truth: Histories


def split(histories: Histories, recipe_type: str, seed: int) -> Split:
    """Keep part of the data back (rule 145).

    For USER_SEGMENTATION, that is the newest 20% of each user. For all other types, 10% of the users are not
    in the training data, and the newest 10% of what they did is to be predicted. These users are drawn from
    those with at least two interactions: others have nothing to predict. There is no validation set for
    PERSONALIZED_ACTIONS, because the baseline would not use it.

    Args:
        histories: What users did.
        recipe_type: The type of the recipe.
        seed: Which users are drawn.
    """
    if recipe_type == "USER_SEGMENTATION":
        given, truth = _halves(histories, newest_share=0.2)
        return Split(given, given, truth)
    measurable = sorted(user for user, history in histories.items() if len(history) > 1)
    count = min(len(measurable), max(1, len(histories) // 10))
    drawn = set(random.Random(seed).sample(measurable, count))  # noqa: S311 (it draws a sample, no secret)
    given, truth = _halves({user: histories[user] for user in sorted(drawn)}, newest_share=0.1)
    return Split({user: past for user, past in histories.items() if user not in drawn}, given, truth)


def _halves(histories: Histories, *, newest_share: float) -> tuple[Histories, Histories]:
    """The older and the newer interactions of each user; the newer are at least one, if there are two."""
    given: dict[str, Sequence[Past]] = {}
    truth: dict[str, Sequence[Past]] = {}
    for user, history in histories.items():
        kept_back = max(1, math.floor(len(history) * newest_share)) if len(history) > 1 else 0
        given[user] = history[: len(history) - kept_back]
        truth[user] = history[len(history) - kept_back :]
    return given, truth


@dataclass(frozen=True, slots=True)
class Extras:
    """What adds metrics to those of the recipe's type.

    Attributes:
        rewards: The value of each item for the optimization objective, if there is one.
        weighted: Whether the solution has an events config.
        trending: Whether the recipe is trending-now.
        created: When each item was created, if the recipe is semantic-similarity.
    """

    rewards: Mapping[str, float] | None = None
    weighted: bool = False
    trending: bool = False
    created: Mapping[str, int] | None = None


def measure(model: Model, kept_back: Split, extras: Extras | None = None) -> dict[str, float]:
    """What GetSolutionMetrics answers for a model, or DescribeRecommender as `modelMetrics`.

    Args:
        model: The model, trained with `kept_back.training`.
        kept_back: The data to measure with.
        extras: What adds metrics. Default: - nothing does
    """
    wanted = extras or Extras()
    if model.recipe_type == "USER_SEGMENTATION":
        found = _segments(model, kept_back)
    elif model.recipe_type == "PERSONALIZED_ACTIONS":
        found = _actions(model, kept_back)
    else:
        found = _items(model, kept_back, wanted)
    return {name: round(value, 4) for name, value in found.items()}


def _items(model: Model, kept_back: Split, extras: Extras) -> dict[str, float]:
    """Metrics of recommended items (rules 111, 112 and 114)."""
    answers = [
        _Answer(_recommended(model, kept_back.given[user]), truth)
        for user, truth in sorted(kept_back.truth.items())
        if truth
    ]
    lists = [answer.items for answer in answers]
    found = {
        "coverage": _coverage(lists, len(model.base)),
        "mean_reciprocal_rank_at_25": metrics.mean(
            metrics.reciprocal_rank(answer.items, answer.relevant) for answer in answers
        ),
    }
    for k in _DEPTHS:
        found[f"normalized_discounted_cumulative_gain_at_{k}"] = metrics.mean(
            metrics.normalized_discounted_cumulative_gain(a.items, dict.fromkeys(a.relevant, 1.0), k)
            for a in answers
        )
    for k in _DEPTHS:
        found[f"precision_at_{k}"] = metrics.mean(metrics.precision(a.items, a.relevant, k) for a in answers)
    if extras.rewards is not None:
        found |= _rewards(model, kept_back, extras.rewards)
    if extras.weighted:
        found |= _weighted_gain(answers)
    if extras.trending:
        found |= _trend(lists[0] if lists else [], kept_back.truth)
    if extras.created is not None:
        found |= _item_properties(model, kept_back.training, extras.created)
    return found


class _Answer:
    """What was recommended to a user, and what the user did.

    Attributes:
        items: The recommended items, the best first.
        gains: The largest weight of an event of each item that the user interacted with.
    """

    __slots__ = ("gains", "items")

    def __init__(self, items: Sequence[str], truth: Sequence[Past]) -> None:
        self.items = items
        self.gains: dict[str, float] = {}
        for past in truth:
            self.gains[past.item] = max(past.weight, self.gains.get(past.item, 0.0))

    @property
    def relevant(self) -> Collection[str]:
        return self.gains.keys()


def _recommended(model: Model, given: Sequence[Past], count: int = _LIST) -> list[str]:
    """What a model recommends after what a user did: related items to the newest item (?)."""
    recent = newest(given)
    item = recent[0] if recent and model.recipe_type == "RELATED_ITEMS" else None
    return [found for found, _ in model.recommend(item=item, recent=recent, count=count)]


def _coverage(lists: Iterable[Sequence[str]], total: int) -> float:
    """The share of all records that are recommended to anybody who is measured."""
    shown = {item for items in lists for item in items}
    return len(shown) / total if total else 0.0


def _rewards(model: Model, kept_back: Split, rewards: Mapping[str, float]) -> dict[str, float]:
    """Rule 112; how many recommendations are "all" is not documented (?): ours are 100."""
    shares = [
        metrics.reward_share(
            _recommended(model, kept_back.given[user], _REWARDED_LIST), {past.item for past in truth}, rewards
        )
        for user, truth in sorted(kept_back.truth.items())
    ]
    return {"average_rewards_at_k": metrics.mean(share for share in shares if share is not None)}


def _weighted_gain(answers: Iterable[_Answer]) -> dict[str, float]:
    """Rule 112: the key ends in a literal k; which number it stands for is not documented (?): ours is 25."""
    gains = (metrics.normalized_discounted_cumulative_gain(a.items, a.gains, _LIST) for a in answers)
    return {"normalized_discounted_cumulative_gain_with_event_weights_at_k": metrics.mean(gains)}


def _trend(recommended: Sequence[str], truth: Histories) -> dict[str, float]:
    """Rule 114: the key's spelling is not published (?). All users get the same list of trending items."""
    gains = {item: max(0.0, gain) for item, gain in growth(truth).items()}
    best = math.fsum(sorted(gains.values(), reverse=True)[:_LIST])
    reached = math.fsum(gains.get(item, 0.0) for item in recommended)
    return {"trend_prediction_accuracy": min(1.0, reached / best) if best else 0.0}


def _item_properties(model: Model, training: Histories, created: Mapping[str, int]) -> dict[str, float]:
    """Metrics of semantic-similarity (rule 114): the spelling of their keys is not published (?).

    The item similarity is the mean of the baseline's own similarities between an item and its 25 nearest.
    """
    users: dict[str, int] = defaultdict(int)
    for history in training.values():
        for item in {past.item for past in history}:
            users[item] += 1
    first = (list(near.values())[:_LIST] for near in model.neighbors.values())
    return {
        "item_popularity": metrics.mean(_normalized([users[item] for item in model.base])),
        "item_freshness": metrics.mean(_normalized(list(created.values()))),
        "item_similarity": metrics.mean(similarity for near in first for similarity in near),
    }


def _normalized(values: Sequence[float]) -> list[float]:
    """The values from 0 for the least to 1 for the most."""
    least, most = min(values, default=0), max(values, default=0)
    return [(value - least) / (most - least) for value in values] if most > least else [0.0 for _ in values]


def _segments(model: Model, kept_back: Split) -> dict[str, float]:
    """Metrics of user segments, the 1 % of users with the most affinity for an item (rule 113)."""
    actual: dict[str, set[str]] = defaultdict(set)
    for user, truth in kept_back.truth.items():
        for past in truth:
            actual[past.item].add(user)
    size = max(1, math.ceil(len(kept_back.given) / 100))
    popular = sorted(actual, key=lambda item: (-len(actual[item]), item))[:_MOST_SEGMENTS]
    before = replace(model, histories={user: newest(given) for user, given in kept_back.given.items()})
    segments = {item: [user for user, _ in before.segment([item], count=size)] for item in popular}
    hits = {item: len(actual[item].intersection(users)) for item, users in segments.items()}
    return {
        "coverage": _coverage(segments.values(), len(kept_back.given)),
        "hits_at_1_percent": metrics.mean(hits.values()),
        "recall_at_1_percent": metrics.mean(count / len(actual[item]) for item, count in hits.items()),
    }


def _actions(model: Model, kept_back: Split) -> dict[str, float]:
    """Metrics of next best actions (rule 114): the spelling of their keys is not published (?)."""
    catalog = list(model.base)
    ranked = {
        user: _recommended(model, kept_back.given[user], len(catalog))
        for user, truth in sorted(kept_back.truth.items())
        if truth
    }
    taken = {user: {past.item for past in kept_back.truth[user]} for user in ranked}
    shown = {user: actions[:_ACTIONS] for user, actions in ranked.items()}
    correct = {a: sum(a in shown[user] and a in taken[user] for user in ranked) for a in catalog}

    def per_action(groups: Mapping[str, Collection[str]]) -> float:
        """The mean share of correct predictions of each action, in how often the groups have it."""
        counts = {action: sum(action in group for group in groups.values()) for action in catalog}
        return metrics.mean(correct[action] / count for action, count in counts.items() if count)

    curves = (metrics.area_under_curve(ranked[user], taken[user]) for user in ranked)
    found = {
        "coverage": _coverage(shown.values(), len(catalog)),
        "precision": per_action(shown),
        "recall": per_action(taken),
        "auc": metrics.mean(area for area in curves if area is not None),
    }
    for k in _DEPTHS:
        found[f"normalized_discounted_cumulative_gain_at_{k}"] = metrics.mean(
            metrics.normalized_discounted_cumulative_gain(ranked[user], dict.fromkeys(taken[user], 1.0), k)
            for user in ranked
        )
    return found
