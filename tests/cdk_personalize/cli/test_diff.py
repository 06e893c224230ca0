"""`cdk-personalize diff`: a synthesized app against an old template."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import aws_cdk as cdk
import pytest
from click.testing import Result

from cdk_personalize import AutoTraining, Campaign, Recipe, Solution
from cdk_personalize.cli import assembly

Run = Callable[..., Result]
Synthesize = Callable[..., Path]


@pytest.fixture
def synthesize(tmp_path: Path) -> Synthesize:
    """Synthesize an app with a stack `Films` and one in a stage, and return its assembly."""

    def synthesize(name: str, **arguments: Any) -> Path:
        app = cdk.App(outdir=str(tmp_path / name), context={"aws:cdk:enable-path-metadata": True})
        declare(cdk.Stack(app, "Films"), arguments)
        stage = cdk.Stage(app, "Live", env=cdk.Environment(account="111122223333", region="eu-west-1"))
        declare(cdk.Stack(stage, "Films"), arguments)
        return Path(app.synth().directory)

    return synthesize


def declare(stack: cdk.Stack, arguments: dict[str, Any]) -> None:
    group = cdk.aws_personalize.CfnDatasetGroup(stack, "Group", name="films")
    given = {"dataset_group": group, "recipe": Recipe.USER_PERSONALIZATION_V2, **arguments}
    Solution(stack, "Movies", **given)


def compared(run: Run, old: Path, new: Path, *options: str) -> Result:
    return run("diff", "Films", "--app", new, "--template", old / "Films.template.json", *options)


def test_diff__of_a_replacement__says_which_members_and_that_versions_are_lost(
    run: Run, synthesize: Synthesize
) -> None:
    result = compared(run, synthesize("old"), synthesize("new", recipe=Recipe.SIMS, event_type="buy"))

    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "Films Films/Movies REPLACED eventType, recipeArn; its versions are lost" in lines
    assert lines[-1] == "1 solution: 1 REPLACED"


@pytest.mark.parametrize(
    ("arguments", "expected", "code"),
    [
        ({}, "unchanged", 0),
        ({"perform_hpo": False}, "in-place", 0),
        ({"auto_training": AutoTraining.every(days=3)}, "in-place", 0),
        ({"recipe": Recipe.SIMS}, "replaced", 1),
        ({"dataset_group": "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"}, "unknown", 1),
    ],
    ids=str,
)
def test_diff__that_is_to_fail_on_replacement__fails_on_one_alone(
    run: Run, synthesize: Synthesize, arguments: dict[str, Any], expected: str, code: int
) -> None:
    result = compared(
        run, synthesize("old"), synthesize("new", **arguments), "--fail-on-replacement", "--json"
    )

    [solution] = json.loads(result.stdout)["solutions"]
    assert (solution["change"], result.exit_code) == (expected, code)


def test_diff__as_json__has_the_documented_shape(run: Run, synthesize: Synthesize) -> None:
    result = compared(run, synthesize("old"), synthesize("new", recipe=Recipe.SIMS), "--json")

    [solution] = json.loads(result.stdout)["solutions"]
    assert solution == {
        "stack": "Films",
        "logical_id": solution["logical_id"],
        "path": "Films/Movies",
        "change": "replaced",
        "members": ["recipeArn"],
        "unknown": [],
        "keeps_old": False,
        "versions": None,
        "campaigns": [],
    }


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (Recipe.SIMS, "Films/Live is replaced too, and requests fail until a version is promoted"),
        (Recipe.USER_PERSONALIZATION_V2, ""),
    ],
    ids=["other recipe", "no change"],
)
def test_diff__of_a_solution_with_a_campaign__says_that_requests_will_fail(
    run: Run, tmp_path: Path, new: Recipe, expected: str
) -> None:
    for name, recipe in (("old", Recipe.USER_PERSONALIZATION_V2), ("new", new)):
        app = cdk.App(outdir=str(tmp_path / name), context={"aws:cdk:enable-path-metadata": True})
        stack = cdk.Stack(app, "Films")
        declare(stack, {"recipe": recipe})
        Campaign(stack, "Live", solution=cast(Solution, stack.node.find_child("Movies")))
        app.synth()

    result = compared(run, tmp_path / "old", tmp_path / "new")

    assert result.exit_code == 0
    assert expected in " ".join(result.stdout.split())
    assert ("requests fail" in result.stdout) == bool(expected)


def test_diff__of_a_stack_in_a_stage__finds_it_by_its_id_or_name(run: Run, synthesize: Synthesize) -> None:
    app = synthesize("app")
    template = app / "Films.template.json"

    for name in ("Live/Films", "Live-Films"):
        result = run("diff", name, "--app", app, "--template", template, "--json")
        [solution] = json.loads(result.stdout)["solutions"]
        assert solution["stack"] == "Live-Films"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["--app", "nowhere"],
            1,
            "there is no nowhere/manifest.json: run `cdk synth` first, or name its folder",
        ),
        (["Book", "--app", "APP"], 2, "there is no stack Book: the app has Films, Live-Films"),
        (
            ["--app", "APP", "--template", "x"],
            2,
            "--template is for one stack: name one of Films, Live-Films",
        ),
        (["Films", "--app", "APP", "--template", "x"], 1, "there is no x: give a template in JSON"),
        (["Films", "--app", "APP", "--template", "BAD"], 1, "can't be read as JSON"),
    ],
)
def test_diff__of_what_is_not_there__says_what_to_do(
    run: Run, synthesize: Synthesize, tmp_path: Path, arguments: list[str], code: int, message: str
) -> None:
    (tmp_path / "bad.yaml").write_text("Resources: {}")
    places = {"APP": synthesize("app"), "BAD": tmp_path / "bad.yaml"}

    result = run("diff", *(places.get(argument, argument) for argument in arguments))

    assert result.exit_code == code
    assert message in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    "manifest",
    [
        {"artifacts": []},
        {"artifacts": {"Films": 5}},
        {"artifacts": {"Films": {"type": "aws:cloudformation:stack"}}},
        {"artifacts": {"Films": {"type": "cdk:cloud-assembly"}}},
        {"artifacts": {"Films": {"type": "aws:cloudformation:stack", "properties": {"templateFile": 5}}}},
    ],
    ids=["list", "number", "stack without a file", "stage without a folder", "file is a number"],
)
def test_assembly__of_another_form__is_one_clear_error(tmp_path: Path, manifest: Any) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(assembly.NoAssemblyError, match="is not what `cdk synth` writes: run it again"):
        list(assembly.stacks(tmp_path))


@pytest.mark.parametrize(
    "content",
    [
        {"Resources": []},
        {"Resources": {"Movies": 5}},
        {"Resources": {"Movies": {"Properties": "name"}}},
        {"Parameters": {"Name": "String"}},
    ],
    ids=["list", "number", "properties are text", "parameter is text"],
)
def test_template__of_another_form__is_one_clear_error(tmp_path: Path, content: Any) -> None:
    file = tmp_path / "old.json"
    file.write_text(json.dumps(content))

    with pytest.raises(assembly.NoAssemblyError, match="is not a CloudFormation template: give one"):
        assembly.read_template(file, "give one")
