"""States in JSONata hand on what their fields say."""

from __future__ import annotations

import json

from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import machine, run


def branch(output: str) -> dict[str, object]:
    assign = {"own": output}
    state = {
        "Type": "Pass",
        "Assign": assign,
        "Output": "{% $states.input.x & '" + output + "' %}",
        "Next": "End",
    }
    return {
        "StartAt": "P",
        "States": {"P": state, "End": {"Type": "Succeed", "Output": "{% $states.input & $own %}"}},
    }


def test_succeed__with_an_output__hands_it_on(local_aws: LocalAws) -> None:
    states = {"One": {"Type": "Succeed", "Output": {"sum": "{% $states.input.a + 1 %}"}}}
    definition = {"QueryLanguage": "JSONata", "StartAt": "One", "States": states}
    assert json.loads(run(local_aws, machine(local_aws, definition), {"a": 1})["output"]) == {"sum": 2}


def test_parallel__arguments_output_and_assign__are_used_and_variables_of_branches_are_their_own(
    local_aws: LocalAws,
) -> None:
    parallel = {
        "Type": "Parallel",
        "Arguments": {"x": "{% $states.input.a %}"},
        "Branches": [branch("1"), branch("2")],
        "Assign": {"all": "{% $join($states.result, '+') %}"},
        "Output": "{% {'n': $count($states.result)} %}",
        "Next": "Done",
    }
    output = "{% {'all': $all, 'n': $states.input.n, 'own': $exists($own)} %}"
    states = {"Both": parallel, "Done": {"Type": "Succeed", "Output": output}}
    definition = {"QueryLanguage": "JSONata", "StartAt": "Both", "States": states}
    execution = run(local_aws, machine(local_aws, definition), {"a": "x"})
    assert json.loads(execution["output"]) == {"all": "x11+x22", "n": 2, "own": False}
