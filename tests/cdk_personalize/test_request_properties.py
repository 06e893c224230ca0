"""Requests drawn from the recipe catalog: no valid one is refused, and no mistake gets through."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cdk_personalize.solution import api_request as api
from personalize_local.simulator import Clock, Personalize
from support.requests.request_mistakes import MUTATIONS, Mutation, mutated
from support.requests.solution_requests import valid_requests
from support.virtual_time.simulated import START, Simulated

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=300, deadline=None, suppress_health_check=QUIET)
@given(request=valid_requests())
def test_request__that_is_valid__is_never_refused(request: dict[str, Any]) -> None:
    assert api.read(request).all_problems() == []


def known_to_the_simulator(request: dict[str, Any]) -> bool:
    return "-v9" not in request.get("recipeArn", "")


@settings(max_examples=80, deadline=None, suppress_health_check=QUIET)
@given(request=valid_requests().filter(known_to_the_simulator))
def test_request__that_is_valid__is_taken_by_the_simulator_too(request: dict[str, Any]) -> None:
    sim = Simulated(Personalize(Clock.frozen(START)))
    sim.create_group("films")

    arn = sim.call("CreateSolution", **request)["solutionArn"]

    assert arn.endswith(f":solution/{request['name']}")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_request__with_one_mistake__is_refused_for_that_argument(mutation: Mutation) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
    @given(request=mutated(mutation))
    def refused(request: dict[str, Any]) -> None:
        found = api.read(request).all_problems()
        assert any(problem.argument.startswith(mutation.argument) for problem in found), found

    refused()
