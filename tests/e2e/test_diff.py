"""`cdk-personalize diff` says before a deploy what the deploy then does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from click.testing import CliRunner

from cdk_personalize import AutoTraining, Recipe, Solution
from cdk_personalize.cli.commands import command
from personalize_local.testing.server_process import LocalAws
from support.processes.cloud import Cloud

FIRST: dict[str, Any] = {"recipe": Recipe.SIMS}


def stack(build_path: Path, arguments: dict[str, Any] | None) -> Path:
    app = cdk.App(outdir=str(build_path))
    declare(cdk.Stack(app, "Stack"), arguments)
    return Path(app.synth().directory)


def declare(into: cdk.Stack, arguments: dict[str, Any] | None) -> None:
    cdk.CfnOutput(into, "Always", value="here")
    if arguments is not None:
        Solution(into, "Movies", dataset_group=Cloud.dataset_group_arn, **arguments)


def said(local_aws: LocalAws, app: Path, *options: str) -> tuple[dict[str, Any], int]:
    arguments = ["diff", "--app", app, "--endpoint-url", local_aws.endpoint, "--json", *options]
    result = CliRunner().invoke(command, list(map(str, arguments)), env=local_aws.environment)
    assert result.stderr == ""
    [solution] = json.loads(result.stdout)["solutions"]
    return solution, result.exit_code


def test_diff__before_each_deploy__says_what_it_does(
    cloud: Cloud, local_aws: LocalAws, tmp_path: Path
) -> None:
    lives: list[tuple[dict[str, Any] | None, str]] = [
        (FIRST, "created"),
        ({**FIRST, "auto_training": AutoTraining.every(days=5)}, "in-place"),
        ({"recipe": Recipe.USER_PERSONALIZATION_V2}, "replaced"),
        (None, "deleted"),
    ]
    before: dict[str, Any] = {}
    for number, (arguments, change) in enumerate(lives):
        solution, code = said(local_aws, stack(tmp_path / str(number), arguments), "--fail-on-replacement")

        assert (solution["change"], code) == (change, change == "replaced")
        assert solution["versions"] == (0 if change in ("replaced", "deleted") else None)

        assert cloud.deploy(lambda into: declare(into, arguments)) in ("CREATE_COMPLETE", "UPDATE_COMPLETE")  # noqa: B023
        after = {name: one["creationDateTime"] for name, one in cloud.solutions().items()}
        assert (after == before) is (change == "in-place")
        before = after
    assert before == {}


def test_diff__without_a_change__says_so(cloud: Cloud, local_aws: LocalAws, tmp_path: Path) -> None:
    assert cloud.deploy(lambda into: declare(into, FIRST)) == "CREATE_COMPLETE"
    arn = cloud.only_solution()["solutionArn"]
    cloud.personalize.create_solution_version(solutionArn=arn)

    unchanged, _ = said(local_aws, stack(tmp_path / "same", FIRST))
    replaced, _ = said(local_aws, stack(tmp_path / "new", {"recipe": Recipe.SIMILAR_ITEMS}))

    assert unchanged["change"] == "unchanged"
    assert (replaced["change"], replaced["versions"]) == ("replaced", 1)


def test_diff__of_a_stack_that_is_not_deployed__creates_all(local_aws: LocalAws, tmp_path: Path) -> None:
    solution, _ = said(local_aws, stack(tmp_path / "new", FIRST))

    assert solution["change"] == "created"
