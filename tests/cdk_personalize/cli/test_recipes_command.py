"""`cdk-personalize recipes`: the catalog on a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from click.testing import Result

from cdk_personalize.recipe.facts import catalog

Run = Callable[..., Result]


def rows(result: Result) -> list[str]:
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_recipes__all__have_a_row_each(run: Run) -> None:
    result = run("recipes")

    assert result.exit_code == 0
    header, *lines = rows(result)
    assert header == "Recipe Type Allows"
    assert [line.split()[0] for line in lines] == list(catalog())
    assert "aws-next-best-action PERSONALIZED_ACTIONS campaign" in lines


@pytest.mark.parametrize(
    "name",
    [
        "aws-similar-items",
        "similar-items",
        "SIMILAR_ITEMS",
        "Recipe.SIMILAR_ITEMS",
        "arn:aws:personalize:::recipe/aws-similar-items",
    ],
)
def test_recipes__one_by_any_of_its_names__shows_its_parameters(run: Run, name: str) -> None:
    lines = rows(run("recipes", name))

    assert lines[:3] == ["aws-similar-items", "In Python Recipe.SIMILAR_ITEMS", "Type RELATED_ITEMS"]
    assert "item_id_hidden_dim integer 100 30 to 200 yes takes a range only" in lines
    assert lines[-1] == "It has no feature_transformation_parameters."


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("aws-simz", "Error: aws-simz is not a recipe of the catalog; did you mean aws-sims?"),
        ("qqqq", "Error: qqqq is not a recipe of the catalog; there are aws-user-personalization-v2, "),
        ("HRNN", "Error: aws-hrnn is not for solutions: use Recipe.USER_PERSONALIZATION_V2 instead"),
        (
            "aws-ecomm-popular-items-by-views",
            "is not for solutions: the closest recipe for a solution is Recipe.",
        ),
    ],
)
def test_recipes__unknown_or_not_for_solutions__says_what_to_use(run: Run, name: str, message: str) -> None:
    result = run("recipes", name)

    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr


def test_recipes__as_json__is_the_catalog(run: Run) -> None:
    listed = json.loads(run("recipes", "--json").stdout)["recipes"]

    assert [recipe["name"] for recipe in listed] == list(catalog())
    (sims,) = (recipe for recipe in listed if recipe["name"] == "aws-sims")
    assert json.loads(run("recipes", "sims", "--json").stdout) == sims
    assert sims["algorithm_hyper_parameters"]["popularity_discount_factor"]["max"] == 1.0
    assert sims["allows_hpo"] is True
