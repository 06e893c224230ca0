"""The effect of a deploy on solutions, from two templates."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from support.requests.templates import (
    BASE,
    GROUP,
    RESPELLED,
    V1,
    change,
    columns,
    config,
    events,
    joined,
    of,
    parameters,
    template,
)

PARTITION = {"Ref": "AWS::Partition"}
KNOWN = {"AWS::Partition": "aws"}


@pytest.mark.parametrize(
    ("old", "new", "members"),
    [
        ({}, {"recipeArn": V1 + "-v2"}, ("recipeArn",)),
        ({}, {"eventType": "buy"}, ("eventType",)),
        ({}, {"performHPO": True}, ("performHPO",)),
        ({}, parameters(bptt="20"), ("solutionConfig.algorithmHyperParameters",)),
        (parameters(bptt="20"), parameters(bptt="21"), ("solutionConfig.algorithmHyperParameters",)),
        (columns(Items=["A"]), columns(Items=["A", "B"]), ("solutionConfig.trainingDataConfig",)),
        ({"name": "one"}, {"name": "two"}, ("name",)),
        ({}, {"name": "two"}, ("name",)),
        ({"name": "one"}, {"name": "two", "eventType": "a"}, ("name", "eventType")),
        (joined(PARTITION, "aws-sims"), joined(PARTITION, "aws-trending-now"), ("recipeArn",)),
        ({"recipeArn": V1}, joined(PARTITION, "aws-sims"), ("recipeArn",)),
    ],
)
def test_compare__what_can_not_be_changed__is_replaced(
    old: dict[str, Any], new: dict[str, Any], members: tuple[str, ...]
) -> None:
    found = of(old, new)

    assert (found.change, found.members) == ("replaced", members)


@pytest.mark.parametrize(
    ("old", "new", "members"),
    [
        ({}, {"performAutoTraining": True}, ("performAutoTraining", "solutionConfig.autoTrainingConfig")),
        ({}, events({"eventType": "a", "weight": 1}), ("solutionConfig.eventsConfig",)),
        (events({"eventType": "a"}, {"eventType": "b"}), events({"eventType": "b"}, {"eventType": "a"}), ()),
        ({}, {"tags": [{"tagKey": "a", "tagValue": "b"}]}, ("tags",)),
        ({}, {"waitForTrainingOnDelete": True}, ("waitForTrainingOnDelete",)),
        ({"name": "one"}, {"name": "one", "adoptExisting": True}, ("adoptExisting",)),
        ({}, {"ServiceTimeout": "3000"}, ()),
    ],
)
def test_compare__what_can_be_changed__is_updated_in_place(
    old: dict[str, Any], new: dict[str, Any], members: tuple[str, ...]
) -> None:
    found = of(old, new)

    assert (found.change, found.members) == ("in-place", members)


@pytest.mark.parametrize(("old", "new"), RESPELLED)
def test_compare__another_spelling__replaces_nothing(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = of(old, new)

    assert (found.change, found.members) == ("in-place", ())


def test_compare__a_fixed_name_and_what_can_not_be_changed__is_refused() -> None:
    assert of({"name": "a"}, {"name": "a", "eventType": "b"}).change == "refused"
    assert of({}, {"ServiceToken": {"Fn::GetAtt": ["Other", "Arn"]}}).members == ("ServiceToken",)


def test_compare__solutions_that_come_and_go__are_created_and_deleted() -> None:
    kept = template(BASE, DeletionPolicy="Retain")

    assert change(template(None), template(BASE)).change == "created"
    assert change({}, template(BASE)).change == "created"
    assert change(template(BASE), template(None)).change == "deleted"
    assert change(kept, template(None)).keeps_old
    assert not change(template(BASE), template(None)).keeps_old
    assert change(template({**BASE, "name": "a", "adoptExisting": True}), template(None)).unknown


@pytest.mark.parametrize(
    ("deployed", "to_come", "kept"), [("Retain", "Retain", True), ("Delete", "Retain", False)]
)
def test_compare__the_old_one_of_a_replacement__stays_if_both_templates_say_so(
    deployed: str,
    to_come: str,
    kept: bool,
) -> None:
    old = template(BASE, UpdateReplacePolicy=deployed)
    new = template({**BASE, "eventType": "a"}, UpdateReplacePolicy=to_come)

    assert change(old, new).keeps_old is kept


def test_compare__no_change__is_none() -> None:
    old = template(BASE, Metadata={"aws:cdk:path": "Films/Movies/Resource"})

    found = change(old, copy.deepcopy(old))

    assert (found.change, found.path) == ("unchanged", "Films/Movies")
    assert change(old, template(BASE)).change == "unchanged"


REF = {"Ref": "Group"}


@pytest.mark.parametrize(
    ("old", "new", "pseudo", "expected"),
    [
        ({"datasetGroupArn": REF}, {"datasetGroupArn": REF}, {}, "unchanged"),
        ({"datasetGroupArn": REF}, {"datasetGroupArn": GROUP}, {}, "unknown"),
        ({"datasetGroupArn": REF}, {"datasetGroupArn": {"Ref": "Other"}}, {}, "unknown"),
        ({"eventType": REF}, {}, {}, "unknown"),
        ({"recipeArn": V1}, joined(PARTITION, "aws-user-personalization"), {}, "unknown"),
        ({"recipeArn": V1}, joined(PARTITION, "aws-user-personalization"), KNOWN, "unchanged"),
        (joined(PARTITION, "aws-sims"), joined(PARTITION, "aws-sims"), {}, "unchanged"),
        (
            joined(PARTITION, "aws-sims"),
            {"recipeArn": {"Fn::Sub": "arn:${AWS::Partition}:personalize:::recipe/aws-sims"}},
            {},
            "unchanged",
        ),
        (parameters(rate={"Ref": "Rate"}), parameters(rate="0.5"), {}, "unknown"),
        (parameters(rate={"Ref": "Rate"}, bptt="1"), parameters(rate="0.5", bptt="2"), {}, "replaced"),
        ({"name": "{{resolve:ssm:/a}}"}, {"name": "b"}, {}, "unknown"),
        (config(eventsConfig=REF), config(eventsConfig={"eventParametersList": []}), {}, "in-place"),
    ],
)
def test_compare__expressions__are_unknown_where_only_the_deploy_tells(
    old: dict[str, Any], new: dict[str, Any], pseudo: dict[str, str], expected: str
) -> None:
    assert of(old, new, pseudo).change == expected


def test_compare__a_value_from_what_changes__is_unknown() -> None:
    properties = {
        **BASE,
        "datasetGroupArn": {"Fn::GetAtt": ["Group", "DatasetGroupArn"]},
        "eventType": {"Ref": "P"},
    }
    group = {"Type": "AWS::Personalize::DatasetGroup", "Properties": {"Name": "a"}}
    old = template(properties, {"Group": group}) | {"Parameters": {"P": {"Default": "a"}}}
    renamed = template(properties, {"Group": {**group, "Properties": {"Name": "b"}}}) | {
        "Parameters": old["Parameters"]
    }
    other = template(properties, {"Group": group}) | {"Parameters": {"P": {"Default": "b"}}}

    assert change(old, copy.deepcopy(old)).change == "unchanged"
    assert change(old, renamed).unknown == ("datasetGroupArn comes from Group, which changes",)
    assert change(old, other).unknown == ("eventType comes from P, a parameter that changes",)
