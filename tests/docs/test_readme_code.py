"""The README's Python, run as a reader would run it."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import InvalidSolutionError
from support.pages.documents import README, blocks


@pytest.fixture(scope="module")
def names() -> dict[str, Any]:
    """What the README's blocks define, read as one program that synthesizes at its end."""
    defined: dict[str, Any] = {}
    for block in blocks(README, "python"):
        run(block.replace("app.synth()\n", ""), defined)
    return defined


def run(block: str, names: dict[str, Any]) -> None:
    exec(compile(block, "README.md", "exec"), names)


def test_readme_code__first_block__is_an_app_by_itself() -> None:
    names: dict[str, Any] = {}
    run(blocks(README, "python")[0], names)
    stack = names["app"].synth().get_stack_by_name("Movies")
    types = [resource["Type"] for resource in stack.template["Resources"].values()]
    assert types.count("Custom::PersonalizeSolution") == 1


def test_readme_code__all_blocks__synthesize(names: dict[str, Any]) -> None:
    template = cdk.assertions.Template.from_stack(names["stack"])
    template.resource_count_is("Custom::PersonalizeSolution", 2)


def test_readme_code__first_block__is_short() -> None:
    first = blocks(README, "python")[0].splitlines()
    assert sum(1 for line in first if line.strip()) <= 16


def test_readme_code__the_mistake__is_answered_as_printed(names: dict[str, Any]) -> None:
    (mistake,) = blocks(README, "python raises")
    with pytest.raises(InvalidSolutionError) as raised:
        run(mistake, names)
    assert [str(raised.value)] == [block.rstrip() for block in blocks(README, "text")]
