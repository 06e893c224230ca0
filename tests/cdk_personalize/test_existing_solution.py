"""Solutions that an app imports."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from cdk_personalize import InvalidSolutionError, ISolution, Solution
from cdk_personalize.solution.existing import ExistingSolution

ARN = "arn:aws:personalize:eu-west-1:111122223333:solution/movies"


def test_from_arn__of_another_account_and_region__is_that_solution_there(stack: cdk.Stack) -> None:
    solution = Solution.from_solution_arn(stack, "Movies", ARN)

    assert (solution.solution_arn, solution.solution_name) == (ARN, "movies")
    assert (solution.env.account, solution.env.region) == ("111122223333", "eu-west-1")
    assert solution.stack is stack
    assert solution.node.path == "Stack/Movies"


def test_from_name__is_beside_the_stack(stack: cdk.Stack) -> None:
    solution = Solution.from_solution_name(stack, "Movies", "movies")

    assert solution.solution_name == "movies"
    assert stack.resolve(solution.solution_arn) == {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                ":personalize:",
                {"Ref": "AWS::Region"},
                ":",
                {"Ref": "AWS::AccountId"},
                ":solution/movies",
            ],
        ]
    }


def test_from_attributes__a_name_elsewhere__is_there(stack: cdk.Stack) -> None:
    solution = Solution.from_solution_attributes(
        stack, "Movies", solution_name="movies", account="111122223333", region="eu-west-1"
    )

    arn = stack.resolve(solution.solution_arn)["Fn::Join"][1]
    assert arn[-1] == ":personalize:eu-west-1:111122223333:solution/movies"
    assert solution.env.region == "eu-west-1"


def test_from_attributes__an_arn__is_what_from_arn_gives(stack: cdk.Stack) -> None:
    assert Solution.from_solution_attributes(stack, "Movies", solution_arn=ARN).solution_name == "movies"


def test_from_arn__a_token__gives_a_name_at_deploy_time(stack: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(stack, "Arn")
    solution = Solution.from_solution_arn(stack, "Movies", parameter.value_as_string)

    assert stack.resolve(solution.solution_arn) == {"Ref": "Arn"}
    last_of_six = {"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Arn"}]}]}
    assert stack.resolve(solution.solution_name) == {"Fn::Select": [1, {"Fn::Split": ["/", last_of_six]}]}


def test_from_name__a_token__is_taken(stack: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(stack, "Name")
    solution = Solution.from_solution_name(stack, "Movies", parameter.value_as_string)

    assert stack.resolve(solution.solution_name) == {"Ref": "Name"}
    assert stack.resolve(solution.solution_arn)["Fn::Join"][1][-1] == {"Ref": "Name"}


@pytest.mark.parametrize(
    ("arn", "shown"),
    [
        ("movies", "got 'movies'"),
        (f"{ARN}/236f000b", "an ARN is like arn:aws:"),  # a version's
        (ARN.replace("solution", "campaign"), "solution_arn must be the ARN of a solution"),
        ("arn:aws:personalize:::solution/movies", "solution_arn must be the ARN of a solution"),
        (42, "must be a string"),
        (None, "pass exactly one of them"),
    ],
)
def test_from_arn__no_arn_of_a_solution__is_refused(stack: cdk.Stack, arn: Any, shown: str) -> None:
    with pytest.raises(InvalidSolutionError) as raised:
        Solution.from_solution_arn(stack, "Movies", arn)

    assert str(raised.value).startswith("Stack/Movies cannot be created as written:\n  solution_arn ")
    assert shown in str(raised.value)


def test_from_name__no_name__is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidSolutionError, match="solution_name must have only letters"):
        Solution.from_solution_name(stack, "Movies", "solution/movies")


def test_from_attributes__arn_name_and_place_together__all_is_said_at_once(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidSolutionError) as raised:
        Solution.from_solution_attributes(
            stack, "Movies", solution_arn=ARN, solution_name="movies", account="111122223333", region="x"
        )

    assert [problem.argument for problem in raised.value.problems] == ["solution_arn", "account", "region"]


def test_existing__is_no_resource_of_the_template(stack: cdk.Stack) -> None:
    Solution.from_solution_arn(stack, "Movies", ARN)
    cdk.Tags.of(stack).add("team", "films")

    assert "Resources" not in Template.from_stack(stack).to_json()


def test_existing__its_removal_policy__is_not_this_apps_to_set(stack: cdk.Stack) -> None:
    solution = Solution.from_solution_arn(stack, "Movies", ARN)

    with pytest.raises(RuntimeError, match="CannotApplyRemovalPolicy"):
        solution.apply_removal_policy(cdk.RemovalPolicy.RETAIN)


@pytest.mark.parametrize("kind", [Solution, ExistingSolution])
def test_isolution__every_member__is_offered_by_both_kinds_alike(kind: type) -> None:
    def members(of: type) -> dict[str, Callable[..., Any] | None]:
        return {
            name: None if isinstance(value, property) else value
            for name, value in vars(of).items()
            if not name.startswith("_") and (isinstance(value, property) or inspect.isfunction(value))
        }

    offered = members(ISolution)
    assert {"solution_arn", "grant_train", "metric"} <= offered.keys()
    for name, method in offered.items():
        if method is None:
            assert isinstance(inspect.getattr_static(kind, name), property)
        else:
            assert inspect.signature(getattr(kind, name)) == inspect.signature(method)
