"""`template_of`: the parts that it marks, and no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as assets
from aws_cdk.assertions import Template

from cdk_personalize import Recipe, Solution, SolutionConfig
from cdk_personalize.testing import template_of

DATASET_GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def movies(scope: cdk.Stack, **arguments: Any) -> Solution:
    given = {"dataset_group": DATASET_GROUP, "recipe": Recipe.SIMS, **arguments}
    return Solution(scope, "Movies", **given)


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {p: leaf for name, item in value.items() for p, leaf in leaves(item, f"{path}/{name}").items()}
    if isinstance(value, list):
        return {p: leaf for i, item in enumerate(value) for p, leaf in leaves(item, f"{path}/{i}").items()}
    return {path: value}


def test_template_of__a_stack__differs_from_what_is_deployed_by_the_marks_alone() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    movies(stack)

    raw, marked = Template.from_stack(stack).to_json(), template_of(stack)

    assert marked.keys() == raw.keys()
    assert marked["Resources"].keys() == raw["Resources"].keys()
    changed = {leaf for path, leaf in leaves(marked).items() if leaves(raw).get(path) != leaf}
    assert changed == {"[HASH].zip", "[RUNTIME]", "[BOOTSTRAP]"}


@pytest.fixture
def code(tmp_path: Path) -> Callable[[str], str]:
    """A folder with a function's code, anew for each text."""

    def folder(text: str) -> str:
        path = tmp_path / str(len(list(tmp_path.iterdir())))
        path.mkdir()
        path.joinpath("index.py").write_text(text)
        return str(path)

    return folder


def function(scope: cdk.Stack, folder: str) -> lambda_.Function:
    return lambda_.Function(
        scope,
        "Reader",
        code=lambda_.Code.from_asset(folder),
        environment={"CODE": assets.Asset(scope, "Copy", path=folder).s3_object_url},
        handler="index.handler",
        runtime=lambda_.Runtime.PYTHON_3_13,
    )


def nested(stack: cdk.Stack, folder: str) -> cdk.Stack:
    inner = cdk.NestedStack(stack, "Nested")
    movies(inner)
    function(inner, folder)
    return stack


def inside(stack: cdk.Stack, folder: str) -> cdk.Stack:
    nested(stack, folder)
    found = stack.node.find_child("Nested")
    assert isinstance(found, cdk.Stack)
    return found


def legacy(stack: cdk.Stack, folder: str) -> cdk.Stack:
    old = cdk.Stack(stack.node.scope, "Legacy", synthesizer=cdk.LegacyStackSynthesizer())  # type: ignore[arg-type]
    movies(old)
    function(old, folder)
    return old


def flat(stack: cdk.Stack, folder: str) -> cdk.Stack:
    movies(stack)
    function(stack, folder)
    return stack


def staged(stack: cdk.Stack, folder: str) -> cdk.Stack:
    return flat(cdk.Stack(cdk.Stage(stack.node.root, "Prod"), "Stack"), folder)


@pytest.mark.parametrize("build", [flat, nested, inside, staged, legacy])
def test_template_of__code_has_changed__stays_as_it_is(
    build: Callable[[cdk.Stack, str], cdk.Stack], code: Callable[[str], str]
) -> None:
    context = {"aws:cdk:enable-asset-metadata": True, "aws:cdk:enable-path-metadata": True}

    def of(text: str) -> cdk.Stack:
        return build(cdk.Stack(cdk.App(context=context), "Stack"), code(text))

    before, after = of("a = 1"), of("a = 2")

    assert Template.from_stack(before).to_json() != Template.from_stack(after).to_json()
    assert template_of(before) == template_of(after)


@pytest.mark.parametrize("build", [flat, nested, inside, staged])
def test_template_of__a_template__is_as_of_its_stack(
    build: Callable[[cdk.Stack, str], cdk.Stack], code: Callable[[str], str]
) -> None:
    stack = build(cdk.Stack(cdk.App(), "Stack"), code("a = 1"))

    marked = template_of(stack)

    assert template_of(Template.from_stack(stack)) == marked
    assert template_of(Template.from_stack(stack).to_json()) == marked
    assert template_of(marked) == marked


def test_template_of__legacy_parameters__are_told_apart(code: Callable[[str], str]) -> None:
    stack = legacy(cdk.Stack(cdk.App(), "Stack"), code("a = 1"))

    raw, marked = Template.from_stack(stack).to_json(), template_of(stack)

    assert len(marked["Parameters"]) == len(raw["Parameters"])
    assert "AssetParameters[HASH 1]S3Bucket" in marked["Parameters"]


@pytest.mark.parametrize("of", [lambda stack: stack, Template.from_stack], ids=["stack", "template"])
def test_template_of__digests_of_the_user__are_not_marked(of: Callable[[cdk.Stack], Any]) -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    config = SolutionConfig(algorithm_hyper_parameters={"digest": DIGEST, "key": f"{DIGEST}.zip"})
    movies(
        stack,
        recipe=Recipe.from_arn("arn:aws:personalize:::recipe/aws-with-any-parameters"),
        solution_config=config,
    )
    cdk.CfnOutput(stack, "Image", value=f"repository@sha256:{DIGEST}")

    marked = template_of(of(stack))

    (properties,) = [
        r["Properties"] for r in marked["Resources"].values() if r["Type"].startswith("Custom::")
    ]
    assert properties["solutionConfig"]["algorithmHyperParameters"] == {
        "digest": DIGEST,
        "key": f"{DIGEST}.zip",
    }
    assert marked["Outputs"]["Image"]["Value"] == f"repository@sha256:{DIGEST}"


def test_template_of__functions_of_the_user__keep_their_runtime(code: Callable[[str], str]) -> None:
    stack = flat(cdk.Stack(cdk.App(), "Stack"), code("a = 1"))

    functions = [r for r in template_of(stack)["Resources"].values() if r["Type"] == "AWS::Lambda::Function"]

    assert sorted(function["Properties"]["Runtime"] for function in functions) == [
        "[RUNTIME]",
        "[RUNTIME]",
        "[RUNTIME]",
        "[RUNTIME]",
        "[RUNTIME]",
        "python3.13",
    ]


def test_template_of__what_the_cdk_reports__is_marked() -> None:
    stack = cdk.Stack(cdk.App(analytics_reporting=True), "Stack", analytics_reporting=True)
    movies(stack)

    raw, marked = Template.from_stack(stack).to_json(), template_of(stack)

    assert raw["Resources"]["CDKMetadata"]["Properties"]["Analytics"].startswith("v2:")
    assert marked["Resources"]["CDKMetadata"]["Properties"]["Analytics"] == "[CDK METADATA]"
    assert marked["Conditions"]["CDKMetadataAvailable"] == "[CDK METADATA]"


def test_template_of__node_runtimes_by_region__are_marked() -> None:
    """Older versions of aws-cdk-lib look the framework's runtime up in a mapping, which has every Region."""
    stack = cdk.Stack(cdk.App(), "Stack")
    cdk.CfnMapping(stack, "LatestNodeRuntimeMap", mapping={"us-east-1": {"value": "nodejs20.x"}})
    cdk.CfnMapping(stack, "Mine", mapping={"us-east-1": {"value": "a"}})

    assert template_of(stack)["Mappings"] == {
        "LatestNodeRuntimeMap": "[RUNTIME]",
        "Mine": {"us-east-1": {"value": "a"}},
    }


def test_template_of__a_changed_argument__shows() -> None:
    def of(**arguments: Any) -> dict[str, Any]:
        stack = cdk.Stack(cdk.App(), "Stack")
        movies(stack, **arguments)
        return template_of(stack)

    assert of() != of(perform_hpo=True)
    assert of(recipe=Recipe.SIMILAR_ITEMS) != of()


def test_template_of__a_template__is_not_changed() -> None:
    template: dict[str, Any] = {
        "Resources": {
            "F": {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"S3Key": f"{DIGEST}.zip"}}}
        }
    }
    before = json.dumps(template)

    assert template_of(template)["Resources"]["F"]["Properties"]["Code"]["S3Key"] == "[HASH].zip"
    assert json.dumps(template) == before


@pytest.mark.process
def test_imports__of_the_library_and_of_testing__load_no_more_than_is_needed() -> None:
    script = """
import sys, cdk_personalize
assert "cdk_personalize.testing" not in sys.modules
import cdk_personalize.testing
assert not {"pytest", "syrupy"} & set(sys.modules)
"""
    path = str(Path(__file__).parents[3] / "constructs")
    subprocess.run([sys.executable, "-c", script], env=os.environ | {"PYTHONPATH": path}, check=True)
