"""The installed packages in a user's code: typed, and usable without the extras."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from support.processes.installation import Environment, Synthesis

Synthesized = Callable[[str], Synthesis]

# CDK's packages are not analysed: that takes minutes, and is about their types, not ours.
MYPY = """
[mypy]
strict = true
disallow_subclassing_any = false
[mypy-aws_cdk.*,constructs.*]
follow_imports = skip
"""


def mypy(environment: Environment, folder: Path, *sources: Path) -> subprocess.CompletedProcess[str]:
    """mypy's strict mode on somebody's code, with what is installed there."""
    settings = folder / "mypy.ini"
    settings.write_text(MYPY)
    command = [sys.executable, "-m", "mypy", "--config-file", str(settings), "--no-incremental"]
    command += ["--python-executable", str(environment.python), *map(str, sources)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_types__an_app_that_is_right__passes_strictly(synthesized: Synthesized, tmp_path: Path) -> None:
    synthesis = synthesized("wheel")
    checked = mypy(synthesis.environment, tmp_path, synthesis.project / "src")
    assert checked.returncode == 0, checked.stdout


def test_types__an_app_that_is_wrong__is_told(synthesized: Synthesized, tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(
        textwrap.dedent("""
            import aws_cdk as cdk
            from cdk_personalize import Recipe, Solution
            from personalize_local.simulator import Personalize

            Solution(cdk.Stack(), "Wrong", dataset_group="arn", recipe="sims")
            Personalize().advance("an hour")
            Recipe.SIMS.facts.name.upper()
            Recipe.from_name("aws-sims").facts.name.upper()
        """)
    )
    found = mypy(synthesized("wheel").environment, tmp_path, app).stdout
    assert 'Argument "recipe" to "Solution" has incompatible type "str"; expected "Recipe | None"' in found
    assert 'Argument 1 to "advance" of "Personalize" has incompatible type "str"; expected "float"' in found
    assert 'Item "None" of "RecipeFacts | None" has no attribute "name"' in found
    assert "Found 3 errors" in found


SIMULATED = textwrap.dedent("""
    import sys
    from personalize_local.simulator import Personalize, Scope

    service, scope = Personalize(), Scope("aws", "us-east-1", "123456789012")
    service.call("CreateDatasetGroup", {"name": "films"}, scope)
    service.advance(3600)
    created = service.call("CreateSolution", {
        "name": "similar",
        "datasetGroupArn": scope.arn("dataset-group", "films"),
        "recipeArn": scope.shared_arn("recipe", "aws-semantic-similarity"),
        "performAutoTraining": False,
        "performIncrementalUpdate": True,
        "solutionConfig": {"trainingDataConfig": {"includedDatasetColumns": {"Items": ["TITLE"]}}},
    }, scope)
    service.advance(3600)
    print(service.call("DescribeSolution", created, scope)["solution"]["status"])
    assert not {"ministack", "hypercorn", "pytest", "boto3"} & sys.modules.keys()
""")


@pytest.mark.parametrize("installation", ["wheel", "wheel-lowest"])
def test_simulator__without_the_extras__answers(
    synthesized: Synthesized, tmp_path: Path, installation: str
) -> None:
    ran = synthesized(installation).environment.run("python", "-c", SIMULATED, cwd=tmp_path)
    assert (ran.stdout, ran.stderr) == ("ACTIVE\n", "")


def test_personalize_local__without_its_extra__says_what_to_install(
    synthesized: Synthesized, tmp_path: Path
) -> None:
    ran = synthesized("wheel").environment.run("personalize-local", "start", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == "error: ministack is not installed: pip install 'cdk-personalize[local]'\n"


def test_cdk_personalize__without_its_extra__says_what_to_install(
    synthesized: Synthesized, tmp_path: Path
) -> None:
    ran = synthesized("wheel").environment.run("cdk-personalize", "recipes", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == (
        "cdk-personalize: click is not installed, and the command needs it: "
        "pip install 'cdk-personalize[cli]'\n"
    )


def test_cdk_personalize__with_its_extra__knows_the_recipes(with_extras: Environment, tmp_path: Path) -> None:
    ran = with_extras.run("cdk-personalize", "recipes", "sims", "--json", cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["name"] == "aws-sims"
    version = with_extras.run("cdk-personalize", "--version", cwd=tmp_path).stdout
    assert version == f"cdk-personalize {with_extras.versions()['cdk-personalize']}\n"
    (tmp_path / "request.yaml").write_text("name: a b")
    checked = with_extras.run("cdk-personalize", "check", "request.yaml", cwd=tmp_path)
    assert "name must have only letters, digits, - and _" in checked.stdout


def test_personalize_local__with_its_extra__starts_answers_and_stops(
    with_extras: Environment, tmp_path: Path
) -> None:
    environment = with_extras
    started = environment.run("personalize-local", "start", "--port", "0", cwd=tmp_path)
    try:
        assert "The local AWS runs at http://127.0.0.1:" in started.stdout, started.stdout + started.stderr
        ask = "import boto3; print(len(boto3.client('personalize').list_recipes()['recipes']) > 5)"
        words = ["exec", "--", str(environment.python), "-c", ask]
        asked = environment.run("personalize-local", *words, cwd=tmp_path)
        assert (asked.stdout, asked.stderr) == ("True\n", "")
    finally:
        stopped = environment.run("personalize-local", "stop", cwd=tmp_path)
    assert "has ended." in stopped.stdout
    nothing = environment.run("personalize-local", "exec", "--", "echo", "ran", cwd=tmp_path)
    assert nothing.stdout == ""
    assert f"start one with `{environment.folder}/bin/personalize-local start`" in nothing.stderr
