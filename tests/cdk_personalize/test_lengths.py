"""Every argument of a solution or a campaign has a maximum length, and synthesis refuses longer values."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from cdk_personalize.campaign.request import CampaignRequest
from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.model import value_types
from cdk_personalize.model.names import ArnOf
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.model.value_types import ValueType
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.arn import SOLUTION
from cdk_personalize.solution.request import RecipeArn, SolutionRequest

LONGEST = 1000  # characters of one text (rule 8)
MOST = 100  # entries


def within(type_: ValueType, at: str) -> Iterator[tuple[str, ValueType]]:
    yield at, type_
    match type_:
        case Structure():
            for name, member in members(type_.type).items():
                yield from within(member.type, f"{at}.{name}")
        case value_types.ListOf():
            yield from within(type_.item, f"{at}[]")
        case value_types.MapOf():
            yield from within(type_.key, f"{at}.key")
            yield from within(type_.value, f"{at}.value")


ALL = {**dict(within(Structure(SolutionRequest), "")), **dict(within(Structure(CampaignRequest), "campaign"))}
TEXTS = {
    at: type_ for at, type_ in ALL.items() if isinstance(type_, value_types.Text | value_types.ScalarText)
}
MANY = {
    at: type_
    for at, type_ in ALL.items()
    if isinstance(type_, value_types.ListOf | value_types.MapOf) and type_.max != math.inf  # few keys
}


def test_kinds__that_can_be_long__are_all_known() -> None:
    short = (
        Structure,
        value_types.Flag,
        value_types.Number,
        value_types.Integer,
        value_types.Choice,
        ArnOf,
        DatasetGroupArn,
        RecipeArn,
    )
    others = [at for at, type_ in ALL.items() if at not in TEXTS | MANY and not isinstance(type_, short)]

    assert others == [".auto_training", "campaign.campaign_config.ranking_influence"]


@pytest.mark.parametrize("at", TEXTS)
def test_text__one_character_too_long__is_refused(at: str) -> None:
    most = TEXTS[at].max  # type: ignore[attr-defined]

    [problem] = TEXTS[at].problems("1" * (most + 1), at)

    assert most <= LONGEST
    assert problem.fix == "shorten it by 1"


@pytest.mark.parametrize("at", MANY)
def test_entries__one_too_many__are_refused(at: str) -> None:
    most = MANY[at].max  # type: ignore[attr-defined]
    entries = (
        [None] * (most + 1) if isinstance(MANY[at], value_types.ListOf) else dict.fromkeys(range(most + 1))
    )

    found = [problem.fix for problem in MANY[at].problems(entries, at)]

    assert most <= MOST
    assert "remove 1" in found


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (SOLUTION, f"arn:aws:personalize:us-east-1:123456789012:solution/{'a' * 300}"),
        (DatasetGroupArn(), f"arn:aws:personalize:us-east-1:123456789012:dataset-group/{'a' * 300}"),
        (RecipeArn(), Recipe.from_arn(f"arn:aws:personalize:::recipe/{'a' * 300}")),
        (RecipeArn(), Recipe.from_name("a" * 300)),
    ],
)
def test_arn__that_is_too_long__is_refused(type_: ValueType, value: object) -> None:
    assert "must have 0 to 256 characters" in str(next(type_.problems(value, "it")))
