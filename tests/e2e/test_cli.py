"""The reference app through the real CDK CLI, as `make deploy` and its neighbours run it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from personalize_local.__main__ import leftovers
from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing.server_process import LocalAws

ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"

Cli = Callable[..., str]


@pytest.fixture
def cli(local_aws: LocalAws, tmp_path: Path) -> Cli:
    """Run the CDK CLI against the local AWS; both its outputs."""
    environment = local_aws.environment | {
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NO_COLOR": "1",
    }

    def run(*arguments: str, app: str = "app.py") -> str:
        options = ["--app", f"{sys.executable} {app}", "--output", str(tmp_path / "cdk.out"), "--no-notices"]
        command = [CDK, *arguments, *options]
        process = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert process.returncode == 0, process.stdout + process.stderr
        return process.stdout + process.stderr

    return run


def test_cli__deploy_again_change_diff_and_destroy__as_a_user_sees_it(
    cli: Cli, local_aws: LocalAws, tmp_path: Path
) -> None:
    cli("bootstrap", f"aws://{ACCOUNT}/{REGION}")

    deployed = cli("deploy", "--all", "--require-approval", "never")
    assert "✅  MovieRecommendations" in deployed
    assert f"MovieRecommendations.SolutionArn = arn:aws:personalize:{REGION}:{ACCOUNT}:solution/" in deployed
    assert "MovieRecommendations.SolutionStatus = ACTIVE" in deployed

    assert "MovieRecommendations (no changes)" in cli("deploy", "--all", "--require-approval", "never")

    source = (ROOT / "app.py").read_text()
    trained = source.replace(
        "recipe=Recipe.USER_PERSONALIZATION_V2,",
        "recipe=Recipe.USER_PERSONALIZATION_V2,\n            auto_training=AutoTraining.every(days=7),",
    ).replace("import Recipe, Solution", "import AutoTraining, Recipe, Solution")
    changed = tmp_path / "app.py"
    changed.write_text(trained.replace("Path(__file__).resolve().parent", f"Path({str(ROOT)!r})", 1))
    assert "performAutoTraining" in cli("diff", app=str(changed))
    cli("deploy", "--all", "--require-approval", "never", app=str(changed))
    (solution,) = local_aws.client("personalize").list_solutions()["solutions"]
    described = local_aws.client("personalize").describe_solution(solutionArn=solution["solutionArn"])
    assert described["solution"]["performAutoTraining"] is True

    assert "MovieRecommendations: destroyed" in cli("destroy", "--all", "--force")
    assert list(leftovers(local_aws.control("GET", ""))) == []
