"""What `make` says when something is missing or fails, and what the documents tell people to type."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make, with no make around it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A checkout where nothing is installed."""
    for pattern in ("Makefile", "requirements*.txt", "package*.json"):
        for file in ROOT.glob(pattern):
            shutil.copy(file, tmp_path)
    return tmp_path


def test_destroy__fails__says_what_is_left_and_how_to_go_on() -> None:
    ran = make("destroy", "DEPLOY_TOOLS=", "CDK=false", "LOCAL=echo personalize_local")
    assert ran.returncode != 0
    said = ran.stdout.splitlines()
    assert said == [
        "personalize_local start",
        "The destroy did not end well.",
        "personalize_local leftovers",
        "Here: make destroy again, or make stop.",
    ]


def test_destroy__of_a_real_account_fails__says_where_to_look_and_how_to_go_on() -> None:
    ran = make("destroy", "TARGET=aws", "DEPLOY_TOOLS=", "CDK=false")
    assert ran.returncode != 0
    assert "aws cloudformation describe-stack-events --stack-name NAME" in ran.stdout
    assert "make destroy TARGET=aws goes on from there." in ran.stdout


def test_deploy__to_the_local_aws__runs_the_cdk_by_exec_and_by_nothing_else() -> None:
    planned = make("--dry-run", "deploy", "DEPLOY_TOOLS=").stdout.splitlines()
    cdk = [line for line in planned if " cdk " in line]
    assert len(cdk) == 2
    assert all(line.startswith(".venv/bin/python -m personalize_local exec -- cdk ") for line in cdk)


def test_conformance__of_the_local_aws__runs_by_exec_and_stops_only_its_own_server() -> None:
    planned = make("--dry-run", "conformance", "-o", ".venv/.local").stdout
    assert "personalize_local exec --state-dir build/.conformance -- python -m conformance local" in planned
    assert planned.count("--state-dir build/.conformance") == planned.count("personalize_local ") == 3
    assert "conformance aws" not in planned


def test_stop__nothing_installed__is_fine(fresh: Path) -> None:
    ran = make("stop", folder=fresh)
    assert (ran.returncode, ran.stdout) == (0, "No local AWS runs here.\n")


@pytest.mark.parametrize("python", ["python3.0", "/bin/false"])
def test_python__missing_or_too_old__is_named_with_what_to_type(fresh: Path, python: str) -> None:
    ran = make("deploy", f"PYTHON={python}", folder=fresh)
    assert ran.returncode != 0
    assert f"Python 3.11 or newer is needed; {python} is " in ran.stdout
    assert "Name one that you have: make deploy PYTHON=python3.12\n" in ran.stdout
    assert "not found" not in ran.stderr
    assert not (fresh / ".venv").exists()


def test_dist__in_a_checkout__prints_a_command_that_works_in_any_folder() -> None:
    planned = make("--dry-run", "dist", "-o", ".venv/.test").stdout
    assert f"pip install '$(echo {ROOT}/dist/*.whl)[cli,local,testing]'" in planned


DOCUMENTS = ("*.md", "Makefile", "docs/*.md", "examples/*/*", "local/personalize_local/*.py")


def test_documents__a_command_for_the_local_aws__is_not_run_by_env() -> None:
    """Where the substitution prints nothing, env(1) runs the command in the user's own account."""
    files = [file for pattern in DOCUMENTS for file in ROOT.glob(pattern) if file.is_file()]
    assert len(files) > 30
    # The one comment that says why.
    told = {ROOT / "local/personalize_local/__main__.py", ROOT / "local/personalize_local/shell.py"}
    assert [file for file in files if file not in told and "env $(" in file.read_text()] == []


def test_documents__a_target_of_make__exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    files = [file for pattern in DOCUMENTS for file in ROOT.glob(pattern) if file.suffix == ".md"]
    named = {
        (str(file.relative_to(ROOT)), target)
        for file in files
        for target in re.findall(r"(?:`|^    )make ([a-z-]+)", file.read_text(), re.MULTILINE)
    }
    assert len(named) > 20
    assert {(file, target) for file, target in named if target not in targets} == set()
