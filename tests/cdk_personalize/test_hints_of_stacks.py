"""Next steps of messages about providers, tags and existing solutions, and of warnings, are followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import InvalidConstructError, PersonalizeProvider, Recipe, Solution

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
NEWER = "arn:aws:personalize:::recipe/aws-simz"


@pytest.mark.parametrize(
    ("says", "wrong", "right"),
    [
        (
            "choose a time in that range: CloudFormation itself waits an hour at most",
            lambda stack: PersonalizeProvider(stack, total_timeout=cdk.Duration.minutes(51)),
            lambda stack: PersonalizeProvider(stack, total_timeout=cdk.Duration.minutes(50)),
        ),
        (
            "use aws_lambda.Runtime.PYTHON_3_13, or leave it out for Python 3.14",
            lambda stack: PersonalizeProvider(stack, runtime=lambda_.Runtime.PYTHON_3_10),
            lambda stack: PersonalizeProvider(stack, runtime=lambda_.Runtime.PYTHON_3_13),
        ),
        (
            "leave it out for 5 seconds",
            lambda stack: PersonalizeProvider(stack, query_interval=cdk.Duration.minutes(2)),
            PersonalizeProvider,
        ),
        (
            "create the provider once, before the stack's first Solution or Campaign",
            lambda stack: (movies(stack), PersonalizeProvider(stack)),
            lambda stack: (PersonalizeProvider(stack), movies(stack)),
        ),
        (
            "create it in this stack, or with shared=True",
            lambda stack: movies(stack, provider=PersonalizeProvider(cdk.Stack(stack.node.root, "Other"))),
            lambda stack: movies(
                stack, provider=PersonalizeProvider(cdk.Stack(stack.node.root, "Other"), shared=True)
            ),
        ),
        (
            "an ARN is like arn:aws:personalize:us-east-1:123456789012:solution/movies; for a name use "
            "Solution.from_solution_name",
            lambda stack: Solution.from_solution_arn(stack, "Movies", "movies"),
            lambda stack: Solution.from_solution_name(stack, "Movies", "movies"),
        ),
        (
            "pass the ARN, or the name for a solution of this account",
            lambda stack: Solution.from_solution_attributes(stack, "Movies"),
            lambda stack: Solution.from_solution_attributes(stack, "Movies", solution_name="movies"),
        ),
        (
            "leave it out, or pass solution_name instead of solution_arn",
            lambda stack: Solution.from_solution_attributes(
                stack, "Movies", solution_arn=SOLUTION, account="123456789012"
            ),
            lambda stack: Solution.from_solution_attributes(
                stack, "Movies", solution_name="movies", account="123456789012"
            ),
        ),
        (
            "remove some with Tags.of(solution).remove(key), or exclude them with "
            "Tags.of(scope).add(..., exclude_resource_types=['Custom::PersonalizeSolution'])",
            lambda stack: tagged(stack, 48),
            lambda stack: tagged(stack, 48, exclude_resource_types=["Custom::PersonalizeSolution"]),
        ),
        (
            "remove some with Tags.of(solution).remove(key)",
            lambda stack: tagged(stack, 48),
            lambda stack: cdk.Tags.of(tagged(stack, 48)).remove("0"),
        ),
        (
            "choose another prefix",
            lambda stack: cdk.Tags.of(movies(stack)).add("aws:team", "search"),
            lambda stack: cdk.Tags.of(movies(stack)).add("team", "search"),
        ),
        (
            "remove '*'",
            lambda stack: cdk.Tags.of(movies(stack)).add("te*m", "search"),
            lambda stack: cdk.Tags.of(movies(stack)).add("tem", "search"),
        ),
    ],
    ids=lambda value: value[:50] if isinstance(value, str) else "",
)
def test_hint__of_the_rest__is_followed_and_all_is_well(
    says: str, wrong: Callable[[cdk.Stack], Any], right: Callable[[cdk.Stack], Any]
) -> None:
    refused, taken = (cdk.Stack(cdk.App(), "Stack") for _ in range(2))

    with pytest.raises((InvalidConstructError, RuntimeError)) as raised:
        Template.from_stack(_after(wrong, refused))
    Template.from_stack(_after(right, taken))

    assert says in str(raised.value)


@pytest.mark.parametrize("place", ["Region", "account"])
def test_hint__of_what_is_elsewhere__is_followed_and_nothing_is_said_any_more(place: str) -> None:
    right, wrong = (
        cdk.Environment(account="123456789012", region="us-east-1"),
        cdk.Environment(account="444455556666", region="eu-west-1"),
    )
    loud, quiet = cdk.Stack(cdk.App(), "Loud", env=wrong), cdk.Stack(cdk.App(), "Quiet", env=right)
    for stack in (loud, quiet):
        movies(stack)

    said = [str(one.entry.data) for one in Annotations.from_stack(loud).find_warning("*", Match.any_value())]
    assert any(
        f"the stack's {place}" in one and "or deploy the stack to" in one and "use one in" in one
        for one in said
    )
    assert Annotations.from_stack(quiet).find_warning("*", Match.any_value()) == []


def test_hint__to_acknowledge_a_warning__ends_it() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    movies(stack, recipe=Recipe.from_arn(NEWER))

    cdk.Annotations.of(stack).acknowledge_warning("cdk-personalize:unknown-recipe")

    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def movies(stack: cdk.Stack, recipe: Recipe = Recipe.SIMS, **arguments: Any) -> Solution:
    return Solution(stack, "Movies", dataset_group=GROUP, recipe=recipe, **arguments)


def tagged(stack: cdk.Stack, number: int, **options: Any) -> Solution:
    solution = movies(stack)
    for key in range(number):
        cdk.Tags.of(stack).add(str(key), "x", **options)
    return solution


def _after(act: Callable[[cdk.Stack], Any], stack: cdk.Stack) -> cdk.Stack:
    act(stack)
    return stack


def test_hint__a_region_without_personalize__names_those_to_deploy_to() -> None:
    def warned(region: str) -> list[str]:
        stack = cdk.Stack(cdk.App(), "Films", env=cdk.Environment(account="123456789012", region=region))
        PersonalizeProvider(stack)
        found = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("Region"))
        return [str(warning.entry.data) for warning in found]

    (warning,) = warned("eu-south-2")
    _, said, named = warning.partition("botocore lists no endpoint there, so deploys may fail; deploy to ")
    assert said
    assert warned(named.split(", ")[0]) == []
