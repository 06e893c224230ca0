"""The reference stack under the linters that its users run: cfn-lint and cdk-nag."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import cdk_nag
import pytest
from app import MovieRecommendations

PROVIDER = "Demo/PersonalizeProvider"
PERSONALIZE = "arn:<AWS::Partition>:personalize:<AWS::Region>:<AWS::AccountId>"
ON_EVENT = "<PersonalizeProviderOnEventF41BF22D.Arn>"
IS_COMPLETE = "<PersonalizeProviderIsCompleteD3A3B5A1.Arn>"
FRAMEWORK_IS_COMPLETE = "<PersonalizeProviderFrameworkframeworkisComplete6AF0A45E.Arn>"
FRAMEWORK_ON_TIMEOUT = "<PersonalizeProviderFrameworkframeworkonTimeout858A4C8B.Arn>"

# Every finding that stays, by the resource it is about, and why. One that is not here fails the test, and so
# does one that is here and gone.
ANY_VERSION = "CDK's provider framework may invoke every version of the one function that it is made for"
CDKS_WAITER = "the waiter is CDK's, and its input holds a credential: neither its events nor traces are kept"
ACCEPTED = {
    "IsCompleteRole/Resource": {
        f"IAM5[Resource::{PERSONALIZE}:solution/*]": (
            "a role that named each solution would lose the right to delete one in the update that removes it"
        ),
        f"IAM5[Resource::{PERSONALIZE}:campaign/*]": (
            "a role of the kinds in use would lose the right to delete the last campaign in the update that "
            "removes it"
        ),
        f"IAM5[Resource::{PERSONALIZE}:dataset-group/*]": "the dataset group's ARN is often a token",
        f"IAM5[Resource::{PERSONALIZE}:dataset/*/EVENT_INTERACTIONS]": "its group's name may be a token",
        "IAM5[Resource::*]": "List operations have no resource types (rule 127)",
    },
    "OnEventRole/Resource": {
        f"IAM5[Resource::{PERSONALIZE}:campaign/*]": "it must see whose a campaign is, whatever its name",
        f"IAM5[Resource::{PERSONALIZE}:solution/*]": "it must see whose a solution is, whatever its name",
    },
    "FrameworkOnEventRole/DefaultPolicy/Resource": {
        f"IAM5[Resource::{ON_EVENT}:*]": ANY_VERSION,
        f"IAM5[Resource::{IS_COMPLETE}:*]": ANY_VERSION,
    },
    "FrameworkIsCompleteRole/DefaultPolicy/Resource": {
        f"IAM5[Resource::{ON_EVENT}:*]": ANY_VERSION,
        f"IAM5[Resource::{IS_COMPLETE}:*]": ANY_VERSION,
    },
    "Framework/waiter-state-machine/Role/DefaultPolicy/Resource": {
        f"IAM5[Resource::{FRAMEWORK_IS_COMPLETE}:*]": ANY_VERSION,
        f"IAM5[Resource::{FRAMEWORK_ON_TIMEOUT}:*]": ANY_VERSION,
    },
    "Framework/waiter-state-machine/Resource": {"SF1": CDKS_WAITER, "SF2": CDKS_WAITER},
}


def test_cdk_nag__reference_stack__no_finding_without_a_reason(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    MovieRecommendations(app, "Demo")
    cdk.Validations.of(app).add_plugins(cdk_nag.AwsSolutionsChecks(app))

    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()

    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    findings = {
        (construct["constructPath"], violation["ruleName"])
        for report in reports
        for violation in report["violations"]
        for construct in violation["violatingConstructs"]
    }
    assert findings == {
        (f"{PROVIDER}/{path}", f"AwsSolutions-{rule}") for path, rules in ACCEPTED.items() for rule in rules
    }


# CDK writes out dependencies that a reference already makes.
REDUNDANT_DEPENDS_ON = "W3005"


def test_cfn_lint__reference_stack__no_finding(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path))
    MovieRecommendations(app, "Demo")
    app.synth()
    template = tmp_path / "Demo.template.json"

    command = [Path(sys.executable).with_name("cfn-lint"), "--regions", "us-east-1", "--template", template]
    options = ["--ignore-checks", REDUNDANT_DEPENDS_ON]
    lint = subprocess.run([*command, *options], capture_output=True, text=True, check=False)

    assert lint.stdout == ""
    assert lint.returncode == 0
