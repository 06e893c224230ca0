"""The examples, tested as a consumer does: outside the checkout, with the plugin as an entry point."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted(readme.parent.name for readme in (ROOT / "examples").glob("*/README.md"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an installation says of itself: the name, the version and the entry points of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    site = tmp_path_factory.mktemp("site")
    info = site / f"cdk_personalize-{project['version']}.dist-info"
    info.mkdir()
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    points = [f"{name} = {target}" for name, target in project["entry-points"]["pytest11"].items()]
    info.joinpath("entry_points.txt").write_text("\n".join(["[pytest11]", *points, ""]))
    return site


def run(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    path = [site, ROOT / "constructs", ROOT / "local"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=folder,
        env=kept | {"PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A consumer's copy of an example."""
    return Path(shutil.copytree(ROOT / "examples" / request.param, tmp_path / request.param))


@pytest.mark.parametrize("copy", EXAMPLES, indirect=True)
def test_example__of_a_consumer__passes(copy: Path, site: Path) -> None:
    result = run(copy, site)

    assert result.returncode == 0, result.stdout + result.stderr
    assert " passed" in result.stdout


@pytest.mark.parametrize("copy", ["snapshot_test"], indirect=True)
def test_snapshot_example__a_solution_that_was_another_one__fails_and_shows_it(
    copy: Path, site: Path
) -> None:
    (stored,) = copy.glob("__snapshots__/*/*.json")
    template = json.loads(stored.read_text())
    (solution,) = [r for r in template["Resources"].values() if r["Type"] == "Custom::PersonalizeSolution"]
    solution["Properties"]["solutionConfig"]["autoTrainingConfig"]["schedulingExpression"] = "rate(3 days)"
    stored.write_text(json.dumps(template, indent=2, sort_keys=True) + "\n")

    result = run(copy, site)

    assert result.returncode == 1
    assert "1 failed, 1 passed" in result.stdout
    assert "rate(3 days)" in result.stdout


@pytest.mark.parametrize("example", EXAMPLES)
def test_readme__of_an_example__is_five_lines(example: str) -> None:
    lines = (ROOT / "examples" / example / "README.md").read_text().splitlines()
    assert lines[0].startswith("# ")
    assert len(lines) <= 6
