"""Why not CfnSolution: each row of the README's table, against the type's schema and the L1."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack, assertions
from aws_cdk.aws_personalize import CfnSolution

from support.pages.documents import README, table
from support.requests.native_schema import pointed_at, resource_schema

TYPE = "AWS::Personalize::Solution"
L1_ARGUMENTS = set(inspect.signature(CfnSolution.__init__).parameters)


def schema() -> dict[str, Any]:
    return resource_schema(TYPE)


def create_only() -> set[str]:
    return pointed_at(schema(), "createOnlyProperties")


def read_only() -> set[str]:
    return pointed_at(schema(), "readOnlyProperties")


def config_members() -> dict[str, Any]:
    members: dict[str, Any] = schema()["definitions"]["SolutionConfig"]["properties"]
    return members


def no_update() -> None:
    assert set(schema()["handlers"]) == {"create", "read", "delete", "list"}
    assert create_only() == set(schema()["properties"]) - read_only()


def tags_are_create_only() -> None:
    assert "Tags" in create_only()
    assert schema()["tagging"]["tagUpdatable"] is False


def name_is_required() -> None:
    assert "Name" in schema()["required"]
    assert inspect.signature(CfnSolution.__init__).parameters["name"].default is inspect.Parameter.empty


def no_automatic_training() -> None:
    assert "PerformAutoTraining" not in schema()["properties"]
    assert "perform_auto_training" not in L1_ARGUMENTS


def members_are_missing() -> None:
    assert "PerformIncrementalUpdate" not in schema()["properties"]
    assert "perform_incremental_update" not in L1_ARGUMENTS
    absent = {"autotrainingconfig", "eventsconfig", "optimizationobjective", "trainingdataconfig"}
    assert absent & {name.lower() for name in config_members()} == set()
    arguments = inspect.signature(CfnSolution.SolutionConfigProperty.__init__).parameters
    assert absent & {name.replace("_", "") for name in arguments} == set()


def tag_keys_are_narrower() -> None:
    pattern = schema()["definitions"]["Tag"]["properties"]["Key"]["pattern"]
    assert re.search(pattern, "cost-centre")
    for refused in ("cost centre", "owner@team", "équipe"):
        assert not re.search(pattern, refused), refused


def arn_is_the_only_attribute() -> None:
    assert {"SolutionArn"} == read_only()
    attributes = {
        name for name in vars(CfnSolution) if name.startswith("attr_") and not name.endswith(("_id", "_tags"))
    }
    assert attributes == {"attr_solution_arn"}


def delete_cannot_stop_a_training() -> None:
    assert set(schema()["handlers"]["delete"]["permissions"]) == {
        "personalize:DeleteSolution",
        "personalize:DescribeSolution",
    }


def hpo_config_is_passed_on() -> None:
    stack = Stack(App(), "Stack")
    hpo = {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "10"}}
    config = CfnSolution.SolutionConfigProperty(hpo_config=hpo)
    CfnSolution(
        stack, "Solution", name="name", dataset_group_arn="arn", recipe_arn="arn", solution_config=config
    )
    template = assertions.Template.from_stack(stack)
    # The schema wants HpoResourceConfig, and no other keys.
    wanted = config_members()["HpoConfig"]
    assert "HpoResourceConfig" in wanted["properties"]
    assert wanted["additionalProperties"] is False
    template.has_resource_properties(TYPE, {"SolutionConfig": {"HpoConfig": hpo}})


CHECKS: dict[str, Callable[[], None]] = {
    "Changing something": no_update,
    "Changing a tag": tags_are_create_only,
    "Replacement": name_is_required,
    "Automatic training": no_automatic_training,
    "Schedule, events config, objective, columns, incremental updates": members_are_missing,
    "Tag keys": tag_keys_are_narrower,
    "Attributes": arn_is_the_only_attribute,
    "Deleting during a training": delete_cannot_stop_a_training,
    "Hyperparameter optimization": hpo_config_is_passed_on,
}


@pytest.mark.parametrize("row", table(README, "Why not CfnSolution"), ids=lambda row: row[""])
def test_native_type__each_row_of_the_readme__holds(row: dict[str, str]) -> None:
    CHECKS[row[""]]()


def test_native_type__every_check__has_its_row() -> None:
    assert [row[""] for row in table(README, "Why not CfnSolution")] == list(CHECKS)
