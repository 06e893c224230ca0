"""Pairs of templates that differ in one solution."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_personalize.cli.comparing import Change, compare

V1 = "arn:aws:personalize:::recipe/aws-user-personalization"
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
TOKEN = {"Fn::GetAtt": ["Provider", "Arn"]}
BASE = {"ServiceToken": TOKEN, "ServiceTimeout": "2100", "datasetGroupArn": GROUP, "recipeArn": V1,
        "performAutoTraining": False}  # fmt: skip


def template(properties: dict[str, Any] | None, others: Any = None, **attributes: Any) -> dict[str, Any]:
    resources = {"Provider": {"Type": "AWS::Lambda::Function"}, **(others or {})}
    if properties is not None:
        resource = {"Type": "Custom::PersonalizeSolution", "Properties": properties}
        resources["Movies"] = resource | attributes
    return {"Resources": resources}


def change(old: Any, new: Any, pseudo: dict[str, str] | None = None) -> Change:
    [found] = compare("Films", old, new, pseudo or {})
    return found


def of(old: dict[str, Any], new: dict[str, Any], pseudo: dict[str, str] | None = None) -> Change:
    return change(template({**BASE, **old}), template({**BASE, **new}), pseudo)


def config(**members: Any) -> dict[str, Any]:
    return {"solutionConfig": members}


def parameters(**values: Any) -> dict[str, Any]:
    return config(algorithmHyperParameters=values)


def columns(**values: Any) -> dict[str, Any]:
    return config(trainingDataConfig={"excludedDatasetColumns": values})


def events(*listed: Any) -> dict[str, Any]:
    return config(eventsConfig={"eventParametersList": list(listed)})


def joined(partition: Any, name: str) -> dict[str, Any]:
    return {"recipeArn": {"Fn::Join": ["", ["arn:", partition, f":personalize:::recipe/{name}"]]}}


def words(*values: str, **lists: Any) -> dict[str, Any]:
    """A range of words for hyperparameter optimization."""
    ranges = {"categoricalHyperParameterRanges": [{"name": "m", "values": list(values)}], **lists}
    return {"performHPO": True, **config(hpoConfig={"algorithmHyperParameterRanges": ranges})}


RESPELLED = [
    ({}, {"performHPO": False}),
    ({}, {"performAutoML": False}),
    ({}, {"eventType": ""}),
    ({}, config()),
    ({}, parameters()),
    (parameters(rate="0.5"), parameters(rate="0.50")),
    (parameters(rate="0.5"), parameters(rate=0.5)),
    (parameters(mask="true"), parameters(mask="True")),
    (config(eventValueThreshold="1"), config(eventValueThreshold="1.0")),
    (columns(Items=["A", "B"]), columns(ITEMS=["B", "A"])),
    (words("true", "false"), words("false", "true", integerHyperParameterRanges=[])),
]
"""The same meaning in two spellings."""


STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/films/1f6c2d40-aaaa-bbbb-cccc-0123456789ab"


def as_sent(value: Any) -> Any:
    """A value of a template as it arrives."""
    if isinstance(value, Mapping):
        return {name: as_sent(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_sent(item) for item in value]
    return str(value).lower() if isinstance(value, bool) else str(value)
