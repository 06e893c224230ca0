"""The formulas of offline metrics, for one list of recommendations [DG working-with-training-metrics]."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence


def precision(recommended: Sequence[str], relevant: Collection[str], k: int) -> float:
    """The share of relevant recommendations in the first `k`. A shorter list is divided by `k` too."""
    return sum(item in relevant for item in recommended[:k]) / k


def reciprocal_rank(recommended: Sequence[str], relevant: Collection[str], k: int = 25) -> float:
    """1 / the position of the first relevant recommendation in the first `k`; 0 if there is none."""
    return next((1 / rank for rank, item in enumerate(recommended[:k], 1) if item in relevant), 0.0)


def normalized_discounted_cumulative_gain(
    recommended: Sequence[str], gains: Mapping[str, float], k: int
) -> float:
    """The gain of the first `k` recommendations, relative to that of the best list there could be.

    Args:
        recommended: Different items, the best first.
        gains: What each relevant item gains: 1, or the weight of its event.
        k: How many recommendations count.
    """
    best = _discounted(sorted(gains.values(), reverse=True)[:k])
    return min(1.0, _discounted([gains.get(item, 0.0) for item in recommended[:k]]) / best) if best else 0.0


def reward_share(
    recommended: Sequence[str], relevant: Collection[str], rewards: Mapping[str, float], k: int = 25
) -> float | None:
    """The rewards of relevant items among the `k` most rewarding recommendations, as a share of those of all.

    None if no recommendation that is relevant has a reward: then there is nothing to divide.
    """
    top = set(sorted(recommended, key=lambda item: (-rewards.get(item, 0.0), item))[:k])
    found = [item for item in recommended if item in relevant]
    total = math.fsum(rewards.get(item, 0.0) for item in found)
    return (
        min(1.0, math.fsum(rewards.get(item, 0.0) for item in found if item in top) / total)
        if total
        else None
    )


def area_under_curve(ranked: Sequence[str], relevant: Collection[str]) -> float | None:
    """The share of pairs with the relevant item above the other: 0.5 by chance. None without pairs."""
    above = pairs = 0
    for item in ranked:
        if item in relevant:
            above += 1
        else:
            pairs += above
    others = len(ranked) - above
    return pairs / (above * others) if above and others else None


def mean(values: Iterable[float]) -> float:
    """The mean; 0 of nothing. The order of the values does not matter."""
    found = list(values)
    return math.fsum(found) / len(found) if found else 0.0


def _discounted(gains: Sequence[float]) -> float:
    return math.fsum(gain / math.log2(1 + position) for position, gain in enumerate(gains, 1))
