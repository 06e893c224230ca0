"""Next steps of messages are followed: the fix of a problem makes a request that is accepted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from cdk_personalize.solution import api_request as api
from support.requests.followed import followed
from support.requests.request_mistakes import MUTATIONS, Mutation, mutated

QUIET = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def corrected(request: dict[str, Any]) -> dict[str, Any]:
    """Follow the next steps of a whole message, and then of the next one; nothing is said twice."""
    said: set[str] = set()
    while problems := api.read(request).all_problems():
        assert said.isdisjoint(map(str, problems)), (said, request)
        said |= set(map(str, problems))
        for problem in reversed(problems):  # from the end: what leaves a list moves none that is still to do
            request = followed(request, problem)
    return request


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_hint__of_a_mistake__corrects_it_when_followed(mutation: Mutation) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=QUIET)
    @given(request=mutated(mutation))
    def follow(request: dict[str, Any]) -> None:
        corrected(request)

    follow()


GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
RIGHT = {"name": "movies", "datasetGroupArn": GROUP, "recipeArn": "arn:aws:personalize:::recipe/aws-sims"}
V1 = {**RIGHT, "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization"}


def config(**members: Any) -> dict[str, Any]:
    return {"solutionConfig": members}


def hyper(value: Any, name: str = "hidden_dimension") -> dict[str, Any]:
    return {**V1, **config(algorithmHyperParameters={name: value})}


def jobs(most: Any) -> dict[str, Any]:
    hpo = {"hpoResourceConfig": {"maxParallelTrainingJobs": most}}
    return {**V1, "performHPO": True, **config(hpoConfig=hpo)}


@pytest.mark.parametrize(
    ("request_", "fix"),
    [
        (hyper(55), 'write "55"'),
        (hyper(32.0), 'write "32"'),
        (hyper("32.0"), 'write "32"'),
        (hyper(3200), 'choose one such as "149", its default'),
        (hyper("512.0"), 'choose one such as "149", its default'),
        (hyper(True), 'choose one such as "149", its default'),
        (hyper(float("nan")), 'give one, as in "0.5"'),
        (hyper(["a"]), 'give one, as in "0.5"'),
        (hyper(True, "recency_mask"), 'write "true"'),
        ({**RIGHT, **config(eventValueThreshold=0.5)}, 'write "0.5"'),
        ({**RIGHT, "performHPO": "yes"}, "write True or False, without quotes; in JSON true or false"),
        (
            {**RIGHT, "performAutoTraining": "yes"},
            "write True or False, without quotes; in JSON true or false",
        ),
        ({**RIGHT, "name": 5}, 'write "5"'),
        (jobs("many"), 'write one in quotes, as in "10"'),
        (jobs(2), 'write "2"'),
        (jobs("11"), "choose a value in that range"),
        ({**RIGHT, "datasetGroupArn": "movies"}, f"an ARN is like {GROUP}"),
        ({**RIGHT, "recipeArn": "aws-sims"}, "an ARN is like arn:aws:personalize:::recipe/aws-sims"),
        ({**RIGHT, "solutionConfig": "{}"}, "give a mapping, as in {'eventValueThreshold': ...}"),
        ({**RIGHT, "tags": [{"tagKey": "a", "tagValue": 5}]}, 'write "5"'),
        ({**RIGHT, "tags": [{"tagKey": "a\n", "tagValue": ""}]}, r"remove '\n'"),
    ],
    ids=str,
)
def test_hint__of_a_value__is_one_that_is_taken(request_: dict[str, Any], fix: str) -> None:
    [problem] = api.read(request_).all_problems()

    assert problem.fix == fix
    if "..." not in fix:
        corrected(request_)


@pytest.mark.parametrize(
    "whole_file",
    [
        {"solution": V1},
        {"datasetGroup": {"serviceConfig": {"name": "movies"}}, "solutions": [{"serviceConfig": V1}]},
        {"Resources": {}},
    ],
    ids=str,
)
def test_request__that_is_something_else__has_one_problem_that_suggests_no_member(whole_file: Any) -> None:
    [problem] = api.read(whole_file).all_problems()

    assert problem.argument == "request"
    assert str(problem).endswith(
        "pass create_solution's arguments, such as name, datasetGroupArn and recipeArn"
    )


def test_hint__of_an_unknown_member__is_none_that_takes_no_such_value() -> None:
    found = api.read({**RIGHT, "datasetGroup": {"serviceConfig": {}}, "tagz": [], "performHpo": True})

    fixes = {problem.argument: problem.fix for problem in found.all_problems()}
    assert fixes["datasetGroup"].startswith("leave it out; the members here are name, datasetGroupArn, ")
    assert fixes["tagz"] == "did you mean tags?"
    assert fixes["performHpo"] == "did you mean performHPO?"
