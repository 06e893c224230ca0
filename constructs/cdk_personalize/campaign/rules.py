"""Rules between the arguments of one campaign, and between them and its solution.

They apply only to values that are known and well formed: a token satisfies every rule, and a malformed
argument has its own problem already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from cdk_personalize.campaign.config import CampaignConfig
from cdk_personalize.campaign.request import CampaignRequest
from cdk_personalize.model.findings import Doubt, Note, Problem
from cdk_personalize.model.structures import members_problems
from cdk_personalize.model.tokens import is_token
from cdk_personalize.recipe.facts import RecipeFacts, catalog
from cdk_personalize.recipe.recipe import Recipe, spelling
from cdk_personalize.solution.arn import SOLUTION, VERSION
from cdk_personalize.solution.config import AutoTraining

_CONFIG = "campaign_config"
_SYNC = f"{_CONFIG}.sync_with_latest_solution_version"

_ALLOWED = {  # rule 158
    "item_exploration_config": "allows_item_exploration",
    "ranking_influence": "allows_ranking_influence",
}

BILLS = Note(
    id="campaign-bills",
    text="A campaign is billed from its creation to its deletion, also without requests, for at least "
    "min_provisioned_tps (rule 108)",
)
"""Said of each campaign."""


class VersionChoice(Enum):
    """Who chooses the version that a campaign serves."""

    PROMOTER = "promoter"
    """Whoever promotes versions; if nobody does, the provider starts with the newest."""
    FIXED = "fixed"
    """The stack."""
    LATEST = "latest"
    """The service: always the newest."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """What is known about the solution of a campaign.

    Attributes:
        recipe: Its recipe; None if unknown.
        auto_training: Its automatic training; None if unknown.
    """

    recipe: Recipe | None = None
    auto_training: AutoTraining | None = None

    @property
    def facts(self) -> RecipeFacts | None:
        """What the catalog says about the recipe."""
        return None if self.recipe is None else self.recipe.facts


def examine(request: CampaignRequest, choice: VersionChoice, source: Source) -> list[Problem]:
    """Find everything wrong or doubtful in a request."""
    return [
        *members_problems(request),
        *_required(request, choice),
        *_version(request),
        *_sync(request, choice),
        *_recipe(request, source),
        *_throughput(request),
    ]


def _required(request: CampaignRequest, choice: VersionChoice) -> Iterator[Problem]:
    if request.solution is None:
        yield Problem(argument="solution", value=None, rule="is required", fix=SOLUTION.hint)
    if choice is VersionChoice.FIXED and request.solution_version is None:
        yield Problem(argument="solution_version", value=None, rule="is required", fix=VERSION.hint)


def _version(request: CampaignRequest) -> Iterator[Problem]:
    """A fixed version is one of the campaign's own solution."""
    solution, version = request.solution, request.solution_version
    literal = [value for value in (solution, version) if isinstance(value, str) and not is_token(value)]
    if len(literal) > 1 and not version.startswith(f"{solution}/"):
        yield Problem(
            argument="solution_version",
            value=version,
            rule=f"must be a version of the solution {solution}",
            fix="pass a version of that solution, or change solution, which replaces the campaign",
        )


def _sync(request: CampaignRequest, choice: VersionChoice) -> Iterator[Problem]:
    """The flag goes with `$LATEST` (rule 103)."""
    sync = _known(request.campaign_config).sync_with_latest_solution_version
    if choice is VersionChoice.LATEST and is_token(request.campaign_config):
        yield Problem(
            argument=_CONFIG,
            value=request.campaign_config,
            rule="must be a CampaignConfig: a campaign that follows the latest version sets a flag in it",
            fix="pass a CampaignConfig(...) with tokens as values",
        )
    if choice is VersionChoice.LATEST and sync is False:
        yield Problem(
            argument=_SYNC,
            value=sync,
            rule="must not be False for a campaign that follows the latest version",
            fix="leave it out, or use Campaign(...)",
        )
    if choice is not VersionChoice.LATEST and sync is True:
        yield Problem(
            argument=_SYNC,
            value=sync,
            rule="must be left out: the service then deploys every new version, whoever chose another",
            fix="leave it out, or use Campaign.following_latest(...), which sets it",
        )


def _recipe(request: CampaignRequest, source: Source) -> Iterator[Problem]:
    facts = source.facts
    if facts is None:
        return
    if not facts.allows_campaign:  # rule 109
        yield Problem(
            argument="solution",
            value=facts.name,
            rule=f"must have a recipe that a campaign can serve: {facts.name} is for batch jobs only",
            fix="create batch jobs instead, or choose another recipe for the solution",
        )
    config = _known(request.campaign_config)
    for member, allowed in _ALLOWED.items():
        value = getattr(config, member)
        if value is not None and not getattr(facts, allowed):
            takers = " and ".join(
                spelling(name) for name, other in catalog().items() if getattr(other, allowed)
            )
            yield Problem(
                argument=f"{_CONFIG}.{member}",
                value=value,
                rule=f"must be left out for {facts.name}: it is for {takers}",
                fix="leave it out, or choose another recipe for the solution",
            )
    if config.enable_metadata_with_recommendations is not None and facts.has_free_metadata:  # rule 157
        yield Doubt(
            id="campaign-metadata",
            argument=f"{_CONFIG}.enable_metadata_with_recommendations",
            value=config.enable_metadata_with_recommendations,
            rule=f"has no effect for {facts.name}, whose campaigns can always return metadata, for free",
            fix="leave it out",
        )


def following_doubts(training: AutoTraining | None, pipelines: Mapping[str, bool]) -> Iterator[Doubt]:
    """Find what may be wrong with what trains the solution of a campaign that follows its latest version.

    Args:
        training: The solution's automatic training; None if unknown.
        pipelines: The paths of the app's pipelines that train the solution, and whether each judges what it
            trained.
    """
    for path, judges in pipelines.items():
        if judges:
            yield Doubt(
                id="campaign-bypasses-gate",
                argument="solution",
                value=path,
                rule="should not be trained by a pipeline with a gate or an approval: this campaign serves "
                "each version as soon as it is trained, before the pipeline has judged it (rule 105)",
                fix="use the campaign of the pipeline in place of this one; if this one is for trying "
                "versions that nothing has judged, acknowledge this warning",
            )
    if not pipelines and training is not None and training.enabled is False:
        yield Doubt(
            id="campaign-without-training",
            argument="solution",
            value="auto_training=AutoTraining.DISABLED",
            rule="must be trained by something, or a campaign that follows its latest version never changes",
            fix="pass auto_training=AutoTraining.every(days=7) to the solution; if something else trains it, "
            "each version that it trains is deployed, and no metric can prevent that (rule 105)",
        )


def _throughput(request: CampaignRequest) -> Iterator[Problem]:
    tps = request.min_provisioned_tps
    if isinstance(tps, int) and not isinstance(tps, bool) and tps > 1:  # rule 108
        yield Doubt(
            id="campaign-throughput",
            argument="min_provisioned_tps",
            value=tps,
            rule="is billed around the clock, also without requests",
            fix="leave it out for 1: the campaign scales up by itself. If that takes too long for your "
            "peaks (rule 159), acknowledge this warning",
        )


def promoter_problems(choice: VersionChoice, promoter: str | None, at: str) -> Iterator[Problem]:
    """Find why a construct can't promote versions to a campaign.

    Args:
        choice: Who chooses the campaign's version.
        promoter: The path of the construct that promotes to it already, if any.
        at: The argument that names the campaign.
    """
    if choice is VersionChoice.FIXED:
        yield Problem(
            argument=at,
            value="Campaign.fixed(...)",
            rule="must be a campaign whose version others may choose: the stack fixes this one's",
            fix="create it with Campaign(...)",
        )
    if choice is VersionChoice.LATEST:
        yield Problem(
            argument=at,
            value="Campaign.following_latest(...)",
            rule="must be a campaign whose version others may choose: the service gives this one every "
            "version, also one that a gate rejected (rule 105)",
            fix="create it with Campaign(...)",
        )
    if promoter is not None:
        yield Problem(
            argument=at,
            value=promoter,
            rule="must be a campaign to which nothing else promotes",
            fix="create a second campaign, or promote to this one from one place only",
        )


def _known(config: object) -> CampaignConfig:
    """Return a configuration, or an empty one for a value that is absent, a token, or of the wrong type."""
    return config if isinstance(config, CampaignConfig) else CampaignConfig()
