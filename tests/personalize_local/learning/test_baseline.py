"""The baseline recommender."""

from __future__ import annotations

import math
import pickle
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalize_local.simulator.learning.baseline import Model, Objective, train
from personalize_local.simulator.learning.interactions import Event, Histories, Interactions

EVENTS = st.lists(
    st.builds(
        Event,
        st.sampled_from([f"u{n}" for n in range(8)]),
        st.sampled_from([f"i{n}" for n in range(12)]),
        st.integers(0, 5),
    ),
    min_size=1,
    max_size=60,
)


def histories(**users: str) -> Histories:
    """What users did: each letter is an item, from the oldest to the newest."""
    return Interactions.of(
        events=[Event(user, item, at) for user, items in users.items() for at, item in enumerate(items)]
    ).histories()


TASTES = histories(ann="abc", ben="abcd", cem="abd", dan="xyz", eva="xyz", fay="xy", gus="aax")


def ids(scored: list[tuple[str, float]]) -> str:
    return "".join(item for item, _ in scored)


def trained(recipe_type: str = "USER_PERSONALIZATION", given: Histories = TASTES, **more: Any) -> Model:
    return train(given, recipe_type, **more)


def test_recommend__to_users_with_tastes__gives_each_their_own() -> None:
    model = trained()
    assert ids(model.recommend(user="ann", count=1)) == "d"
    assert ids(model.recommend(user="fay", count=1)) == "z"


@pytest.mark.parametrize("user", ["nobody", None])
def test_recommend__to_a_cold_user__gives_popular_items(user: str | None) -> None:
    popular = ids(trained("POPULAR_ITEMS").recommend())
    assert popular == "axbycdz"
    assert ids(trained().recommend(user=user)) == popular


def test_recommend__to_a_cold_user_with_new_events__follows_them() -> None:
    assert ids(trained().recommend(user="nobody", recent=["y"], count=2)) == "xz"


def test_recommend__related_items__gives_those_of_the_same_users() -> None:
    model = trained("RELATED_ITEMS")
    assert ids(model.recommend(item="z", count=2)) == "yx"
    assert "z" not in ids(model.recommend(item="z"))
    assert ids(model.recommend(item="unknown", count=2)) == "ax"


def test_recommend__with_a_filter__fills_up_with_what_passes() -> None:
    found = trained().recommend(user="ann", count=3, keep=lambda item: item in "xyz")
    assert sorted(ids(found)) == ["x", "y", "z"]


def test_recommend__where_users_return_to_items__scores_known_items_higher() -> None:
    once = histories(ann="abc", ben="abcd", cem="abcd")
    again = histories(ann="abc" * 9, ben="abcd" * 9, cem="abcd" * 9)
    scores = [dict(trained(given=given).recommend(user="ann"))["a"] for given in (once, again)]
    assert scores[1] > 3 * scores[0]


def test_rank__of_given_items__puts_unknown_ones_at_the_end() -> None:
    ranked = trained("PERSONALIZED_RANKING").rank(["q", "x", "d", "p", "x"], user="ann")
    assert ids(ranked) == "dxqp"
    assert [score for _, score in ranked[2:]] == [0, 0]


def test_segment__of_items__gives_the_users_with_affinity() -> None:
    model = trained("USER_SEGMENTATION")
    assert [user for user, _ in model.segment(["z"], count=1)] == ["fay"]
    assert {user for user, _ in model.segment(["c", "d"], count=3)} == {"ann", "ben", "cem"}


def test_objective__by_its_sensitivity__moves_rewarding_items_up() -> None:
    values = {"c": 100.0, "d": 1.0}
    places = [
        ids(trained(objective=Objective(sensitivity, values)).recommend(user="fay", count=9)).index("c")
        for sensitivity in ("OFF", "LOW", "MEDIUM", "HIGH")
    ]
    assert places == sorted(places, reverse=True)
    assert ids(trained(objective=Objective("OFF", values)).recommend(user="fay")) == ids(
        trained().recommend(user="fay")
    )


def test_weights__of_events__decide_what_is_popular() -> None:
    events = [Event("ann", "a", 1, "click"), Event("ben", "b", 2, "buy"), Event("cem", "a", 3, "click")]
    weighted = Interactions()
    for event in events:
        weighted.append(event, 1.5 if event.kind == "buy" else 0.5)
    assert ids(trained("POPULAR_ITEMS", weighted.histories()).recommend()) == "ba"


def test_trending__what_gains__is_first() -> None:
    events = [Event(f"u{n}", "old", n % 900) for n in range(90)]
    events += [Event(f"v{n}", "new", 1000 - n) for n in range(20)]
    found = Interactions.of(events=events).histories()
    assert ids([(i[0], s) for i, s in trained("POPULAR_ITEMS", found, trending=True).recommend()]) == "no"
    assert trained("POPULAR_ITEMS", found).recommend()[0][0] == "old"


def test_catalog__items_without_interactions__can_be_recommended() -> None:
    assert ids(trained(catalog=["cold"]).recommend(count=99)).endswith("cold")


def test_model__without_data__recommends_the_catalog_without_scores() -> None:
    assert trained(given={}, catalog=["b", "a"]).recommend(user="u") == [("a", 0), ("b", 0)]


def test_model__pickled__is_the_same() -> None:
    assert pickle.loads(pickle.dumps(trained())) == trained()


@settings(deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_train__with_the_events_in_any_order__gives_the_same_model(
    events: list[Event], chance: random.Random
) -> None:
    other = list(events)
    chance.shuffle(other)
    models = [
        train(Interactions.of(events=each).histories(), "USER_PERSONALIZATION") for each in (events, other)
    ]
    assert models[0] == models[1]
    assert [m.recommend(user="u1") for m in models[:1]] == [m.recommend(user="u1") for m in models[1:]]


@settings(deadline=None)
@given(
    EVENTS,
    st.sampled_from(["USER_PERSONALIZATION", "RELATED_ITEMS", "POPULAR_ITEMS"]),
    st.integers(1, 20),
)
def test_recommend__of_any_data__gives_falling_scores_that_add_up(
    events: list[Event], recipe_type: str, count: int
) -> None:
    found = Interactions.of(events=events).histories()
    model = train(found, recipe_type)
    answer = model.recommend(user="u1", item="i1", count=count)
    scores = [score for _, score in answer]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({item for item, _ in answer}) == len(answer) <= count
    everything = model.recommend(user="u1", item="i1", count=99)
    assert answer == everything[:count]
    assert math.fsum(score for _, score in everything) == pytest.approx(1 if everything else 0)
    assert {item for item, _ in everything} <= model.base.keys()
