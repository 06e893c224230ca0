"""Whatever is given to a solution has a greatest length, and what is longer is refused by the synthesis."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cdk_personalize.model import value_types as kinds
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.model.value_types import Kind
from cdk_personalize.recipe.recipe import Recipe
from cdk_personalize.solution.request import DatasetGroupArn, RecipeArn, SolutionRequest

LONGEST = 1000  # characters of one text (rule 8)
MOST = 100  # entries


def within(kind: Kind, at: str) -> Iterator[tuple[str, Kind]]:
    yield at, kind
    match kind:
        case Structure():
            for name, inner in members(kind.type).items():
                yield from within(inner, f"{at}.{name}")
        case kinds.ListOf():
            yield from within(kind.item, f"{at}[]")
        case kinds.MapOf():
            yield from within(kind.key, f"{at}.key")
            yield from within(kind.value, f"{at}.value")


ALL = dict(within(Structure(SolutionRequest), ""))
TEXTS = {at: kind for at, kind in ALL.items() if isinstance(kind, kinds.Text | kinds.ScalarText)}
MANY = {at: kind for at, kind in ALL.items() if isinstance(kind, kinds.ListOf | kinds.MapOf)}


def test_kinds__that_can_be_long__are_all_known() -> None:
    short = (Structure, kinds.Flag, kinds.Number, kinds.Integer, kinds.Choice, DatasetGroupArn, RecipeArn)
    others = [at for at, kind in ALL.items() if at not in TEXTS | MANY and not isinstance(kind, short)]

    assert others == [".auto_training"]


@pytest.mark.parametrize("at", TEXTS)
def test_text__one_character_too_long__is_refused(at: str) -> None:
    most = TEXTS[at].max  # type: ignore[attr-defined]

    [problem] = TEXTS[at].problems("1" * (most + 1), at)

    assert most <= LONGEST
    assert problem.fix == "shorten it by 1"


@pytest.mark.parametrize("at", MANY)
def test_entries__one_too_many__are_refused(at: str) -> None:
    most = MANY[at].max  # type: ignore[attr-defined]
    entries = [None] * (most + 1) if isinstance(MANY[at], kinds.ListOf) else dict.fromkeys(range(most + 1))

    found = [problem.fix for problem in MANY[at].problems(entries, at)]

    assert most <= MOST
    assert "remove 1" in found


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (DatasetGroupArn(), f"arn:aws:personalize:us-east-1:123456789012:dataset-group/{'a' * 300}"),
        (RecipeArn(), Recipe.from_arn(f"arn:aws:personalize:::recipe/{'a' * 300}")),
        (RecipeArn(), Recipe.from_name("a" * 300)),
    ],
)
def test_arn__that_is_too_long__is_refused(kind: Kind, value: object) -> None:
    assert "must have 0 to 256 characters" in str(next(kind.problems(value, "it")))
