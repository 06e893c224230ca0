"""The command as a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cdk_personalize

ROOT = Path(cdk_personalize.__file__).parents[1]

pytestmark = pytest.mark.process


def python(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the package in reach."""
    return subprocess.run(
        [sys.executable, *arguments],
        input=stdin,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_command__as_a_module__checks_its_standard_input() -> None:
    ran = python("-m", "cdk_personalize.cli", "check", "-", "--json", stdin=json.dumps({"name": "a b"}))

    assert (ran.returncode, ran.stderr) == (1, "")
    assert json.loads(ran.stdout)["requests"][0]["findings"][0]["argument"] == "name"


def test_command__where_the_output_has_few_letters__escapes_the_others() -> None:
    arguments = ("-m", "cdk_personalize.cli", "check", "-")
    ran = python(*arguments, stdin=json.dumps({"name": "\u00e9"}), PYTHONIOENCODING="ascii")

    assert (ran.returncode, ran.stderr) == (1, "")
    assert "got '\\xe9'" in ran.stdout


def test_command__asked_for_its_version__says_it_or_that_it_is_not_installed() -> None:
    ran = python("-m", "cdk_personalize.cli", "--version")

    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(
        r"cdk-personalize (\d+\.\d+\.\d+)|cdk-personalize, not installed: .*", ran.stdout.strip()
    )


def test_command__check_and_recipes__load_neither_cdk_nor_botocore(tmp_path: Path) -> None:
    script = """
import sys
from cdk_personalize.cli import main
sys.argv = ["cdk-personalize", *sys.argv[1:]]
try:
    main()
finally:
    print({"aws_cdk", "jsii", "botocore"} & sys.modules.keys(), file=sys.stderr)
"""
    request = {
        "name": "movies",
        "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies",
        "recipeArn": "arn:aws:personalize:::recipe/aws-sims",
        "solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}},
    }
    data = tmp_path / "users.csv"
    data.write_text("USER_ID,AGE\nanna,30\n")
    check_data = ["check-data", str(data), "--type", "users"]
    for arguments in (["check", "-"], check_data, ["recipes"], ["recipes", "sims"]):
        ran = python("-c", script, *arguments, stdin=json.dumps(request))
        assert (ran.returncode, ran.stderr) == (0, "set()\n")


@pytest.mark.parametrize(("missing", "package"), [("click", "click"), ("rich", "rich"), ("yaml", "pyyaml")])
def test_command__without_its_extra__says_what_to_install(missing: str, package: str) -> None:
    script = f"import sys; sys.modules[{missing!r}] = None; from cdk_personalize.cli import main; main()"
    ran = python("-c", script, "check", "-", stdin="name: movies")

    assert ran.returncode == 1
    assert ran.stderr == (
        f"cdk-personalize: {package} is not installed, and the command needs it: "
        "pip install 'cdk-personalize[cli]'\n"
    )


def test_package__constructs__are_there_when_asked_for() -> None:
    script = """
import sys, cdk_personalize
assert "aws_cdk" not in sys.modules
assert {"Solution", "PersonalizeProvider"} <= set(dir(cdk_personalize))
from cdk_personalize import *
print(Solution.__name__, PersonalizeProvider.__name__, hasattr(cdk_personalize, "Nothing"))
"""
    ran = python("-c", script)

    assert ran.stdout == "Solution PersonalizeProvider False\n"
