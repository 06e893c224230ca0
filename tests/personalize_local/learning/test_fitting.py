"""A training from data to metrics."""

from __future__ import annotations

import pickle
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personalize_local.simulator.kinds.recipes import catalog
from personalize_local.simulator.learning.baseline import Objective
from personalize_local.simulator.learning.evaluation import split
from personalize_local.simulator.learning.fitting import Fitted, Plan, fit
from personalize_local.simulator.learning.interactions import Event, EventRule, Histories, Interactions, Past
from personalize_local.simulator.learning.use_cases import USE_CASES
from support.requests.sample_data import Sample, sample

RANKING_KEYS = {
    "coverage",
    "mean_reciprocal_rank_at_25",
    *(f"normalized_discounted_cumulative_gain_at_{k}" for k in (5, 10, 25)),
    *(f"precision_at_{k}" for k in (5, 10, 25)),
}
WEIGHTED = (EventRule("View", None, 0.1), EventRule("Purchase", None, 0.3))


@cache
def data() -> Sample:
    return sample(users=300, items=120, genres=6)


@cache
def interactions(*, shuffled: bool = False) -> Interactions:
    rows = (data().shuffled() if shuffled else data()).interactions
    return Interactions.of(events=[Event(*row) for row in rows])


@cache
def fitted(recipe_type: str, *, shuffled: bool = False) -> Fitted:
    return fit(interactions(shuffled=shuffled), Plan(recipe_type=recipe_type), 1)


def actions() -> Interactions:
    """Users in two groups that take different actions; views are not taken."""
    found = [
        Event(f"u{n}", f"{'ab'[n % 2]}{step}", step, "TAKEN") for n in range(200) for step in range(1 + n % 4)
    ]
    return Interactions.of(events=[*found, *(Event(f"u{n}", "viewed", 9, "VIEWED") for n in range(200))])


@pytest.mark.parametrize(
    "recipe_type", ["USER_PERSONALIZATION", "RELATED_ITEMS", "PERSONALIZED_RANKING", "POPULAR_ITEMS"]
)
def test_metrics__of_recommended_items__have_the_documented_keys(recipe_type: str) -> None:
    measured = fitted(recipe_type).metrics
    assert measured.keys() == RANKING_KEYS
    assert all(0 <= value <= 1 for value in measured.values())


@pytest.mark.parametrize("metric", sorted(RANKING_KEYS))
def test_metrics__of_shuffled_data__are_bad(metric: str) -> None:
    real = fitted("USER_PERSONALIZATION").metrics[metric]
    shuffled = fitted("USER_PERSONALIZATION", shuffled=True).metrics[metric]
    assert real > 1.8 * shuffled


def test_metrics__of_data_with_tastes__are_above_those_of_popularity() -> None:
    """The comparison that AWS recommends (rule 144)."""
    name = "normalized_discounted_cumulative_gain_at_25"
    assert fitted("USER_PERSONALIZATION").metrics[name] > 2 * fitted("POPULAR_ITEMS").metrics[name]
    shuffled = [
        fitted(kind, shuffled=True).metrics[name] for kind in ("USER_PERSONALIZATION", "POPULAR_ITEMS")
    ]
    assert shuffled[0] < 1.5 * shuffled[1]


def test_metrics__of_segments__have_the_documented_keys() -> None:
    measured, bad = (fitted("USER_SEGMENTATION", shuffled=shuffled).metrics for shuffled in (False, True))
    assert measured.keys() == {"coverage", "hits_at_1_percent", "recall_at_1_percent"}
    assert measured["hits_at_1_percent"] > 2 * bad["hits_at_1_percent"]


def test_metrics__of_actions__find_who_takes_what() -> None:
    result = fit(actions(), Plan(recipe_type="PERSONALIZED_ACTIONS"), 1, catalog=["new"])
    assert {"coverage", "precision", "recall", "auc"} < result.metrics.keys()
    assert not any("reciprocal" in name for name in result.metrics)
    assert result.metrics["auc"] > 0.8
    assert {"new", "viewed"} < result.model.base.keys()


def test_metrics__of_actions_without_action_interactions__are_0() -> None:
    """Until there are some, the service recommends without personalization, with the score 0."""
    result = fit(Interactions(), Plan(recipe_type="PERSONALIZED_ACTIONS"), 1, catalog=["a", "b"])
    assert result.model.recommend(user="u") == [("a", 0), ("b", 0)]
    assert set(result.metrics.values()) == {0}


def test_metrics__with_an_objective__have_average_rewards() -> None:
    prices = {item: price for item, _, price, _ in data().items}
    plan = Plan(recipe_type="USER_PERSONALIZATION", objective=Objective("HIGH", prices))
    measured = fit(interactions(), plan, 1).metrics
    assert measured.keys() == RANKING_KEYS | {"average_rewards_at_k"}
    assert 0 < measured["average_rewards_at_k"] <= 1


def test_metrics__with_an_events_config__have_the_weighted_gain() -> None:
    plan = Plan(recipe_type="USER_PERSONALIZATION", rules=WEIGHTED, weighted=True)
    measured = fit(interactions(), plan, 1).metrics
    name = "normalized_discounted_cumulative_gain_with_event_weights_at_k"
    assert measured.keys() == RANKING_KEYS | {name}
    assert 0 < measured[name] <= 1


def test_metrics__of_trending_items__have_the_accuracy() -> None:
    measured = fit(interactions(), Plan(recipe_type="POPULAR_ITEMS", trending=True), 1).metrics
    assert 0 <= measured["trend_prediction_accuracy"] <= 1


def test_metrics__of_semantic_similarity__have_the_properties_of_items() -> None:
    created = {item: moment for item, _, _, moment in data().items}
    plan = Plan(recipe_type="RELATED_ITEMS", semantic=True)
    measured = fit(interactions(), plan, 1, created=created).metrics
    names = {"item_popularity", "item_freshness", "item_similarity"}
    assert measured.keys() == RANKING_KEYS | names
    assert all(0 < measured[name] < 1 for name in names)


def test_metrics__of_a_next_item_that_is_certain__are_perfect() -> None:
    """Half of the users go from a to b, the others from x to y."""
    events = [Event(f"u{n}", item, at) for n in range(100) for at, item in enumerate(("ab", "xy")[n % 2])]
    measured = fit(Interactions.of(events=events), Plan(recipe_type="USER_PERSONALIZATION"), 1).metrics
    perfect = {name for name, value in measured.items() if value == 1}
    assert perfect == {name for name in RANKING_KEYS if not name.startswith("precision")}
    assert measured["precision_at_5"] == 0.2


def test_fit__again__gives_the_same_and_another_seed_measures_other_users() -> None:
    again = fit(interactions(), Plan(recipe_type="USER_PERSONALIZATION"), 1)
    assert again == fitted("USER_PERSONALIZATION")
    assert pickle.loads(pickle.dumps(again)) == again
    other = fit(interactions(), Plan(recipe_type="USER_PERSONALIZATION"), 2)
    assert other.metrics != again.metrics


def test_fit__users_held_out__get_their_own_recommendations() -> None:
    histories = interactions().histories()
    held_out = split(histories, "USER_PERSONALIZATION", 1).truth
    model = fitted("USER_PERSONALIZATION").model
    cold = model.recommend(user="nobody")
    assert len(held_out) == len(histories) // 10
    assert all(model.recommend(user=user) != cold for user in held_out)


def test_fit__with_an_event_type__trains_on_it_alone() -> None:
    plan = Plan(recipe_type="POPULAR_ITEMS", rules=(EventRule("Purchase"),))
    events = [Event(f"u{n}", "seen", n, "View") for n in range(50)]
    events += [Event(f"u{n}", "bought", n, "Purchase") for n in range(40)]
    model = fit(Interactions.of(events=events), plan, 1).model
    assert [item for item, score in model.recommend() if score] == ["bought"]


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("ab", min_size=1, max_size=4),
        st.lists(st.builds(Past, st.integers(0, 9), st.sampled_from("xyz"), st.just(1.0)), min_size=1).map(
            sorted
        ),
        max_size=12,
    ),
    st.sampled_from(["USER_PERSONALIZATION", "USER_SEGMENTATION"]),
    st.integers(0, 3),
)
def test_split__of_any_data__neither_loses_nor_repeats(histories: Histories, kind: str, seed: int) -> None:
    found = split(histories, kind, seed)
    halves = {user: [*found.given[user], *found.truth[user]] for user in found.given}
    whole = halves if kind == "USER_SEGMENTATION" else {**found.training, **halves}
    assert whole == histories
    if kind == "USER_PERSONALIZATION":
        assert not found.training.keys() & found.given.keys()


def test_use_cases__of_all_domain_recipes__are_known() -> None:
    assert USE_CASES.keys() == {name for name, recipe in catalog().items() if recipe.domain}
