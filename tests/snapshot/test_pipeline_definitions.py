"""The definitions of a pipeline's state machines, and its dashboard, under cfn-lint."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cdk_personalize import PersonalizeDashboard
from support.requests.pipelines import largest, smallest, stack, template, text_of

# CDK writes out dependencies that a reference already makes.
REDUNDANT_DEPENDS_ON = "W3005"


def readable(build: Callable[..., Any]) -> dict[str, Any]:
    """A template in which each definition is one text: cfn-lint checks no others."""
    scope = stack()
    PersonalizeDashboard(scope, "Dashboard", pipelines=[build(scope)])
    found = template(scope)
    for name, resource in found["Resources"].items():
        if resource["Type"] == "AWS::StepFunctions::StateMachine" and name.startswith("Train"):
            properties = resource["Properties"]
            properties["DefinitionString"] = text_of(properties["DefinitionString"])
        if resource["Type"] == "AWS::CloudWatch::Dashboard":
            properties = resource["Properties"]
            properties["DashboardBody"] = text_of(properties["DashboardBody"])
    return found


def lint(*templates: Path) -> str:
    command = [Path(sys.executable).with_name("cfn-lint"), "--regions", "us-east-1"]
    command += ["--ignore-checks", REDUNDANT_DEPENDS_ON, "--template", *templates]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.process
def test_cfn_lint__smallest_and_largest_pipeline__no_finding(tmp_path: Path) -> None:
    """It would find a fault in a definition, such as a state that leads nowhere."""
    found = {build.__name__: readable(build) for build in (smallest, largest)}
    broken = readable(smallest)
    for name, resource in broken["Resources"].items():
        if "DefinitionString" in resource.get("Properties", {}) and name.startswith("Train"):
            definition = json.loads(resource["Properties"]["DefinitionString"])
            next(iter(definition["States"].values()))["Type"] = "Nonsense"
            resource["Properties"]["DefinitionString"] = json.dumps(definition)
    paths = {}
    for name, text in {**found, "broken": broken}.items():
        paths[name] = tmp_path / f"{name}.json"
        paths[name].write_text(json.dumps(text))
    assert lint(paths["smallest"], paths["largest"]) == ""
    assert "E3601" in lint(paths["broken"])
