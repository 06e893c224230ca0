"""What a `PersonalizeDashboard` shows."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk

from cdk_personalize import Campaign, MetricGate, PersonalizeDashboard, Recipe, Solution
from support.requests.pipelines import GROUP, NDCG, resources, smallest, stack, template, text_of


def widgets(scope: cdk.Stack) -> dict[str, dict[str, Any]]:
    """The properties of a stack's only dashboard's widgets, by title."""
    [dashboard] = resources(template(scope), "AWS::CloudWatch::Dashboard").values()
    body = json.loads(text_of(dashboard["DashboardBody"]))
    assert body["start"] == "-P28D"
    assert {widget["width"] for widget in body["widgets"]} <= {12}
    return {widget["properties"]["title"]: widget["properties"] for widget in body["widgets"]}


def named(properties: dict[str, Any]) -> list[str]:
    """The names of a widget's metrics."""
    return [metric[1] for metric in properties["metrics"] if len(metric) > 1]


def test_dashboard__of_a_pipeline__has_outcomes_metrics_trainings_and_traffic() -> None:
    scope = stack()
    gate = MetricGate.all_of(MetricGate.at_least("precision_at_25", 0.1), MetricGate.no_drop(NDCG))
    PersonalizeDashboard(scope, "Dashboard", pipelines=[smallest(scope, gate=gate)])

    found = widgets(scope)

    assert [*found] == [
        "Runs of Films/Train",
        "Metrics of candidates of Films/Train",
        "Trainings of Films/ForYou",
        "Traffic of Films/Live",
    ]
    runs, candidates, trainings, traffic = found.values()
    assert named(runs) == ["PROMOTED", "REJECTED", "FAILED"]
    assert runs["metrics"][0][:4] == ["CdkPersonalize", "PROMOTED", "Pipeline", "Films/Train"]
    assert named(candidates)[:2] == ["precision_at_25", NDCG]
    assert set(named(candidates)) > {"coverage", "mean_reciprocal_rank_at_25"}
    assert named(trainings) == ["SolutionTrainingJobExecutionTime", "SolutionTrainingJobError"]
    assert traffic["metrics"][0][0]["expression"] == "100 * FILL(requests, 0) / PERIOD(requests) / 1"
    assert named(traffic) == ["GetRecommendations", "GetRecommendations"]
    assert traffic["annotations"]["horizontal"] == [{"value": 100, "label": "Provisioned", "yAxis": "left"}]


def test_dashboard__of_what_has_no_named_metrics__leaves_them_out() -> None:
    """The service counts no requests for actions, and doesn't publish the names of the recipe's metrics."""
    scope = stack()
    solution = Solution(scope, "Next", dataset_group=GROUP, recipe=Recipe.NEXT_BEST_ACTION)
    campaign = Campaign(scope, "Actions", solution=solution)
    PersonalizeDashboard(
        scope, "Dashboard", pipelines=[smallest(scope, solution=solution, campaign=campaign)]
    )

    assert [*widgets(scope)] == ["Runs of Films/Train", "Trainings of Films/Next"]


def test_dashboard__of_a_solution_and_a_campaign__needs_no_pipeline() -> None:
    scope = stack()
    solution = Solution(scope, "ForYou", dataset_group=GROUP, recipe=Recipe.USER_PERSONALIZATION_V2)
    campaign = Campaign(scope, "Live", solution=solution)
    PersonalizeDashboard(scope, "Dashboard", solutions=[solution], campaigns=[campaign])

    assert [*widgets(scope)] == ["Trainings of Films/ForYou", "Traffic of Films/Live"]
