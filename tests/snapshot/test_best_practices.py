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

PROVIDER = "Demo/PersonalizeSolutionProvider"
WAITER = f"{PROVIDER}/Framework/waiter-state-machine"

INVOKES_ANY_VERSION = "CDK's provider framework grants its functions and waiter every version of the one function"
SOLUTIONS = (
    "the service's narrowest scope that still allows a delete: a role that names each solution loses the right "
    "to delete one in the very update that removes it from the template"
)
WAITER_IS_CDKS = "the waiter is CDK's; its input holds a credential, so neither its events nor traces are kept"

# Every finding that stays, and why. A finding that is not here fails the test, and so does one that is gone.
ACCEPTED = {
    (f"{PROVIDER}/IsCompleteRole/Resource", "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:personalize:<AWS::Region>:<AWS::AccountId>:solution/*]"): SOLUTIONS,
    (f"{PROVIDER}/IsCompleteRole/Resource", "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:personalize:<AWS::Region>:<AWS::AccountId>:dataset-group/*]"): "CreateSolution needs its dataset group, whose ARN is often a token",
    (f"{PROVIDER}/IsCompleteRole/Resource", "AwsSolutions-IAM5[Resource::*]"): "List operations have no resource types (rule 127)",
    (f"{PROVIDER}/FrameworkIsCompleteRole/DefaultPolicy/Resource", "AwsSolutions-IAM5[Resource::<PersonalizeSolutionProviderOnEvent967E1E2A.Arn>:*]"): INVOKES_ANY_VERSION,
    (f"{PROVIDER}/FrameworkOnEventRole/DefaultPolicy/Resource", "AwsSolutions-IAM5[Resource::<PersonalizeSolutionProviderOnEvent967E1E2A.Arn>:*]"): INVOKES_ANY_VERSION,
    (f"{PROVIDER}/FrameworkIsCompleteRole/DefaultPolicy/Resource", "AwsSolutions-IAM5[Resource::<PersonalizeSolutionProviderIsComplete84E899DF.Arn>:*]"): INVOKES_ANY_VERSION,
    (f"{PROVIDER}/FrameworkOnEventRole/DefaultPolicy/Resource", "AwsSolutions-IAM5[Resource::<PersonalizeSolutionProviderIsComplete84E899DF.Arn>:*]"): INVOKES_ANY_VERSION,
    (f"{WAITER}/Role/DefaultPolicy/Resource", "AwsSolutions-IAM5[Resource::<PersonalizeSolutionProviderFrameworkframeworkisComplete005448CB.Arn>:*]"): INVOKES_ANY_VERSION,
    (f"{WAITER}/Role/DefaultPolicy/Resource", "AwsSolutions-IAM5[Resource::<PersonalizeSolutionProviderFrameworkframeworkonTimeoutD1C6985E.Arn>:*]"): INVOKES_ANY_VERSION,
    (f"{WAITER}/Resource", "AwsSolutions-SF1"): WAITER_IS_CDKS,
    (f"{WAITER}/Resource", "AwsSolutions-SF2"): WAITER_IS_CDKS,
}  # fmt: skip


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
    assert findings == ACCEPTED.keys()


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
