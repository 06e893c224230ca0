from __future__ import annotations

import pytest

from personalize_local.simulator import Durations, Limits
from personalize_local.simulator.engine.settings import changed


def test_changed__known_names__keeps_the_rest() -> None:
    assert changed(Durations(), {"solution_create": 30}) == Durations(solution_create=30)


@pytest.mark.parametrize("value", [-1, "30", True, None, float("nan"), float("inf"), [1]])
def test_changed__not_a_number_of_seconds__is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="solution_create must be a number of 0 or more"):
        changed(Durations(), {"solution_create": value})


def test_changed__more_seconds_than_dates_can_hold__is_refused() -> None:
    with pytest.raises(ValueError, match=r"solution_create must be at most 10,000,000,000: got 1e\+20"):
        changed(Durations(), {"solution_create": 1e20})


def test_changed__unknown_name__names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown setting 'solution': expected one of solution_create, "):
        changed(Durations(), {"solution": 3})


def test_changed__fraction_of_a_quota__is_refused() -> None:
    with pytest.raises(ValueError, match="dataset_groups must be a whole number"):
        changed(Limits(), {"dataset_groups": 1.5})


def test_changed__rate_of_none__lifts_the_limit() -> None:
    assert changed(Limits(requests_per_second=1), {"requests_per_second": None}).requests_per_second is None
