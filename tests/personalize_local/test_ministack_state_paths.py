"""A path that leads nowhere fails the execution."""

from __future__ import annotations

import json

import pytest

from personalize_local.ministack.state_paths import exists, followed
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
    ("path", "value"),
    [
        ("$.films[?(@.genre=='noir')].name", ["a", "c"]),
        ("$.films[?(@.year > 1950)].name", ["c"]),
        ("$.films[?(@.genre=='western')]", []),
        ("$..name", ["a", "b", "c"]),
        ("$.films[0:2].name", ["a", "b"]),
        ("$.films[0,2].name", ["a", "c"]),
        ("$.films[-1].name", "c"),
    ],
)
def test_path__filter_slice_or_descent__is_followed(path: str, value: object) -> None:
    films = [
        {"name": "a", "genre": "noir", "year": 1944},
        {"name": "b", "genre": "comedy", "year": 1940},
        {"name": "c", "genre": "noir", "year": 1958},
    ]
    assert followed(path, {"films": films}) == value


def test_state__has_a_filter__hands_on_what_it_finds(local_aws: LocalAws) -> None:
    state = {"Type": "Pass", "Parameters": {"known.$": "$.metrics[?(@.value > 0.2)].name"}}
    given = {"metrics": [{"name": "ndcg", "value": 0.4}, {"name": "coverage", "value": 0.1}]}
    execution = run(local_aws, machine(local_aws, one(state, "JSONPath")), given)
    assert json.loads(execution["output"]) == {"known": ["ndcg"]}


@pytest.mark.parametrize("path", ["$.a.length()", "$.a[-9]"])
def test_state__path_cannot_be_followed__fails(local_aws: LocalAws, path: str) -> None:
    execution = run(
        local_aws, machine(local_aws, one({"Type": "Pass", "InputPath": path}, "JSONPath")), {"a": []}
    )
    assert (execution["status"], execution.get("error")) == ("FAILED", "States.Runtime")
    assert path in execution["cause"]


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
