"""Measure a model as the service documents it: hold out part of the data, and compare it with predictions.

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
# Each of these takes a pass over the data, so large data is measured by a part of them.
_MOST_MEASURED_USERS = 1000
_MOST_SEGMENTS = 100


@dataclass(frozen=True, slots=True)
class Split:
    """Data to train with, and data to measure with.

    Attributes:
        training: What a model is trained with.
        given: The older interactions of the measured users: the input of the model.
        truth: Their newest interactions, which the model should predict.
    """

    training: Histories
    given: Histories
    truth: Histories


def split(histories: Histories, recipe_type: str, seed: int) -> Split:
    """Hold out part of the data (rule 145).

    For USER_SEGMENTATION, that is the newest 20% of each user's interactions. For all other types, it is 10%
    of the users, and the model should predict the newest 10% of each one's interactions. These users are
    drawn from those with at least two interactions, because others have nothing to predict. At most 1,000 of
    them are measured. There is no validation set for PERSONALIZED_ACTIONS: the baseline would not use it.

    Args:
        histories: The interactions of each user.
        recipe_type: The type of the recipe.
        seed: Determines which users are drawn.
    """
    if recipe_type == "USER_SEGMENTATION":
        given, truth = _halves(histories, newest_share=0.2)
        return Split(given, given, truth)
    measurable = sorted(user for user, history in histories.items() if len(history) > 1)
    count = min(len(measurable), max(1, len(histories) // 10))
    drawn = random.Random(seed).sample(measurable, count)  # noqa: S311 (it draws a sample, no secret)
    measured = {user: histories[user] for user in sorted(drawn[:_MOST_MEASURED_USERS])}
    given, truth = _halves(measured, newest_share=0.1)
    left_out = set(drawn)
    return Split({user: past for user, past in histories.items() if user not in left_out}, given, truth)


def _halves(histories: Histories, *, newest_share: float) -> tuple[Histories, Histories]:
    """The older and the newer interactions of each user. With two or more, at least one is newer."""
    given: dict[str, Sequence[Past]] = {}
    truth: dict[str, Sequence[Past]] = {}
    for user, history in histories.items():
        newer = max(1, math.floor(len(history) * newest_share)) if len(history) > 1 else 0
        given[user] = history[: len(history) - newer]
        truth[user] = history[len(history) - newer :]
    return given, truth


@dataclass(frozen=True, slots=True)
class Extras:
    """Properties of a solution that add metrics to those of the recipe's type.

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


def measure(model: Model, held_out: Split, extras: Extras | None = None) -> dict[str, float]:
    """What GetSolutionMetrics answers for a model, or DescribeRecommender as `modelMetrics`.

    Args:
        model: The model, trained with `held_out.training`.
        held_out: The data to measure with.
        extras: Properties of the solution that add metrics. Default: - none
    """
    wanted = extras or Extras()
    if model.recipe_type == "USER_SEGMENTATION":
        found = _segments(model, held_out)
    elif model.recipe_type == "PERSONALIZED_ACTIONS":
        found = _actions(model, held_out)
    else:
        found = _items(model, held_out, wanted)
    return {name: round(value, 4) for name, value in found.items()}


def _items(model: Model, held_out: Split, extras: Extras) -> dict[str, float]:
    """Metrics of recommended items (rules 111, 112 and 114)."""
    answers = [
        _Answer(_recommended(model, held_out.given[user]), truth)
        for user, truth in sorted(held_out.truth.items())
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
        found |= _rewards(model, held_out, extras.rewards)
    if extras.weighted:
        found |= _weighted_gain(answers)
    if extras.trending:
        found |= _trend(lists[0] if lists else [], held_out.truth)
    if extras.created is not None:
        found |= _item_properties(model, held_out.training, extras.created)
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
    """The share of all records that are in at least one of the lists."""
    shown = {item for items in lists for item in items}
    return len(shown) / total if total else 0.0


def _rewards(model: Model, held_out: Split, rewards: Mapping[str, float]) -> dict[str, float]:
    """Rule 112; how many recommendations are "all" is not documented (?): ours are 100."""
    shares = [
        metrics.reward_share(
            _recommended(model, held_out.given[user], _REWARDED_LIST), {past.item for past in truth}, rewards
        )
        for user, truth in sorted(held_out.truth.items())
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


def _segments(model: Model, held_out: Split) -> dict[str, float]:
    """Metrics of user segments, the 1 % of users with the most affinity for an item (rule 113)."""
    actual: dict[str, set[str]] = defaultdict(set)
    for user, truth in held_out.truth.items():
        for past in truth:
            actual[past.item].add(user)
    size = max(1, math.ceil(len(held_out.given) / 100))
    popular = sorted(actual, key=lambda item: (-len(actual[item]), item))[:_MOST_SEGMENTS]
    before = replace(model, histories={user: newest(given) for user, given in held_out.given.items()})
    segments = {item: [user for user, _ in before.segment([item], count=size)] for item in popular}
    hits = {item: len(actual[item].intersection(users)) for item, users in segments.items()}
    return {
        "coverage": _coverage(segments.values(), len(held_out.given)),
        "hits_at_1_percent": metrics.mean(hits.values()),
        "recall_at_1_percent": metrics.mean(count / len(actual[item]) for item, count in hits.items()),
    }


def _actions(model: Model, held_out: Split) -> dict[str, float]:
    """Metrics of next best actions (rule 114): the spelling of their keys is not published (?)."""
    catalog = list(model.base)
    ranked = {
        user: _recommended(model, held_out.given[user], len(catalog))
        for user, truth in sorted(held_out.truth.items())
        if truth
    }
    taken = {user: {past.item for past in held_out.truth[user]} for user in ranked}
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
