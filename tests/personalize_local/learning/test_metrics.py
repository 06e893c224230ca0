"""The formulas of offline metrics."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_local.simulator.learning.metrics import (
    area_under_curve,
    mean,
    normalized_discounted_cumulative_gain,
    precision,
    reciprocal_rank,
    reward_share,
)

ITEMS = st.sampled_from([f"i{number}" for number in range(40)])
LISTS = st.lists(ITEMS, unique=True, max_size=30)
DEPTHS = st.sampled_from([5, 10, 25])
GAINS = st.dictionaries(ITEMS, st.floats(0, 10), max_size=10)


def test_formulas__the_example_of_the_developer_guide__gives_its_results() -> None:
    """The second and the fifth recommendation are relevant [DG working-with-training-metrics]."""
    recommended, relevant = ["a", "B", "c", "d", "E"], {"B", "E"}
    assert reciprocal_rank(recommended, relevant) == 0.5
    gains = dict.fromkeys(relevant, 1.0)
    assert round(normalized_discounted_cumulative_gain(recommended, gains, 5), 4) == 0.6241
    assert precision(recommended, relevant, 5) == 0.4


def test_mean_reciprocal_rank__the_example_of_the_developer_guide__gives_its_result() -> None:
    ranks = [{4, 10}, {2, 4, 12}, {6}]
    recommended = [str(position) for position in range(1, 26)]
    scores = [reciprocal_rank(recommended, {str(rank) for rank in user}) for user in ranks]
    assert round(mean(scores), 4) == 0.3056


@given(LISTS, GAINS, DEPTHS)
def test_formulas__of_any_list__are_between_0_and_1(
    recommended: list[str], gains: dict[str, float], k: int
) -> None:
    assert 0 <= precision(recommended, gains, k) <= 1
    assert 0 <= reciprocal_rank(recommended, gains) <= 1
    assert 0 <= normalized_discounted_cumulative_gain(recommended, gains, k) <= 1
    assert 0 <= (reward_share(recommended, gains, gains, k) or 0) <= 1
    assert 0 <= (area_under_curve(recommended, gains) or 0) <= 1


@given(st.lists(ITEMS, unique=True, min_size=1, max_size=30), DEPTHS)
def test_formulas__of_a_perfect_list__are_1(relevant: list[str], k: int) -> None:
    gains = {item: float(len(relevant) - place) for place, item in enumerate(relevant)}
    assert normalized_discounted_cumulative_gain(relevant, gains, k) == pytest.approx(1)
    assert reciprocal_rank(relevant, gains) == 1
    assert precision(relevant, gains, k) == min(k, len(relevant)) / k
    assert reward_share(relevant, gains, gains, 30) == 1
    assert area_under_curve([*relevant, "another"], gains) == 1


@given(LISTS, GAINS, DEPTHS)
def test_gain__of_relevant_items_in_any_order__is_the_same(
    recommended: list[str], gains: dict[str, float], k: int
) -> None:
    forward, backward = dict(sorted(gains.items())), dict(sorted(gains.items(), reverse=True))
    assert normalized_discounted_cumulative_gain(
        recommended, forward, k
    ) == normalized_discounted_cumulative_gain(recommended, backward, k)


@given(LISTS, st.sets(ITEMS, min_size=1, max_size=10), DEPTHS, st.data())
def test_formulas__with_a_relevant_item_moved_up__do_not_fall(
    recommended: list[str], relevant: set[str], k: int, data: st.DataObject
) -> None:
    places = [place for place, item in enumerate(recommended) if place and item in relevant]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    better = list(recommended)
    better[place - 1], better[place] = better[place], better[place - 1]
    gains = dict.fromkeys(relevant, 1.0)
    assert precision(better, relevant, k) >= precision(recommended, relevant, k)
    assert reciprocal_rank(better, relevant) >= reciprocal_rank(recommended, relevant)
    assert normalized_discounted_cumulative_gain(better, gains, k) >= (
        normalized_discounted_cumulative_gain(recommended, gains, k) - 1e-12
    )


def test_formulas__with_nothing_to_find__are_0() -> None:
    assert precision(["a"], set(), 5) == 0
    assert reciprocal_rank(["a"], set()) == 0
    assert normalized_discounted_cumulative_gain(["a"], {}, 5) == 0
    assert reward_share(["a"], set(), {"a": 1.0}) is None
    assert area_under_curve(["a"], {"a"}) is None
    assert mean([]) == 0


def test_gain__of_weighted_events__is_discounted_by_position() -> None:
    gains = {"bought": 1.5, "clicked": 0.5}
    found = normalized_discounted_cumulative_gain(["clicked", "bought"], gains, 25)
    assert found == pytest.approx((0.5 + 1.5 / math.log2(3)) / (1.5 + 0.5 / math.log2(3)))


def test_reward_share__of_the_most_rewarding_recommendations__is_measured() -> None:
    rewards = {"dear": 90.0, "cheap": 10.0, "other": 50.0}
    assert reward_share(["cheap", "other", "dear"], {"dear", "cheap"}, rewards, 1) == 0.9


def test_area_under_curve__of_pairs_in_the_right_order__is_their_share() -> None:
    assert area_under_curve(["A", "x", "B", "y"], {"A", "B"}) == 0.75
