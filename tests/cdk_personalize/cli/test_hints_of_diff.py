"""Next steps of `cdk-personalize diff` are followed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import aws_cdk as cdk
import pytest
from click.testing import Result

from cdk_personalize.cli.deployed import Account

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/Films/0a1b"


class CloudFormation:
    """The calls that read a stack that was deployed from YAML."""

    def describe_stacks(self, **_: str) -> object:
        return {"Stacks": [{"StackId": STACK_ID}]}

    def get_template(self, **_: str) -> object:
        return {"TemplateBody": "Resources: {}"}


def test_hint__of_a_template_in_yaml__is_followed(
    run: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Account, "_client", lambda *_: CloudFormation())
    app = cdk.App(outdir=str(tmp_path / "cdk.out"))
    cdk.CfnResource(cdk.Stack(app, "Films"), "Topic", type="AWS::SNS::Topic")
    assembly = app.synth().directory

    refused = run("diff", "Films", "--app", assembly)
    assert refused.exit_code == 1
    assert "the template of Films is not in JSON: give one in JSON with --template" in refused.stderr

    file = tmp_path / "old.json"
    file.write_text(json.dumps({"Resources": {}}))
    assert run("diff", "Films", "--app", assembly, "--template", file).exit_code == 0
