"""Code that `cdk-personalize export` printed, run and looked at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template
from constructs import Construct

from cdk_personalize import Solution
from cdk_personalize.cli.code import declaration
from cdk_personalize.cli.described import request_of
from cdk_personalize.solution import api_request

_IDENTITY = {"ServiceToken", "ServiceTimeout", "adoptExisting"}


def exported(solution: Mapping[str, Any], tags: Iterable[Mapping[str, str]]) -> str:
    """The code for a solution as the service describes it."""
    read = api_request.read(request_of(solution, tags)).with_overrides({"adopt_existing": True})
    assert read.all_problems() == []
    return declaration(read)


def declare(code: str, scope: Construct) -> Solution:
    """Run the code, and the one function that it defines."""
    names: dict[str, Any] = {}
    exec(code, names)
    (function,) = (value for name, value in names.items() if name.startswith("declare_"))
    solution = function(scope)
    assert isinstance(solution, Solution)
    return solution


def requests(
    stack: cdk.Stack, solutions: Iterable[Solution], region: str, account: str
) -> list[dict[str, Any]]:
    """The CreateSolution requests that solutions of a stack stand for in its template, in an account."""
    resources = Template.from_stack(stack).to_json()["Resources"]
    known = {"AWS::Partition": "aws", "AWS::Region": region, "AWS::AccountId": account}
    found = []
    for solution in solutions:
        resource = solution.node.default_child
        assert isinstance(resource, cdk.CfnElement)
        properties = resources[stack.resolve(resource.logical_id)]["Properties"]
        found.append(
            {name: _resolved(value, known) for name, value in properties.items() if name not in _IDENTITY}
        )
    return found


def unformatted(codes: Iterable[str], folder: Path) -> str:
    """What ruff would change in them, with no settings; nothing if they are as they should be."""
    folder.mkdir(exist_ok=True)
    for number, code in enumerate(codes):
        folder.joinpath(f"exported_{number}.py").write_text(code, encoding="utf-8")
    said = ""
    for arguments in (
        ["format", "--isolated", "--diff"],
        ["check", "--isolated", "--select", "F,I,ANN,UP,Q,B,C4,SIM,PIE,RET,RUF", "--ignore", "RUF001"],
    ):
        ran = subprocess.run(
            [Path(sys.executable).with_name("ruff"), *arguments, "."],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        said += "" if ran.returncode == 0 else ran.stdout + ran.stderr
    return said


def _resolved(value: Any, known: Mapping[str, str]) -> Any:
    match value:
        case {"Ref": str(name)} if name in known:
            return known[name]
        case {"Fn::Join": [str(separator), list(parts)]}:
            return separator.join(_resolved(part, known) for part in parts)
        case dict():
            return {name: _resolved(item, known) for name, item in value.items()}
        case list():
            return [_resolved(item, known) for item in value]
    return value
