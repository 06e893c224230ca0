"""Rules of a recipe: what it allows, and what its parameters may be.

They come from the catalog. A recipe outside the catalog, or known only at deploy time, has no rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cdk_personalize.model.findings import Doubt, Problem
from cdk_personalize.recipe.facts import RecipeFacts, catalog
from cdk_personalize.recipe.recipe import Recipe, spelling
from cdk_personalize.solution import parameter_rules as parameters
from cdk_personalize.solution.config import HpoConfig, HyperParameterRanges, SolutionConfig
from cdk_personalize.solution.parameter_rules import Parameters
from cdk_personalize.solution.request import SolutionRequest

_CONFIG = "solution_config"
_RANGES = f"{_CONFIG}.hpo_config.algorithm_hyper_parameter_ranges"

_ALLOWED = {
    "events_config": "allows_events_config",  # rule 37
    "optimization_objective": "allows_optimization_objective",  # rule 36
    "training_data_config": "allows_training_data_config",  # rule 40
}


def find_problems(request: SolutionRequest, config: SolutionConfig) -> Iterator[Problem]:
    """Find what the recipe of a request does not allow.

    Args:
        request: The request.
        config: Its configuration; an empty one if it has none, or a token.
    """
    facts = request.recipe.facts if isinstance(request.recipe, Recipe) else None
    if facts is None:
        return
    yield from _flags(request, facts)
    yield from _members(config, facts)
    for member in ("algorithm_hyper_parameters", "feature_transformation_parameters"):
        given = getattr(config, member)
        if isinstance(given, Mapping):
            yield from parameters.of_values(given, Parameters(facts, member))
    if facts.allows_hpo is not False:  # otherwise the whole hpo_config is refused
        yield from _ranges(config, facts)


def _flags(request: SolutionRequest, facts: RecipeFacts) -> Iterator[Problem]:
    if request.perform_hpo is True and facts.allows_hpo is False:  # rule 30
        yield Problem(
            argument="perform_hpo",
            value=True,
            rule=f"must not be True for {facts.name}, which has nothing to optimize",
            fix="leave it out",
        )
    if request.perform_hpo is True and facts.allows_hpo is None:  # rule 30
        yield Doubt(
            id="hpo-undocumented",
            argument="perform_hpo",
            value=True,
            rule=f"is not documented for {facts.name}, which with automatic training optimizes by itself",
            fix="the service may refuse or ignore it; leave it out",
        )
    if request.perform_incremental_update is True and not facts.allows_incremental_update:  # rule 35
        yield Problem(
            argument="perform_incremental_update",
            value=True,
            rule=f"must not be True for {facts.name}: {_only_for('allows_incremental_update')}",
            fix="leave it out",
        )


def _members(config: SolutionConfig, facts: RecipeFacts) -> Iterator[Problem]:
    for member, allowed in _ALLOWED.items():
        value = getattr(config, member)
        if value is not None and not getattr(facts, allowed):
            yield Problem(
                argument=f"{_CONFIG}.{member}",
                value=value,
                rule=f"must be left out for {facts.name}: {_only_for(allowed)}",
                fix="leave it out, or choose another recipe",
            )


def _only_for(allowed: str) -> str:
    takers = [recipe.name for recipe in catalog().values() if getattr(recipe, allowed)]
    others = [recipe.name for recipe in catalog().values() if not getattr(recipe, allowed)]
    if len(takers) <= len(others):
        return f"it is for {' and '.join(map(spelling, takers))}"
    return f"it is for any recipe but {' and '.join(map(spelling, others))}"


def _ranges(config: SolutionConfig, facts: RecipeFacts) -> Iterator[Problem]:
    hpo = config.hpo_config
    ranges = hpo.algorithm_hyper_parameter_ranges if isinstance(hpo, HpoConfig) else None
    if not isinstance(ranges, HyperParameterRanges):
        return
    for kind in ("integer", "continuous", "categorical"):
        member = f"{kind}_hyper_parameter_ranges"
        tried = getattr(ranges, member)
        for index, entry in enumerate(tried if isinstance(tried, Sequence) else ()):
            yield from parameters.of_range(
                entry, kind, f"{_RANGES}.{member}[{index}]", Parameters(facts, "algorithm_hyper_parameters")
            )
