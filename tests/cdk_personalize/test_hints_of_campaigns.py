"""Next steps of messages about campaigns are followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import (
    Approval,
    AutoTraining,
    Campaign,
    CampaignConfig,
    InvalidConstructError,
    ItemExplorationConfig,
    MetricGate,
    PersonalizeDashboard,
    Recipe,
    Solution,
    SolutionVersion,
    TrainingPipeline,
)

SOLUTION = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
CAMPAIGN = "arn:aws:personalize:us-east-1:123456789012:campaign/live"
VERSION = f"{SOLUTION}/236f000b"
V1, V2 = Recipe.USER_PERSONALIZATION, Recipe.USER_PERSONALIZATION_V2
EXPLORES = CampaignConfig(item_exploration_config=ItemExplorationConfig(exploration_weight=0.5))
METADATA = CampaignConfig(enable_metadata_with_recommendations=True)
SYNC, NO_SYNC = (CampaignConfig(sync_with_latest_solution_version=flag) for flag in (True, False))

Act = Callable[[cdk.Stack], Any]


def live(stack: cdk.Stack, solution: Any = SOLUTION, **arguments: Any) -> Campaign:
    return Campaign(stack, "Live", solution=solution, **arguments)


def latest(stack: cdk.Stack, solution: Any = SOLUTION, **arguments: Any) -> Campaign:
    return Campaign.following_latest(stack, "Live", solution=solution, **arguments)


def fixed(stack: cdk.Stack, version: Any = VERSION, solution: Any = SOLUTION) -> Campaign:
    return Campaign.fixed(stack, "Live", solution=solution, solution_version=version)


def movies(stack: cdk.Stack, recipe: Recipe, **arguments: Any) -> Solution:
    group = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
    return Solution(stack, "Movies", dataset_group=group, recipe=recipe, **arguments)


def judged(stack: cdk.Stack, solution: Solution, **by: Any) -> Campaign:
    """The campaign of a pipeline with a gate, or with something else that judges."""
    campaign = Campaign(stack, "Judged", solution=solution)
    by = by or {"gate": MetricGate.at_least("coverage", 0.2)}
    TrainingPipeline(stack, "Train", solution=solution, campaign=campaign, **by)
    return campaign


def bypassed(stack: cdk.Stack) -> Campaign:
    solution = movies(stack, V1)
    judged(stack, solution)
    return latest(stack, solution)


def bypassed_from_another_stack(stack: cdk.Stack) -> None:
    """The campaign comes first, and only names the solution by its ARN."""
    solution = movies(cdk.Stack(stack.node.root, "Data"), V1)
    latest(stack, solution.solution_arn)
    judged(stack, solution, approval=Approval(sns.Topic(stack, "Topic")))


def promoted_twice(stack: cdk.Stack) -> None:
    campaign = live(stack)
    campaign._add_promoter(stack)
    campaign._add_promoter(stack)


def promoted_once_each(stack: cdk.Stack) -> None:
    live(stack)._add_promoter(stack)
    Campaign(stack, "Second", solution=SOLUTION)._add_promoter(stack)


HINTS: list[tuple[str, Act, Act]] = [
    (
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:campaign/live; for a name use "
        "Campaign.from_campaign_name",
        lambda stack: Campaign.from_campaign_arn(stack, "Live", "live"),
        lambda stack: (
            Campaign.from_campaign_name(stack, "Live", "live"),
            Campaign.from_campaign_arn(stack, "Other", CAMPAIGN),
        ),
    ),
    (
        "pass the ARN, or the name for a campaign of this account",
        lambda stack: Campaign.from_campaign_attributes(stack, "Live"),
        lambda stack: Campaign.from_campaign_attributes(stack, "Live", campaign_name="live"),
    ),
    (
        "pass a Solution, a Solution.from_solution_name(...), or an ARN as a string",
        lambda stack: live(stack, None),
        lambda stack: live(stack, Solution.from_solution_name(stack, "Movies", "movies")),
    ),
    (
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:solution/movies; for a name use "
        "Solution.from_solution_name",
        lambda stack: live(stack, "movies"),
        live,
    ),
    (
        "pass a SolutionVersion.from_solution_version_arn(...), or an ARN as a string",
        lambda stack: fixed(stack, None),
        lambda stack: fixed(stack, SolutionVersion.from_solution_version_arn(stack, "Version", VERSION)),
    ),
    (
        "an ARN is like arn:aws:personalize:us-east-1:123456789012:solution/movies/236f000b; "
        "ListSolutionVersions has those of a solution",
        lambda stack: fixed(stack, "236f000b"),
        fixed,
    ),
    (
        "pass a version of that solution, or change solution, which replaces the campaign",
        lambda stack: fixed(stack, VERSION.replace("movies", "films")),
        lambda stack: fixed(stack, VERSION.replace("movies", "films"), SOLUTION.replace("movies", "films")),
    ),
    (
        "pass a CampaignConfig(...) with tokens as values",
        lambda stack: latest(stack, campaign_config=cdk.Fn.get_att("Config", "Value")),
        lambda stack: latest(
            stack,
            campaign_config=CampaignConfig(
                enable_metadata_with_recommendations=cdk.Fn.get_att("Config", "Value")  # type: ignore[arg-type]
            ),
        ),
    ),
    (
        "leave it out, or use Campaign(...)",
        lambda stack: latest(stack, campaign_config=NO_SYNC),
        lambda stack: live(stack, campaign_config=NO_SYNC),
    ),
    (
        "leave it out, or use Campaign.following_latest(...), which sets it",
        lambda stack: live(stack, campaign_config=SYNC),
        lambda stack: latest(stack, campaign_config=SYNC),
    ),
    (
        "create batch jobs instead, or choose another recipe for the solution",
        lambda stack: live(stack, movies(stack, Recipe.ITEM_AFFINITY)),
        lambda stack: live(stack, movies(stack, V1)),
    ),
    (
        "leave it out, or choose another recipe for the solution",
        lambda stack: live(stack, movies(stack, V2), campaign_config=EXPLORES),
        lambda stack: live(stack, movies(stack, V1), campaign_config=EXPLORES),
    ),
    (
        "leave it out",
        lambda stack: live(stack, movies(stack, V2), campaign_config=METADATA),
        lambda stack: live(stack, movies(stack, V2)),
    ),
    (
        "pass auto_training=AutoTraining.every(days=7) to the solution; if something else trains it, each "
        "version that it trains is deployed, and no metric can prevent that (rule 105)",
        lambda stack: latest(stack, movies(stack, V1)),
        lambda stack: latest(stack, movies(stack, V1, auto_training=AutoTraining.every(days=7))),
    ),
    (
        "use the campaign of the pipeline in place of this one; if this one is for trying versions that "
        "nothing has judged, acknowledge this warning",
        bypassed,
        lambda stack: judged(stack, movies(stack, V1)),
    ),
    (
        "use the campaign of the pipeline in place of this one; if this one is for trying versions that "
        "nothing has judged, acknowledge this warning",
        bypassed_from_another_stack,
        lambda stack: cdk.Annotations.of(bypassed(stack)).acknowledge_warning(
            "cdk-personalize:campaign-bypasses-gate"
        ),
    ),
    (
        "leave it out for 1: the campaign scales up by itself. If that takes too long for your peaks "
        "(rule 159), acknowledge this warning",
        lambda stack: live(stack, min_provisioned_tps=5),
        live,
    ),
    (
        "leave it out for 1: the campaign scales up by itself. If that takes too long for your peaks "
        "(rule 159), acknowledge this warning",
        lambda stack: live(stack, min_provisioned_tps=5),
        lambda stack: cdk.Annotations.of(live(stack, min_provisioned_tps=5)).acknowledge_warning(
            "cdk-personalize:campaign-throughput"
        ),
    ),
    (
        "create it with Campaign(...)",
        lambda stack: latest(stack)._add_promoter(stack),
        lambda stack: live(stack)._add_promoter(stack),
    ),
    (
        "create it with Campaign(...)",
        lambda stack: fixed(stack)._add_promoter(stack),
        lambda stack: live(stack)._add_promoter(stack),
    ),
    (
        "create a second campaign, or promote to this one from one place only",
        promoted_twice,
        promoted_once_each,
    ),
    (
        "leave it out for one day",
        lambda stack: live(stack).alarm_when_idle("Idle", after=cdk.Duration.minutes(5)),
        lambda stack: live(stack).alarm_when_idle("Idle"),
    ),
    (
        "pass one such as Duration.hours(6)",
        lambda stack: live(stack).alarm_when_idle("Idle", after=6),  # type: ignore[arg-type]
        lambda stack: live(stack).alarm_when_idle("Idle", after=cdk.Duration.hours(6)),
    ),
    (
        "pass one such as Duration.minutes(5)",
        lambda stack: live(stack).alarm_on_errors("Errors", period=cdk.Duration.seconds(0)),
        lambda stack: live(stack).alarm_on_errors("Errors", period=cdk.Duration.minutes(5)),
    ),
    (
        "choose a value in that range",
        lambda stack: live(stack).alarm_on_errors("Errors", threshold=0),
        lambda stack: live(stack).alarm_on_errors("Errors", threshold=1),
    ),
    (
        "use Recipe.PERSONALIZED_RANKING",
        lambda stack: Campaign.from_campaign_attributes(
            stack,
            "Live",
            campaign_name="live",
            recipe="aws-personalized-ranking",  # type: ignore[arg-type]
        ),
        lambda stack: Campaign.from_campaign_attributes(
            stack, "Live", campaign_name="live", recipe=Recipe.PERSONALIZED_RANKING
        ),
    ),
    (
        "pass an account like 123456789012",
        lambda stack: Campaign.from_campaign_attributes(stack, "Live", campaign_name="live", account="12"),
        lambda stack: Campaign.from_campaign_attributes(
            stack, "Live", campaign_name="live", account="123456789012"
        ),
    ),
    (
        "pass a code like us-east-1",
        lambda stack: Campaign.from_campaign_attributes(stack, "Live", campaign_name="live", region="Ohio"),
        lambda stack: Campaign.from_campaign_attributes(
            stack, "Live", campaign_name="live", region="us-east-1"
        ),
    ),
    (
        "pass a PersonalizeProvider, or leave it out for the stack's own",
        lambda stack: live(stack, provider="shared"),
        live,
    ),
    (
        "pass a TrainingPipeline(...)",
        lambda stack: PersonalizeDashboard(stack, "Dashboard", pipelines=[live(stack)]),  # type: ignore[list-item]
        lambda stack: PersonalizeDashboard(
            stack, "Dashboard", pipelines=[TrainingPipeline(stack, "Train", solution=movies(stack, V1))]
        ),
    ),
    (
        "pass a Campaign(...)",
        lambda stack: PersonalizeDashboard(
            stack,
            "Dashboard",
            campaigns=[Campaign.from_campaign_name(stack, "Live", "live")],  # type: ignore[list-item]
        ),
        lambda stack: PersonalizeDashboard(stack, "Dashboard", campaigns=[live(stack)]),
    ),
    (
        "count requests in your application; if the service has metrics now, use metric(name)",
        lambda stack: live(stack, movies(stack, Recipe.NEXT_BEST_ACTION)).metric_requests(),
        lambda stack: live(stack, movies(stack, Recipe.NEXT_BEST_ACTION)).metric("GetActionRecommendations"),
    ),
    (
        "pass the name of the campaign to take over",
        lambda stack: live(stack, adopt_existing=True),
        lambda stack: live(stack, adopt_existing=True, campaign_name="live"),
    ),
    (
        "use RemovalPolicy.RETAIN to keep the campaign",
        lambda stack: live(stack, removal_policy=cdk.RemovalPolicy.SNAPSHOT),
        lambda stack: live(stack, removal_policy=cdk.RemovalPolicy.RETAIN),
    ),
]


@pytest.mark.parametrize(("says", "wrong", "right"), HINTS, ids=[says[:50] for says, _, _ in HINTS])
def test_hint__of_a_campaign__is_followed_and_nothing_is_said_any_more(
    says: str, wrong: Act, right: Act
) -> None:
    assert says in "\n".join(said_of(wrong))
    assert [said for said in said_of(right) if says in said or "cannot be created" in said] == []


def said_of(act: Act) -> list[str]:
    """The errors or warnings of a synthesis."""
    stack = cdk.Stack(cdk.App(), "Stack")
    try:
        act(stack)
    except InvalidConstructError as error:
        return [str(error)]
    Template.from_stack(stack)
    warnings = Annotations.from_stack(stack).find_warning("*", Match.any_value())
    return [str(warning.entry.data) for warning in warnings]
