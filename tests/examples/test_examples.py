"""The examples, tested as a consumer does: outside the checkout, with the wheel and nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from support.processes.distributions import ROOT
from support.processes.installation import Environment

EXAMPLES = sorted(readme.parent.name for readme in (ROOT / "examples").glob("*/README.md"))


def run(folder: Path, with_extras: Environment) -> subprocess.CompletedProcess[str]:
    return with_extras.run(
        "python",
        *("-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"),
        cwd=folder,
        HOME=os.environ["HOME"],  # where jsii keeps what it has unpacked
        CDK_VALIDATION="false",  # six seconds a synth
        JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION="20",
    )


@pytest.fixture
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A consumer's copy of an example."""
    return Path(shutil.copytree(ROOT / "examples" / request.param, tmp_path / request.param))


@pytest.mark.parametrize("copy", EXAMPLES, indirect=True)
def test_example__of_a_consumer__passes(copy: Path, with_extras: Environment) -> None:
    result = run(copy, with_extras)

    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout


@pytest.mark.parametrize("copy", ["snapshot_test"], indirect=True)
def test_snapshot_example__a_solution_that_was_another_one__fails_and_shows_it(
    copy: Path, with_extras: Environment
) -> None:
    (stored,) = copy.glob("__snapshots__/*/*.json")
    template = json.loads(stored.read_text())
    (solution,) = [r for r in template["Resources"].values() if r["Type"] == "Custom::PersonalizeSolution"]
    solution["Properties"]["solutionConfig"]["autoTrainingConfig"]["schedulingExpression"] = "rate(3 days)"
    stored.write_text(json.dumps(template, indent=2, sort_keys=True) + "\n")

    result = run(copy, with_extras)

    assert result.returncode == 1
    assert "1 failed, 1 passed" in result.stdout
    assert "rate(3 days)" in result.stdout


@pytest.mark.parametrize("example", EXAMPLES)
def test_readme__of_an_example__is_five_lines(example: str) -> None:
    lines = (ROOT / "examples" / example / "README.md").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 6
