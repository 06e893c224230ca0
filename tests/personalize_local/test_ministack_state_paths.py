"""A path that leads nowhere fails the execution."""

from __future__ import annotations

import json

import pytest

from personalize_local.ministack.state_paths import exists
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import machine, one, run

DATA = {"a": {"b": [1, None]}, "null": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", True),
        ("$.a.b[0]", True),
        ("$.a.b[1]", True),
        ("$.a.b[2]", False),
        ("$['null']", True),
        ("$.none", False),
        ("$.a.b.c", False),
        ("$.a.b[*].none", True),
        ("$.a[", False),
    ],
)
def test_exists__path__leads_to_a_value_or_not(path: str, found: bool) -> None:
    assert exists(path, DATA) is found


@pytest.mark.parametrize(
    "fields",
    [
        {"Parameters": {"x.$": "$.SolutionVersion.Status"}},
        {"Parameters": {"x.$": "$$.Execution.None"}},
        {"Parameters": {"x.$": "States.Format('{}', $.none)"}},
        {"InputPath": "$.none"},
        {"OutputPath": "$.none"},
    ],
    ids=["parameters", "context", "intrinsic", "input", "output"],
)
def test_state__its_path_leads_nowhere__fails(local_aws: LocalAws, fields: dict[str, object]) -> None:
    execution = run(local_aws, machine(local_aws, one({"Type": "Pass", **fields}, "JSONPath")))
    assert (execution["status"], execution.get("error")) == ("FAILED", "States.Runtime")
    assert "could not be found in the input" in execution["cause"]


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        ({"Variable": "$.none", "StringEquals": "ACTIVE"}, "FAILED"),
        ({"Variable": "$.none", "IsNull": True}, "FAILED"),
        ({"Variable": "$.none", "IsPresent": True}, "Default"),
        ({"Variable": "$.null", "IsPresent": True}, "Chosen"),
        ({"Variable": "$.null", "IsNull": True}, "Chosen"),
        (
            {"And": [{"Variable": "$.none", "IsPresent": True}, {"Variable": "$.none", "IsNull": True}]},
            "Default",
        ),
    ],
    ids=["compared", "null", "present", "null-present", "null-null", "guarded"],
)
def test_choice__variable_is_missing__fails_unless_it_asks_whether_it_is_present(
    local_aws: LocalAws, rule: dict[str, object], outcome: str
) -> None:
    states = {
        "Choose": {"Type": "Choice", "Choices": [{**rule, "Next": "Chosen"}], "Default": "Default"},
        "Chosen": {"Type": "Pass", "Result": "Chosen", "End": True},
        "Default": {"Type": "Pass", "Result": "Default", "End": True},
    }
    execution = run(local_aws, machine(local_aws, {"StartAt": "Choose", "States": states}), {"null": None})
    if outcome == "FAILED":
        assert execution["error"] == "States.Runtime"
        assert "condition path references an invalid value" in execution["cause"]
    else:
        assert json.loads(execution["output"]) == outcome
