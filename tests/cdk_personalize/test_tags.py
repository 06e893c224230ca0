"""CDK's tags on a solution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Tags
from aws_cdk.assertions import Template

from cdk_personalize import Recipe, Solution

Find = Callable[[cdk.Stack], dict[str, dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("solution")


@pytest.fixture
def solution(stack: cdk.Stack, dataset_group: str) -> Solution:
    return Solution(stack, "Movies", dataset_group=dataset_group, recipe=Recipe.SIMS)


@pytest.fixture
def tags(stack: cdk.Stack, solutions: Find) -> Callable[[], dict[str, Any] | None]:
    def find() -> dict[str, Any] | None:
        [resource] = solutions(stack).values()
        tags = resource["Properties"].get("tags")
        return tags and {tag["tagKey"]: tag["tagValue"] for tag in tags}

    return find


def test_tags__none__no_property(tags: Callable[[], Any]) -> None:
    assert tags() is None


def test_tags__on_the_stack_and_the_solution__are_rendered_as_the_api_has_them_by_key(
    stack: cdk.Stack, solution: Solution, solutions: Find
) -> None:
    Tags.of(stack).add("team", "films")
    Tags.of(solution).add("Stage", "prod")
    Tags.of(solution).add("cost", "")

    [resource] = solutions(stack).values()

    assert resource["Properties"]["tags"] == [
        {"tagKey": "Stage", "tagValue": "prod"},
        {"tagKey": "cost", "tagValue": ""},
        {"tagKey": "team", "tagValue": "films"},
    ]


def test_tags__the_same_key_nearer__wins(
    stack: cdk.Stack, solution: Solution, tags: Callable[[], Any]
) -> None:
    Tags.of(stack).add("team", "films")
    Tags.of(solution).add("team", "series")

    assert tags() == {"team": "series"}


def test_tags__with_a_higher_priority__win(
    stack: cdk.Stack, solution: Solution, tags: Callable[[], Any]
) -> None:
    Tags.of(stack).add("team", "films", priority=300)
    Tags.of(solution).add("team", "series")

    assert tags() == {"team": "films"}


def test_tags__that_exclude_the_type__do_not_reach_it(stack: cdk.Stack, tags: Callable[[], Any]) -> None:
    Tags.of(stack).add("a", "1", exclude_resource_types=[Solution.RESOURCE_TYPE])
    Tags.of(stack).add("b", "1", include_resource_types=["AWS::S3::Bucket"])
    Tags.of(stack).add("c", "1", include_resource_types=[Solution.RESOURCE_TYPE])

    assert tags() == {"c": "1"}


def test_tags__all_removed__no_property(
    stack: cdk.Stack, solution: Solution, tags: Callable[[], Any]
) -> None:
    Tags.of(stack).add("team", "films")
    Tags.of(solution).remove("team")

    assert tags() is None


def test_tags__known_at_deploy_time__are_left_to_the_service(
    stack: cdk.Stack, solution: Solution, tags: Callable[[], Any]
) -> None:
    Tags.of(solution).add("team", cdk.CfnParameter(stack, "Team").value_as_string)

    assert tags() == {"team": {"Ref": "Team"}}


def test_tags__a_value_from_another_stack__is_imported(
    app: cdk.App, solution: Solution, dataset_group: str, solutions: Find
) -> None:
    other = cdk.Stack(app, "Other")
    follower = Solution(other, "Follower", dataset_group=dataset_group, recipe=Recipe.SIMS)
    Tags.of(follower).add("follows", solution.solution_arn)

    [resource] = solutions(other).values()

    assert "Fn::ImportValue" in resource["Properties"]["tags"][0]["tagValue"]


def test_tags__in_any_script_with_spaces__are_accepted(solution: Solution, tags: Callable[[], Any]) -> None:
    Tags.of(solution).add("équipe 1", "映画 _.:/=+-@")

    assert tags() == {"équipe 1": "映画 _.:/=+-@"}


def test_tags__forty_seven__fit(stack: cdk.Stack, tags: Callable[[], Any]) -> None:
    for number in range(47):
        Tags.of(stack).add(f"tag{number}", "x")

    assert len(tags()) == 47


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("aws:team", "x", "a tag's key must not begin with aws:, which is reserved: got 'aws:team'"),
        ("AWS:team", "x", "a tag's key must not begin with aws:"),
        ("cdk-personalize:stack-id", "x", "a tag's key must not begin with cdk-personalize:"),
        ("team", "aws:x", "the value of tag 'team' must not begin with aws:"),
        ("k" * 129, "x", "a tag's key must have 1 to 128 characters"),
        ("team", "v" * 257, "the value of tag 'team' must have 0 to 256 characters"),
        (
            "te*m",
            "x",
            "a tag's key must have only letters, digits, spaces and _.:/=+-@: got 'te*m'; remove '*'",
        ),
        ("team", "a\tb", "the value of tag 'team' must have only letters"),
    ],
)
def test_tags__that_the_service_refuses__fail_the_synth_with_the_reason(
    stack: cdk.Stack, solution: Solution, key: str, value: str, message: str
) -> None:
    Tags.of(solution).add(key, value)

    with pytest.raises(RuntimeError) as raised:
        Template.from_stack(stack)

    assert "[Stack/Movies/Resource]" in str(raised.value)
    assert message in str(raised.value)


def test_tags__forty_eight__fail_the_synth_with_the_reason(stack: cdk.Stack) -> None:
    for number in range(48):
        Tags.of(stack).add(f"tag{number}", "x")

    with pytest.raises(RuntimeError, match="tags must be at most 47: a resource has 50, of which"):
        Template.from_stack(stack)


@pytest.mark.parametrize(("count", "fits"), [(46, True), (47, False)])
def test_tags__of_a_solution_to_adopt__are_one_less(dataset_group: str, count: int, fits: bool) -> None:
    stack = cdk.Stack(cdk.App(), "Adopting")
    Solution(
        stack,
        "Movies",
        dataset_group=dataset_group,
        recipe=Recipe.SIMS,
        solution_name="movies",
        adopt_existing=True,
    )
    for number in range(count):
        Tags.of(stack).add(f"tag{number}", "x")

    if fits:
        Template.from_stack(stack)
    else:
        with pytest.raises(
            RuntimeError, match="at most 46: a resource has 50, of which cdk-personalize needs four"
        ):
            Template.from_stack(stack)
