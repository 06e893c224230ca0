"""What the native type says to CreateSolution requests: a process, for CDK reads its settings as it starts.

Standard input has the requests, and standard output the answers, both as JSON.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.aws_personalize import CfnSolution

Request = dict[str, Any]
# The members that the L1 leaves as they are, to be written as CloudFormation spells them.
_UNTYPED = ("hpoConfig", "autoMLConfig")


def native_words(requests: Sequence[Request]) -> list[str]:
    """What CfnSolution and the synthesis say to each, with CDK's own validation; "" for nothing."""
    ran = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(requests),
        env=os.environ | {"CDK_VALIDATION": "true"},
        capture_output=True,
        text=True,
        check=True,
    )
    words: list[str] = json.loads(ran.stdout)
    return words


def _answers(requests: Sequence[Request], folder: Path) -> list[str]:
    app = cdk.App(outdir=str(folder))
    stack = cdk.Stack(app, "Stack")
    words = [_refusal(stack, f"Solution{number}", request) for number, request in enumerate(requests)]
    app.synth()
    report = json.loads(folder.joinpath("validation-report.json").read_text())
    for plugin in report["pluginReports"]:
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                number = int(construct["constructPath"].removeprefix("Stack/Solution"))
                words[number] += (
                    f"{violation['severity']}: {violation['description']} ({violation['ruleName']})\n"
                )
    return [text.strip() for text in words]


def _refusal(stack: cdk.Stack, name: str, request: Request) -> str:
    try:
        CfnSolution(stack, name, **_arguments(request))
    except (TypeError, RuntimeError) as error:  # typeguard's and jsii's
        return f"{type(error).__name__}: {error}"
    return ""


def _arguments(request: Request) -> dict[str, Any]:
    arguments = {_snake_case(member): value for member, value in request.items()}
    if "solutionConfig" in request:
        config = {
            _snake_case(member): _as_cloudformation_spells(value) if member in _UNTYPED else value
            for member, value in request["solutionConfig"].items()
        }
        arguments["solution_config"] = CfnSolution.SolutionConfigProperty(**config)
    return arguments


def _as_cloudformation_spells(value: Any) -> Any:
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: _as_cloudformation_spells(item) for name, item in value.items()}
    return [_as_cloudformation_spells(item) for item in value] if isinstance(value, list) else value


def _snake_case(member: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", member).lower()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as outdir:
        json.dump(_answers(json.load(sys.stdin), Path(outdir)), sys.stdout)
