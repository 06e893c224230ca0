"""The grants, metrics and alarms of a campaign in a template."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from cdk_personalize import Campaign, ICampaign, InvalidCampaignError, Recipe, Solution

ARN = "arn:aws:personalize:us-east-1:123456789012:campaign/live"
GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """Where the campaign is."""
    return cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="us-east-1"))


@pytest.fixture
def live(stack: cdk.Stack) -> ICampaign:
    return Campaign.from_campaign_arn(stack, "Live", ARN)


def defined(stack: cdk.Stack, recipe: Recipe, **arguments: Any) -> Campaign:
    solution = Solution(stack, "Movies", dataset_group=GROUP, recipe=recipe)
    return Campaign(stack, "Live", solution=solution, **arguments)


@pytest.mark.parametrize(
    ("grant", "action"),
    [
        ("grant_get_recommendations", "GetRecommendations"),
        ("grant_get_personalized_ranking", "GetPersonalizedRanking"),
        ("grant_get_action_recommendations", "GetActionRecommendations"),
    ],
)
def test_grant__of_requests__is_on_the_campaign_alone(
    stack: cdk.Stack, live: ICampaign, grant: str, action: str
) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))

    assert getattr(live, grant)(role).success

    [policy] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {"Action": f"personalize:{action}", "Effect": "Allow", "Resource": ARN}
    ]


def test_grant__of_other_actions__has_only_list_calls_on_everything(
    stack: cdk.Stack, live: ICampaign
) -> None:
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))

    live.grant(role, "personalize:DescribeCampaign", "personalize:ListCampaigns")

    [policy] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    assert policy["Properties"]["PolicyDocument"]["Statement"] == [
        {"Action": "personalize:DescribeCampaign", "Effect": "Allow", "Resource": ARN},
        {"Action": "personalize:ListCampaigns", "Effect": "Allow", "Resource": "*"},
    ]


def alarm(stack: cdk.Stack) -> dict[str, Any]:
    [found] = Template.from_stack(stack).find_resources("AWS::CloudWatch::Alarm").values()
    return dict(found["Properties"])


@pytest.mark.parametrize(
    ("metric", "suffix", "statistic"),
    [
        ("metric_requests", "", "Sum"),
        ("metric_latency", "Latency", "Average"),
        ("metric_client_errors", "4xxErrors", "Sum"),
        ("metric_server_errors", "5xxErrors", "Sum"),
    ],
)
def test_metric__by_its_name__is_the_services(
    stack: cdk.Stack, live: ICampaign, metric: str, suffix: str, statistic: str
) -> None:
    getattr(live, metric)().create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)

    found = alarm(stack)
    assert found["Namespace"] == "AWS/Personalize"
    assert found["MetricName"] == f"GetRecommendations{suffix}"
    assert found["Dimensions"] == [{"Name": "CampaignArn", "Value": ARN}]
    assert (found["Statistic"], found["Period"]) == (statistic, 300)


@pytest.mark.parametrize(
    ("recipe", "operation"),
    [
        (Recipe.PERSONALIZED_RANKING, "GetPersonalizedRanking"),
        (Recipe.PERSONALIZED_RANKING_V2, "GetPersonalizedRanking"),
        (Recipe.SIMS, "GetRecommendations"),
        (Recipe.TRENDING_NOW, "GetRecommendations"),
        (Recipe.from_arn("arn:aws:personalize:::recipe/aws-of-tomorrow"), "GetRecommendations"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_metric__of_a_recipe__counts_what_its_campaigns_answer(
    stack: cdk.Stack, recipe: Recipe, operation: str
) -> None:
    campaign = defined(stack, recipe)
    imported = Campaign.from_campaign_attributes(stack, "There", campaign_arn=ARN, recipe=recipe)

    assert campaign.metric_requests().metric_name == operation
    assert imported.metric_requests().metric_name == operation


def test_metric__of_recommended_actions__is_refused_for_the_service_has_none(stack: cdk.Stack) -> None:
    campaign = defined(stack, Recipe.NEXT_BEST_ACTION)

    with pytest.raises(InvalidCampaignError, match="GetActionRecommendations has no documented metrics"):
        campaign.alarm_when_idle("Idle")
    assert campaign.metric("GetActionRecommendations").metric_name == "GetActionRecommendations"


@pytest.mark.parametrize(("arguments", "minimum"), [({}, "1"), ({"min_provisioned_tps": 5}, "5")])
def test_metric_provisioned_tps_used__is_the_share_of_what_is_paid_for(
    stack: cdk.Stack, arguments: dict[str, Any], minimum: str
) -> None:
    campaign = defined(stack, Recipe.SIMS, **arguments)
    used = campaign.metric_provisioned_tps_used(period=cdk.Duration.minutes(1))
    used.create_alarm(stack, "Alarm", threshold=80, evaluation_periods=1)

    expression, requests = alarm(stack)["Metrics"]
    assert expression["Expression"] == f"100 * FILL(requests, 0) / PERIOD(requests) / {minimum}"
    assert requests["Id"] == "requests"
    assert requests["MetricStat"]["Metric"]["MetricName"] == "GetRecommendations"
    assert (requests["MetricStat"]["Stat"], requests["MetricStat"]["Period"]) == ("Sum", 60)


def test_metric_provisioned_tps_used__of_a_minimum_known_at_deploy_time__refers_to_it(
    stack: cdk.Stack,
) -> None:
    minimum = cdk.CfnParameter(stack, "Minimum", type="Number").value_as_number
    campaign = defined(stack, Recipe.SIMS, min_provisioned_tps=minimum)
    campaign.metric_provisioned_tps_used().create_alarm(stack, "Alarm", threshold=80, evaluation_periods=1)

    assert alarm(stack)["Metrics"][0]["Expression"]["Fn::Join"][1] == [
        "100 * FILL(requests, 0) / PERIOD(requests) / ",
        {"Ref": "Minimum"},
    ]


@pytest.mark.parametrize(
    ("after", "hours"), [(None, 24), (cdk.Duration.days(7), 168)], ids=["a day", "a week"]
)
def test_alarm_when_idle__looks_back_as_long_as_it_may(
    stack: cdk.Stack, live: ICampaign, after: cdk.Duration | None, hours: int
) -> None:
    assert isinstance(live.alarm_when_idle("Idle", after=after), cloudwatch.Alarm)

    assert alarm(stack) == {
        "AlarmDescription": f"No requests for {hours} hours, while the campaign is billed",
        "ComparisonOperator": "LessThanThreshold",
        "Dimensions": [{"Name": "CampaignArn", "Value": ARN}],
        "EvaluationPeriods": hours,
        "MetricName": "GetRecommendations",
        "Namespace": "AWS/Personalize",
        "Period": 3600,
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "breaching",
    }


@pytest.mark.parametrize("minutes", [0, 59, 90, 7 * 24 * 60 + 60])
def test_alarm_when_idle__after_what_no_alarm_can_do__is_refused(live: ICampaign, minutes: int) -> None:
    with pytest.raises(InvalidCampaignError, match="after must be whole hours, 1 to 168"):
        live.alarm_when_idle("Idle", after=cdk.Duration.minutes(minutes))


def test_alarm_on_errors__counts_both_kinds(stack: cdk.Stack, live: ICampaign) -> None:
    live.alarm_on_errors("Errors", threshold=10, period=cdk.Duration.minutes(1))

    found = alarm(stack)
    expression, *metrics = found["Metrics"]
    assert expression["Expression"] == "FILL(client, 0) + FILL(server, 0)"
    assert {item["Id"]: item["MetricStat"]["Metric"]["MetricName"] for item in metrics} == {
        "client": "GetRecommendations4xxErrors",
        "server": "GetRecommendations5xxErrors",
    }
    assert {item["MetricStat"]["Period"] for item in metrics} == {60}
    assert (found["Threshold"], found["ComparisonOperator"]) == (10, "GreaterThanOrEqualToThreshold")
    assert found["TreatMissingData"] == "notBreaching"


def test_metric__of_a_campaign_elsewhere__is_looked_for_there(stack: cdk.Stack) -> None:
    there = Campaign.from_campaign_arn(stack, "There", ARN.replace("us-east-1", "eu-west-1"))
    cloudwatch.Dashboard(stack, "Board", widgets=[[cloudwatch.GraphWidget(left=[there.metric_requests()])]])

    [board] = Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard").values()
    assert '"region":"eu-west-1"' in str(board["Properties"]["DashboardBody"])
