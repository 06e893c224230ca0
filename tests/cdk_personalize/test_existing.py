"""Solutions and campaigns that an app imports."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from cdk_personalize import (
    Campaign,
    ICampaign,
    InvalidCampaignError,
    InvalidConstructError,
    InvalidSolutionError,
    ISolution,
    Solution,
    SolutionVersion,
)
from cdk_personalize.campaign.existing import ExistingCampaign
from cdk_personalize.solution.existing import ExistingSolution

PREFIX = "arn:aws:personalize:eu-west-1:111122223333"


@dataclass(frozen=True)
class Imported:
    """A class with `from_` methods, called by the names of its kind."""

    noun: str
    construct: Any
    existing: type
    interface: type
    error: type[InvalidConstructError]

    @property
    def arn(self) -> str:
        return f"{PREFIX}:{self.noun}/movies"

    def from_arn(self, stack: cdk.Stack, arn: Any) -> Any:
        return getattr(self.construct, f"from_{self.noun}_arn")(stack, "Movies", arn)

    def from_name(self, stack: cdk.Stack, name: Any) -> Any:
        return getattr(self.construct, f"from_{self.noun}_name")(stack, "Movies", name)

    def from_attributes(self, stack: cdk.Stack, **attributes: Any) -> Any:
        named = {
            f"{self.noun}_{name}" if name in ("arn", "name") else name: value
            for name, value in attributes.items()
        }
        return getattr(self.construct, f"from_{self.noun}_attributes")(stack, "Movies", **named)

    def arn_of(self, imported: Any) -> Any:
        return getattr(imported, f"{self.noun}_arn")

    def name_of(self, imported: Any) -> Any:
        return getattr(imported, f"{self.noun}_name")


KINDS = [
    Imported("solution", Solution, ExistingSolution, ISolution, InvalidSolutionError),
    Imported("campaign", Campaign, ExistingCampaign, ICampaign, InvalidCampaignError),
]


@pytest.fixture(params=KINDS, ids=lambda kind: kind.noun)
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_from_arn__of_another_account_and_region__is_that_one_there(stack: cdk.Stack, kind: Imported) -> None:
    imported = kind.from_arn(stack, kind.arn)

    assert (kind.arn_of(imported), kind.name_of(imported)) == (kind.arn, "movies")
    assert (imported.env.account, imported.env.region) == ("111122223333", "eu-west-1")
    assert imported.stack is stack
    assert imported.node.path == "Stack/Movies"


def test_from_name__is_beside_the_stack(stack: cdk.Stack, kind: Imported) -> None:
    imported = kind.from_name(stack, "movies")

    assert kind.name_of(imported) == "movies"
    assert stack.resolve(kind.arn_of(imported)) == {
        "Fn::Join": [
            "",
            [
                "arn:",
                {"Ref": "AWS::Partition"},
                ":personalize:",
                {"Ref": "AWS::Region"},
                ":",
                {"Ref": "AWS::AccountId"},
                f":{kind.noun}/movies",
            ],
        ]
    }


def test_from_attributes__a_name_elsewhere__is_there(stack: cdk.Stack, kind: Imported) -> None:
    imported = kind.from_attributes(stack, name="movies", account="111122223333", region="eu-west-1")

    arn = stack.resolve(kind.arn_of(imported))["Fn::Join"][1]
    assert arn[-1] == f":personalize:eu-west-1:111122223333:{kind.noun}/movies"
    assert imported.env.region == "eu-west-1"


def test_from_attributes__an_arn__is_what_from_arn_gives(stack: cdk.Stack, kind: Imported) -> None:
    assert kind.name_of(kind.from_attributes(stack, arn=kind.arn)) == "movies"


def test_from_arn__a_token__gives_a_name_at_deploy_time(stack: cdk.Stack, kind: Imported) -> None:
    imported = kind.from_arn(stack, cdk.CfnParameter(stack, "Arn").value_as_string)

    assert stack.resolve(kind.arn_of(imported)) == {"Ref": "Arn"}
    last_of_six = {"Fn::Select": [5, {"Fn::Split": [":", {"Ref": "Arn"}]}]}
    assert stack.resolve(kind.name_of(imported)) == {"Fn::Select": [1, {"Fn::Split": ["/", last_of_six]}]}


def test_from_name__a_token__is_taken(stack: cdk.Stack, kind: Imported) -> None:
    imported = kind.from_name(stack, cdk.CfnParameter(stack, "Name").value_as_string)

    assert stack.resolve(kind.name_of(imported)) == {"Ref": "Name"}
    assert stack.resolve(kind.arn_of(imported))["Fn::Join"][1][-1] == {"Ref": "Name"}


@pytest.mark.parametrize(
    ("arn", "shown"),
    [
        ("movies", "got 'movies'"),
        (f"{PREFIX}:NOUN/movies/236f000b", "an ARN is like arn:aws:"),  # a version's
        (f"{PREFIX}:recommender/movies", "NOUN_arn must be the ARN of a NOUN"),
        ("arn:aws:personalize:::NOUN/movies", "NOUN_arn must be the ARN of a NOUN"),
        (42, "must be a string"),
        (None, "pass exactly one of them"),
    ],
)
def test_from_arn__no_arn_of_the_kind__is_refused(
    stack: cdk.Stack, kind: Imported, arn: Any, shown: str
) -> None:
    wrong = arn.replace("NOUN", kind.noun) if isinstance(arn, str) else arn
    with pytest.raises(kind.error) as raised:
        kind.from_arn(stack, wrong)

    assert str(raised.value).startswith(f"Stack/Movies cannot be created as written:\n  {kind.noun}_arn ")
    assert shown.replace("NOUN", kind.noun) in str(raised.value)


def test_from_name__no_name__is_refused(stack: cdk.Stack, kind: Imported) -> None:
    with pytest.raises(kind.error, match=f"{kind.noun}_name must have only letters"):
        kind.from_name(stack, f"{kind.noun}/movies")


def test_from_attributes__no_account_and_no_region__both_are_said(stack: cdk.Stack, kind: Imported) -> None:
    with pytest.raises(InvalidConstructError) as raised:
        kind.from_attributes(stack, name="movies", account="12", region="Ireland")
    assert [problem.argument for problem in raised.value.problems] == ["account", "region"]


def test_from_attributes__arn_name_and_place_together__all_is_said_at_once(
    stack: cdk.Stack, kind: Imported
) -> None:
    with pytest.raises(kind.error) as raised:
        kind.from_attributes(stack, arn=kind.arn, name="movies", account="111122223333", region="eu-west-1")

    assert [problem.argument for problem in raised.value.problems] == [
        f"{kind.noun}_arn",
        "account",
        "region",
    ]


def test_existing__is_no_resource_of_the_template(stack: cdk.Stack, kind: Imported) -> None:
    kind.from_arn(stack, kind.arn)
    cdk.Tags.of(stack).add("team", "films")

    assert "Resources" not in Template.from_stack(stack).to_json()


def test_existing__its_removal_policy__is_not_this_apps_to_set(stack: cdk.Stack, kind: Imported) -> None:
    with pytest.raises(RuntimeError, match="CannotApplyRemovalPolicy"):
        kind.from_arn(stack, kind.arn).apply_removal_policy(cdk.RemovalPolicy.RETAIN)


@pytest.mark.parametrize("is_imported", [False, True], ids=["defined", "imported"])
def test_interface__every_member__is_offered_by_both_alike(kind: Imported, is_imported: bool) -> None:
    def members(of: type) -> dict[str, Callable[..., Any] | None]:
        return {
            name: None if isinstance(value, property) else value
            for name, value in vars(of).items()
            if not name.startswith("_") and (isinstance(value, property) or inspect.isfunction(value))
        }

    class_ = kind.existing if is_imported else kind.construct
    offered = members(kind.interface)
    assert {f"{kind.noun}_arn", "grant", "metric"} <= offered.keys()
    for name, method in offered.items():
        if method is None:
            assert isinstance(inspect.getattr_static(class_, name), property)
        else:
            assert inspect.signature(getattr(class_, name)) == inspect.signature(method)


VERSION = f"{PREFIX}:solution/movies/236f000b"


def test_solution_version__from_its_arn__is_that_version_there(stack: cdk.Stack) -> None:
    version = SolutionVersion.from_solution_version_arn(stack, "Version", VERSION)

    assert version.solution_version_arn == VERSION
    assert (version.env.account, version.env.region) == ("111122223333", "eu-west-1")


@pytest.mark.parametrize("arn", [f"{PREFIX}:solution/movies", f"{PREFIX}:solution/movies/$LATEST", 42])
def test_solution_version__from_something_else__is_refused(stack: cdk.Stack, arn: Any) -> None:
    with pytest.raises(InvalidSolutionError, match="solution_version_arn must be"):
        SolutionVersion.from_solution_version_arn(stack, "Version", arn)
