"""A Campaign's resource in a template, and what it offers to the rest of the stack."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Annotations, Match, Template

from cdk_personalize import (
    AutoTraining,
    Campaign,
    CampaignConfig,
    InvalidCampaignError,
    ItemExplorationConfig,
    PersonalizeProvider,
    RankingInfluence,
    Recipe,
    Solution,
    SolutionVersion,
)

PREFIX = "arn:aws:personalize:us-east-1:123456789012"
SOLUTION = f"{PREFIX}:solution/movies"
VERSION = f"{SOLUTION}/236f000b"


def only(stack: cdk.Stack) -> dict[str, Any]:
    """The one campaign of a stack."""
    [resource] = Template.from_stack(stack).find_resources(Campaign.RESOURCE_TYPE).values()
    return dict(resource)


def own(stack: cdk.Stack) -> dict[str, Any]:
    """Its properties, but for those of every custom resource."""
    properties = only(stack)["Properties"]
    return {name: value for name, value in properties.items() if not name.startswith("Service")}


def movies(stack: cdk.Stack, **arguments: Any) -> Solution:
    given = {"dataset_group": f"{PREFIX}:dataset-group/movies", "recipe": Recipe.SIMS, **arguments}
    return Solution(stack, "Movies", **given)


def test_campaign__with_the_least__names_its_solution_and_no_version(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=SOLUTION)

    resource = only(stack)

    token = resource["Properties"].pop("ServiceToken")
    assert token["Fn::GetAtt"][0].startswith("PersonalizeProviderFrameworkframeworkonEvent")
    assert resource == {
        "Type": "Custom::PersonalizeCampaign",
        "Properties": {"ServiceTimeout": "2100", "solutionArn": SOLUTION},
    }


def test_campaign__with_everything__uses_the_apis_names_and_types(stack: cdk.Stack) -> None:
    Campaign(
        stack,
        "Live",
        solution=SOLUTION,
        campaign_name="live",
        min_provisioned_tps=2,
        campaign_config=CampaignConfig(
            item_exploration_config=ItemExplorationConfig(
                exploration_weight=0.5, exploration_item_age_cut_off=7
            ),
            enable_metadata_with_recommendations=True,
            sync_with_latest_solution_version=False,
            ranking_influence={RankingInfluence.POPULARITY: 0.5, RankingInfluence.FRESHNESS: 1},
        ),
        adopt_existing=True,
    )

    assert own(stack) == {
        "name": "live",
        "solutionArn": SOLUTION,
        "minProvisionedTPS": 2,
        "campaignConfig": {
            "itemExplorationConfig": {"explorationWeight": "0.5", "explorationItemAgeCutOff": "7"},
            "enableMetadataWithRecommendations": True,
            "syncWithLatestSolutionVersion": False,
            "rankingInfluence": {"POPULARITY": 0.5, "FRESHNESS": 1},
        },
        "adoptExisting": True,
    }


def test_campaign__of_a_solution_of_the_stack__depends_on_it_by_reference(stack: cdk.Stack) -> None:
    solution = movies(stack)
    Campaign(stack, "Live", solution=solution)

    assert own(stack) == {"solutionArn": stack.resolve(solution.solution_arn)}
    assert next(iter(own(stack)["solutionArn"])) == "Ref"


def test_campaign__of_an_imported_solution__names_it(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=Solution.from_solution_arn(stack, "Movies", SOLUTION))

    assert own(stack) == {"solutionArn": SOLUTION}


def test_campaign__with_tokens__passes_them_on(stack: cdk.Stack) -> None:
    text = cdk.CfnParameter(stack, "Text").value_as_string
    number = cdk.CfnParameter(stack, "Number", type="Number").value_as_number
    Campaign(stack, "Live", solution=text, campaign_name=text, min_provisioned_tps=number)

    assert own(stack) == {
        "name": {"Ref": "Text"},
        "solutionArn": {"Ref": "Text"},
        "minProvisionedTPS": {"Ref": "Number"},
    }


@pytest.mark.parametrize(
    "version",
    [
        lambda _: VERSION,
        lambda stack: SolutionVersion.from_solution_version_arn(stack, "Version", VERSION),
    ],
    ids=["an ARN", "a construct"],
)
def test_fixed__a_version__is_in_the_template(stack: cdk.Stack, version: Any) -> None:
    Campaign.fixed(stack, "Live", solution=SOLUTION, solution_version=version(stack))

    assert own(stack) == {"solutionArn": SOLUTION, "solutionVersionArn": VERSION}


def test_following_latest__of_a_solution__asks_the_service_for_each_version(stack: cdk.Stack) -> None:
    solution = movies(stack, auto_training=AutoTraining.every(days=7))
    Campaign.following_latest(
        stack, "Live", solution=solution, campaign_config=CampaignConfig(ranking_influence=None)
    )

    arn = stack.resolve(solution.solution_arn)
    assert own(stack) == {
        "solutionArn": arn,
        "solutionVersionArn": {"Fn::Join": ["", [arn, "/$LATEST"]]},
        "campaignConfig": {"syncWithLatestSolutionVersion": True},
    }


def test_campaign__its_attributes__are_the_resources(stack: cdk.Stack) -> None:
    campaign = Campaign(stack, "Live", solution=SOLUTION)

    resolved = stack.resolve([campaign.campaign_arn, campaign.campaign_name, campaign.status])

    logical_id = next(iter(Template.from_stack(stack).find_resources(Campaign.RESOURCE_TYPE)))
    assert resolved == [
        {"Ref": logical_id},
        {"Fn::GetAtt": [logical_id, "name"]},
        {"Fn::GetAtt": [logical_id, "status"]},
    ]


def test_campaign__with_a_name__is_known_to_another_account(app: cdk.App) -> None:
    here = cdk.Stack(app, "Here", env=cdk.Environment(account="111111111111", region="us-east-1"))
    there = cdk.Stack(app, "There", env=cdk.Environment(account="222222222222", region="us-east-1"))
    campaign = Campaign(here, "Live", solution=SOLUTION, campaign_name=cdk.PhysicalName.GENERATE_IF_NEEDED)
    cdk.CfnOutput(there, "Out", value=campaign.campaign_arn)

    value = Template.from_stack(there).to_json()["Outputs"]["Out"]["Value"]

    name = own(here)["name"]
    assert value["Fn::Join"][1][-1] == f":personalize:us-east-1:111111111111:campaign/{name}"


def test_campaign__tagged__has_the_tags_in_the_apis_form(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=SOLUTION)
    cdk.Tags.of(stack).add("team", "films", include_resource_types=[Campaign.RESOURCE_TYPE])

    assert own(stack)["tags"] == [{"tagKey": "team", "tagValue": "films"}]


@pytest.mark.parametrize(("adopts", "allowed"), [(False, 47), (True, 46)])
def test_campaign__with_too_many_tags__is_refused_by_its_own_name(
    stack: cdk.Stack, *, adopts: bool, allowed: int
) -> None:
    Campaign(stack, "Live", solution=SOLUTION, campaign_name="live", adopt_existing=adopts)
    for number in range(allowed + 1):
        cdk.Tags.of(stack).add(str(number), "x", include_resource_types=[Campaign.RESOURCE_TYPE])

    with pytest.raises(RuntimeError, match=rf"must be at most {allowed}.*Tags.of\(campaign\)"):
        Template.from_stack(stack)


def test_campaign__retained__stays_with_the_service(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=SOLUTION, removal_policy=cdk.RemovalPolicy.RETAIN)

    assert only(stack)["DeletionPolicy"] == "Retain"


def test_campaign__its_removal_policy__is_checked_whenever_it_is_set(stack: cdk.Stack) -> None:
    campaign = Campaign(stack, "Live", solution=SOLUTION)
    campaign.apply_removal_policy(cdk.RemovalPolicy.RETAIN)

    with pytest.raises(InvalidCampaignError, match="a campaign has no snapshot"):
        campaign.apply_removal_policy(cdk.RemovalPolicy.SNAPSHOT)
    assert only(stack)["DeletionPolicy"] == "Retain"


def test_campaign__beside_its_solution__has_the_same_provider(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=movies(stack))

    resources = Template.from_stack(stack).to_json()["Resources"].values()
    tokens = [
        str(item["Properties"]["ServiceToken"]) for item in resources if item["Type"].startswith("Custom::")
    ]
    assert len(tokens) == 2
    assert len(set(tokens)) == 1


def test_campaign__of_another_provider__has_that(stack: cdk.Stack) -> None:
    provider = PersonalizeProvider.from_service_token(stack, "Shared", "arn:aws:lambda:shared")
    Campaign(stack, "Live", solution=SOLUTION, provider=provider)

    assert only(stack)["Properties"]["ServiceToken"] == "arn:aws:lambda:shared"
    Template.from_stack(stack).resource_count_is("AWS::Lambda::Function", 0)


# For whatever promotes


def test_create_request__as_json__is_what_the_stack_declares_with_the_marks_of_its_owner(
    stack: cdk.Stack,
) -> None:
    campaign = Campaign(
        stack,
        "Live",
        solution=movies(stack, recipe=Recipe.USER_PERSONALIZATION),
        min_provisioned_tps=2,
        campaign_config=CampaignConfig(
            item_exploration_config=ItemExplorationConfig(exploration_weight="0.5")
        ),
    )
    cdk.CfnOutput(stack, "Request", value=stack.to_json_string(campaign.create_request))
    cdk.Tags.of(stack).add("team", "films")  # later than the request

    template = Template.from_stack(stack).to_json()
    written = template["Outputs"]["Request"]["Value"]["Fn::Join"][1]
    [logical_id] = [
        name for name, item in template["Resources"].items() if item["Type"] == Campaign.RESOURCE_TYPE
    ]
    assert json.loads("".join(part if isinstance(part, str) else named(part) for part in written)) == {
        "name": f"{logical_id}.name",
        "minProvisionedTPS": 2,
        "campaignConfig": {"itemExplorationConfig": {"explorationWeight": "0.5"}},
        "tags": [
            {"tagKey": "team", "tagValue": "films"},
            {"tagKey": "cdk-personalize:stack-id", "tagValue": "AWS::StackId"},
            {"tagKey": "cdk-personalize:logical-id", "tagValue": logical_id},
            {"tagKey": "cdk-personalize:config-hash", "tagValue": f"{logical_id}.configHash"},
        ],
    }


def named(function: dict[str, Any]) -> str:
    """An intrinsic function as a word."""
    return str(function["Ref"]) if "Ref" in function else ".".join(function["Fn::GetAtt"])


def test_create_request__of_the_least__has_a_name_and_tags_only(stack: cdk.Stack) -> None:
    request = Campaign(stack, "Live", solution=SOLUTION).create_request

    assert request.keys() == {"name", "tags"}
    assert "tags" not in own(stack), "the marks are the provider's to add"


def test_add_promoter__the_first__is_in_the_template(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=SOLUTION)._add_promoter(stack)

    assert own(stack) == {"solutionArn": SOLUTION, "hasPromoter": True}


def test_add_promoter__a_second__is_refused_with_the_first(stack: cdk.Stack) -> None:
    campaign = Campaign(stack, "Live", solution=SOLUTION)
    campaign._add_promoter(cdk.Stack(stack, "Weekly"))

    with pytest.raises(InvalidCampaignError) as raised:
        campaign._add_promoter(cdk.Stack(stack, "Daily"))

    assert str(raised.value) == (
        "Stack/Daily cannot be created as written:\n"
        "  campaign must be a campaign to which nothing else promotes: got 'Stack/Weekly'; "
        "create a second campaign, or promote to this one from one place only"
    )


@pytest.mark.parametrize(
    ("create", "shown"),
    [
        (lambda stack: Campaign.following_latest(stack, "Live", solution=SOLUTION), "following_latest"),
        (
            lambda stack: Campaign.fixed(stack, "Live", solution=SOLUTION, solution_version=VERSION),
            "fixed",
        ),
    ],
    ids=["latest", "fixed"],
)
def test_add_promoter__of_a_campaign_that_is_not_to_be_promoted_to__is_refused(
    stack: cdk.Stack, create: Any, shown: str
) -> None:
    campaign = create(stack)

    [problem] = campaign._promoter_problems("campaign")
    with pytest.raises(InvalidCampaignError, match=rf"Campaign.{shown}\(...\)'; create it with Campaign"):
        campaign._add_promoter(stack)

    assert problem.argument == "campaign"
    assert "hasPromoter" not in own(stack)


# Annotations


def said(stack: cdk.Stack, level: str) -> list[str]:
    found = getattr(Annotations.from_stack(stack), f"find_{level}")("*", Match.any_value())
    return [str(entry.entry.data) for entry in found]


def test_campaign__of_any_kind__says_once_that_it_bills(stack: cdk.Stack) -> None:
    Campaign(stack, "Live", solution=SOLUTION)

    [info] = said(stack, "info")
    assert info.startswith("A campaign is billed from its creation to its deletion, also without requests")
    assert info.endswith("[ack: cdk-personalize:campaign-bills]")
    assert said(stack, "warning") == []


def test_campaign__its_info__can_be_acknowledged(stack: cdk.Stack) -> None:
    campaign = Campaign(stack, "Live", solution=SOLUTION)

    cdk.Annotations.of(campaign).acknowledge_info("cdk-personalize:campaign-bills", "we know")

    assert said(stack, "info") == []


def test_campaign__that_names_what_is_elsewhere__is_warned_of(app: cdk.App) -> None:
    stack = cdk.Stack(app, "Ireland", env=cdk.Environment(account="111122223333", region="eu-west-1"))
    Campaign.fixed(stack, "Live", solution=SOLUTION, solution_version=VERSION)

    warnings = said(stack, "warning")

    assert [warning.partition(",")[0] for warning in warnings] == [
        f"{argument} must be in the stack's {place}"
        for argument in ("solution", "solution_version")
        for place in ("Region", "account")
    ]
