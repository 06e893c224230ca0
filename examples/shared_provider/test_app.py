"""The app, deployed. `local_aws` is a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

from app import books, films, platform
from aws_cdk.assertions import Template

AT_ONCE = {"dataset_group": 0, "dataset": 0, "solution_create": 0, "delete": 0}
"""Seconds that the simulated service takes for each operation."""


def test_teams_bring_no_functions_and_no_roles() -> None:
    for team in (films, books):
        types = {resource["Type"] for resource in Template.from_stack(team).to_json()["Resources"].values()}
        assert types == {"AWS::Personalize::DatasetGroup", "Custom::PersonalizeSolution"}


def test_life_of_the_teams(local_aws: Any) -> None:
    local_aws.control("POST", "durations", AT_ONCE)
    personalize = local_aws.client("personalize")

    outputs = [local_aws.deploy(team) for team in (films, books)]
    assert [output["Status"] for output in outputs] == ["ACTIVE", "ACTIVE"]
    films_arn, books_arn = (output["SolutionArn"] for output in outputs)

    local_aws.destroy(films)
    (left,) = personalize.list_solutions()["solutions"]
    assert left["solutionArn"] == books_arn != films_arn

    local_aws.destroy(books)
    local_aws.destroy(platform)
    assert personalize.list_solutions()["solutions"] == []
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert local_aws.client("lambda").list_functions()["Functions"] == []
