"""The recipe catalog as a page of the documentation: written from the data, and never by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cdk_personalize.recipe.facts import OtherRecipe, RecipeFacts, RecipeParameter, catalog, other_recipes
from cdk_personalize.recipe.recipe import spelling
from support.pages.documents import ROOT

PAGE = ROOT / "docs" / "recipes.md"

_GUIDE = "https://docs.aws.amazon.com/personalize/latest/dg"

_HEAD = """# Recipes

The datasets, parameters and features of each recipe. `make docs` writes this page from the catalog that
`Solution` checks its arguments against. [rules.md](rules.md) has the numbered rules and the abbreviations of
sources. In Python, `Recipe.SIMS.facts` has the same facts.

## At a glance

"""

_YES = {True: "yes", False: "", None: "not documented"}


def page() -> str:
    """The whole page."""
    parts = [_HEAD + _table(_overview()), *map(_recipe, catalog().values()), _others()]
    return "\n".join(parts)


def _overview() -> Iterator[Mapping[str, str]]:
    for recipe in catalog().values():
        yield {
            "Recipe": f"[`{spelling(recipe.name)}`](#{recipe.name})",
            "Type": recipe.recipe_type,
            "HPO": _YES[recipe.allows_hpo],
            "Events config": _YES[recipe.allows_events_config],
            "Objective": _YES[recipe.allows_optimization_objective],
            "Columns": _YES[recipe.allows_training_data_config],
            "Incremental updates": _YES[recipe.allows_incremental_update],
            "Campaign": _campaign(recipe),
            "Batch": " and ".join(_batch(recipe)),
        }


def _campaign(recipe: RecipeFacts) -> str:
    if recipe.allows_item_exploration:
        return "yes, with exploration"
    return "yes, with ranking influence" if recipe.allows_ranking_influence else _YES[recipe.allows_campaign]


def _batch(recipe: RecipeFacts) -> Iterator[str]:
    only = " only" if recipe.is_batch_only else ""
    if recipe.allows_batch_inference:
        yield f"inference{only}"
    if recipe.allows_batch_segment:
        yield f"segments{only}"


def _recipe(recipe: RecipeFacts) -> str:
    datasets = [
        f"{', '.join(recipe.required_datasets)} (required)",
        *(f"{dataset} (optional)" for dataset in recipe.optional_datasets),
    ]
    lines = [f"## {recipe.name}", "", f"`{spelling(recipe.name)}`. Datasets: {', '.join(datasets)}.", ""]
    lines += [f"{note}\n" for note in recipe.notes]
    for heading, parameters in (
        ("algorithm_hyper_parameters", recipe.algorithm_hyper_parameters),
        ("feature_transformation_parameters", recipe.feature_transformation_parameters),
    ):
        rows = [_parameter(parameter, heading) for parameter in parameters.values()]
        lines += [_table(rows)] if rows else [f"No `{heading}`.\n"]
    if recipe.undocumented_parameters:
        names = ", ".join(f"`{name}`" for name in recipe.undocumented_parameters)
        lines.append(f"Seen in use but not documented, so a warning: {names}.\n")
    lines.append(f"Sources: {_sources(recipe.sources)}.\n")
    return "\n".join(lines)


def _parameter(parameter: RecipeParameter, member: str) -> Mapping[str, str]:
    notes = []
    if not parameter.is_settable:
        notes.append("only a range (rule 31)")
    if parameter.disputed_values:
        disputed = ", ".join(f"`{value}`" for value in parameter.disputed_values)
        notes.append(f"some sources also name {disputed}: a warning")
    if parameter.described_as:
        notes.append(f"described as `{parameter.described_as}`")
    return {
        f"`{member}`": f"`{parameter.name}`",
        "Kind": parameter.kind,
        "Default": f"`{_text(parameter.default)}`",
        "Allowed": _allowed(parameter),
        "HPO": _YES[parameter.is_tunable],
        "Notes": "; ".join(notes),
    }


def _allowed(parameter: RecipeParameter) -> str:
    if parameter.values:
        return ", ".join(f"`{value}`" for value in parameter.values)
    return f"{parameter.min} to {parameter.max}"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _others() -> str:
    rows = [_other(recipe) for recipe in other_recipes().values()]
    return (
        "## Not for solutions\n\n"
        "`Solution` rejects these. The closest recipe to a domain use case is our own judgment."
        "\n\n" + _table(rows)
    )


def _other(recipe: OtherRecipe) -> Mapping[str, str]:
    why = f"for CreateRecommender, domain {recipe.domain} (rule 42)" if recipe.domain else "retired (rule 43)"
    return {
        "Recipe": f"`{recipe.name}`",
        "Why": why,
        "Use instead": f"[`{spelling(recipe.instead)}`](#{recipe.instead})",
        "Sources": _sources(recipe.sources),
    }


def _sources(sources: Iterable[str]) -> str:
    return ", ".join(re.sub(r"^DG ([\w-]+)$", rf"[DG \1]({_GUIDE}/\1.html)", source) for source in sources)


def _table(rows: Iterable[Mapping[str, str]]) -> str:
    rows = list(rows)
    header = [f"| {' | '.join(rows[0])} |", f"|{'---|' * len(rows[0])}"]
    return "\n".join([*header, *(f"| {' | '.join(row.values())} |" for row in rows)]) + "\n"
