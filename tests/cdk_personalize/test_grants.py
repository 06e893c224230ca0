"""The grants and metrics of a solution in a template. tests/e2e shows that the rights suffice."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template

from cdk_personalize import ISolution, Recipe, Solution

ARN = "arn:aws:personalize:us-east-1:123456789012:solution/movies"


@pytest.fixture
def stack(app: cdk.App) -> cdk.Stack:
    """Where the solution is."""
    return cdk.Stack(app, "Stack", env=cdk.Environment(account="123456789012", region="us-east-1"))


@pytest.fixture
def role(stack: cdk.Stack) -> iam.Role:
    return iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("states.amazonaws.com"))


@pytest.fixture
def movies(stack: cdk.Stack) -> ISolution:
    return Solution.from_solution_arn(stack, "Movies", ARN)


def statements(stack: cdk.Stack) -> list[dict[str, Any]]:
    [policy] = Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    return list(policy["Properties"]["PolicyDocument"]["Statement"])


def allowed(actions: str | list[str], resource: str | list[str]) -> dict[str, Any]:
    return {"Action": actions, "Effect": "Allow", "Resource": resource}


def test_grant_train__allows_to_train_and_to_see_how_it_ends(
    stack: cdk.Stack, movies: ISolution, role: iam.Role
) -> None:
    grant = movies.grant_train(role)

    assert grant.success
    actions = ["CreateSolutionVersion", "DescribeSolution", "DescribeSolutionVersion"]
    assert statements(stack) == [allowed([f"personalize:{action}" for action in actions], [ARN, f"{ARN}/*"])]


def test_grant_read__has_only_the_list_call_on_everything(
    stack: cdk.Stack, movies: ISolution, role: iam.Role
) -> None:
    grant = movies.grant_read(role)

    assert grant.success
    actions = ["DescribeSolution", "DescribeSolutionVersion", "GetSolutionMetrics", "ListTagsForResource"]
    assert statements(stack) == [
        allowed([f"personalize:{action}" for action in actions], [ARN, f"{ARN}/*"]),
        allowed("personalize:ListSolutionVersions", "*"),
    ]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("personalize:UpdateSolution", [ARN, f"{ARN}/*"]),
        ("personalize:ListTagsForResource", [ARN, f"{ARN}/*"]),
        ("personalize:listtagsforresource", [ARN, f"{ARN}/*"]),  # IAM takes any case
        ("personalize:ListCampaigns", "*"),
        ("Personalize:listCampaigns", "*"),
    ],
)
def test_grant__one_action__has_the_resources_that_it_takes(
    stack: cdk.Stack, movies: ISolution, role: iam.Role, action: str, resource: Any
) -> None:
    movies.grant(role, action)

    assert statements(stack) == [allowed(action, resource)]


def test_grant__what_is_no_action__is_refused_by_cdk(movies: ISolution, role: iam.Role) -> None:
    with pytest.raises(RuntimeError, match="Action 'DescribeSolution' is invalid"):
        movies.grant(role, "DescribeSolution")


def test_grant__of_a_solution_of_the_stack__names_it_by_its_arn(
    stack: cdk.Stack, dataset_group: str, role: iam.Role
) -> None:
    movies = Solution(stack, "New", dataset_group=dataset_group, recipe=Recipe.SIMS)
    movies.grant_train(role)

    template = Template.from_stack(stack)
    [logical_id] = template.find_resources(Solution.RESOURCE_TYPE)
    arn = {"Ref": logical_id}
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": Match.object_like(
                {"Statement": [Match.object_like({"Resource": [arn, {"Fn::Join": ["", [arn, "/*"]]}]})]}
            )
        },
    )


def series(stack: cdk.Stack, metric: cloudwatch.Metric) -> dict[str, Any]:
    """The metric as an alarm's properties have it, but for those of the alarm."""
    metric.create_alarm(stack, "Alarm", threshold=1, evaluation_periods=1)
    [alarm] = Template.from_stack(stack).find_resources("AWS::CloudWatch::Alarm").values()
    ours = ("Namespace", "MetricName", "Dimensions", "Statistic", "Period")
    return {name: alarm["Properties"][name] for name in ours}


def test_metric_training_time__is_the_average_in_seconds(stack: cdk.Stack, movies: ISolution) -> None:
    assert series(stack, movies.metric_training_time()) == {
        "Namespace": "AWS/Personalize",
        "MetricName": "SolutionTrainingJobExecutionTime",
        "Dimensions": [{"Name": "SolutionArn", "Value": ARN}],
        "Statistic": "Average",
        "Period": 300,
    }


def test_metric_training_errors__is_their_sum(stack: cdk.Stack, movies: ISolution) -> None:
    found = series(stack, movies.metric_training_errors(period=cdk.Duration.hours(1)))

    assert (found["MetricName"], found["Statistic"], found["Period"]) == (
        "SolutionTrainingJobError",
        "Sum",
        3600,
    )


def test_metric__with_options__has_them(stack: cdk.Stack, movies: ISolution) -> None:
    version = f"{ARN}/236f000b"
    found = series(
        stack,
        movies.metric(
            "SolutionTrainingJobRequests",
            statistic="Maximum",
            dimensions_map={"SolutionVersionArn": version},
        ),
    )

    assert found["Statistic"] == "Maximum"
    assert found["Dimensions"] == [
        {"Name": "SolutionArn", "Value": ARN},
        {"Name": "SolutionVersionArn", "Value": version},
    ]


def test_metric__of_a_solution_elsewhere__is_looked_for_there(stack: cdk.Stack) -> None:
    there = Solution.from_solution_arn(stack, "There", ARN.replace("us-east-1", "eu-west-1"))
    cloudwatch.Dashboard(
        stack, "Board", widgets=[[cloudwatch.GraphWidget(left=[there.metric_training_time()])]]
    )

    [board] = Template.from_stack(stack).find_resources("AWS::CloudWatch::Dashboard").values()
    assert '{"accountId":"123456789012","region":"eu-west-1"}' in str(board["Properties"]["DashboardBody"])
