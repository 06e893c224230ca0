"""A solution's life through CloudFormation: the real template, each of the two transports (CDK's real
provider framework, and crhelper in a single function), the handler as processes, and Personalize over HTTP.
What is judged is what the service holds, never an exit code alone."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_personalize import (
    AutoTraining,
    EventParameters,
    EventsConfig,
    PersonalizeProvider,
    Recipe,
    Solution,
    SolutionConfig,
)
from personalize_local.testing.server_process import LocalAws
from support.processes.cloud import Build, Cloud

GROUP = Cloud.dataset_group_arn
OWNERSHIP = {"cdk-personalize:stack-id", "cdk-personalize:logical-id", "cdk-personalize:config-hash"}


@pytest.fixture(params=["framework", "single function"])
def cloud(request: pytest.FixtureRequest, local_aws: LocalAws) -> Iterator[Cloud]:
    """An account whose stacks have one transport or the other. No rule and no permission is left behind."""
    is_single = request.param == "single function"
    made = Cloud(local_aws, PersonalizeProvider.single_function if is_single else None)
    yield made
    assert made.rules() == []
    # The template's own, for as long as its function is there.
    assert all(
        re.fullmatch(
            r"events\.amazonaws\.com arn:aws:events:[\w:-]+:rule/personalize-[0-9a-f-]{37}\*", allowed
        )
        for allowed in made.permissions()
    )
    functions = local_aws.client("lambda").list_functions()["Functions"]
    assert len(made.permissions()) == (len(functions) if is_single else 0)


# Where tests/reliability holds the same promise over both transports in virtual time.
ON_THE_FRAMEWORK = pytest.mark.parametrize("cloud", ["framework"], indirect=True)


def recommender(**properties: Any) -> Build:
    """A stack with one solution."""

    def build(stack: cdk.Stack) -> None:
        given = {"dataset_group": GROUP, "recipe": Recipe.USER_PERSONALIZATION_V2, **properties}
        tags = given.pop("tags", {})
        solution = Solution(stack, "Recommender", **given)
        for key, value in tags.items():
            cdk.Tags.of(solution).add(key, value)
        cdk.CfnOutput(stack, "Arn", value=solution.solution_arn)
        cdk.CfnOutput(stack, "Name", value=solution.solution_name)
        cdk.CfnOutput(stack, "Status", value=solution.status)

    return build


def test_create__with_the_defaults__is_active_owned_and_never_trains_nor_changes(cloud: Cloud) -> None:
    assert cloud.deploy(recommender(tags={"team": "recs"})) == "CREATE_COMPLETE"

    assert cloud.calls() == [
        "CreateDatasetGroup",
        "ListTagsForResource",
        "CreateSolution",
        "DescribeSolution",
    ]
    solution = cloud.only_solution()
    assert solution["status"] == "ACTIVE"
    assert solution["performAutoTraining"] is False
    tags = cloud.tags(solution["solutionArn"])
    assert tags.keys() == OWNERSHIP | {"team"}
    assert cloud.aws.outputs("Stack") == {
        "Arn": solution["solutionArn"],
        "Name": solution["name"],
        "Status": "ACTIVE",
    }

    cloud.calls()
    assert cloud.deploy(recommender(tags={"team": "recs"})) == "NO_CHANGES"
    assert cloud.calls() == []


def test_update__of_what_the_service_can_change__is_made_in_place(cloud: Cloud) -> None:
    cloud.deploy(recommender())
    before = cloud.only_solution()
    events = EventsConfig(event_parameters_list=[EventParameters(event_type="watch", weight=0.5)])

    changed = recommender(
        auto_training=AutoTraining.every(days=3), solution_config=SolutionConfig(events_config=events)
    )
    assert cloud.deploy(changed) == "UPDATE_COMPLETE"

    after = cloud.only_solution()
    assert after["solutionArn"] == before["solutionArn"]
    assert after["performAutoTraining"] is True
    assert after["solutionConfig"]["autoTrainingConfig"] == {"schedulingExpression": "rate(3 days)"}
    assert after["solutionConfig"]["eventsConfig"] == {
        "eventParametersList": [{"eventType": "watch", "weight": 0.5}]
    }
    assert cloud.deploy(recommender()) == "UPDATE_COMPLETE"
    reverted = cloud.only_solution()
    assert reverted["performAutoTraining"] is False
    assert not reverted["solutionConfig"].get("eventsConfig", {}).get("eventParametersList")


@ON_THE_FRAMEWORK
def test_update__of_tags__keeps_the_solution_and_the_tags_of_others(cloud: Cloud) -> None:
    cloud.deploy(recommender(tags={"team": "recs", "stage": "beta"}))
    arn = cloud.only_solution()["solutionArn"]
    cloud.personalize.tag_resource(resourceArn=arn, tags=[{"tagKey": "audit", "tagValue": "2026"}])
    cloud.calls()

    assert cloud.deploy(recommender(tags={"team": "search", "owner": "ann"})) == "UPDATE_COMPLETE"

    tags = {key: value for key, value in cloud.tags(arn).items() if key not in OWNERSHIP}
    assert tags == {"team": "search", "owner": "ann", "audit": "2026"}
    assert cloud.calls("CreateSolution", "UpdateSolution") == []


@ON_THE_FRAMEWORK
def test_update__of_what_is_immutable__replaces_and_then_deletes_the_old(cloud: Cloud) -> None:
    cloud.deploy(recommender())
    before = cloud.only_solution()

    assert cloud.deploy(recommender(recipe=Recipe.SIMILAR_ITEMS)) == "UPDATE_COMPLETE"

    after = cloud.only_solution()
    assert after["solutionArn"] != before["solutionArn"]
    assert after["recipeArn"].endswith("aws-similar-items")
    assert cloud.aws.outputs("Stack")["Arn"] == after["solutionArn"]


def test_create__refused_by_the_service__says_why_in_the_events_and_leaves_nothing(cloud: Cloud) -> None:
    missing = GROUP.replace("movies", "nowhere")

    assert cloud.deploy(recommender(dataset_group=missing)) == "ROLLBACK_COMPLETE"

    reason = next(line for line in cloud.reasons().splitlines() if "CreateSolution" in line)
    assert "solution Stack-Recommender" in reason
    assert "nowhere" in reason
    assert "(ResourceNotFoundException)" in reason
    assert "check that the ARNs" in reason
    assert cloud.solutions() == {}


@ON_THE_FRAMEWORK
def test_create__that_fails_in_the_service__is_cleaned_up(cloud: Cloud) -> None:
    cloud.aws.control(
        "POST",
        "outcomes",
        {"resource": "solution", "name": "*", "outcome": "fail", "reason": "Too few interactions"},
    )

    assert cloud.deploy(recommender()) == "ROLLBACK_COMPLETE"

    assert "CREATE FAILED" in cloud.reasons()
    eventually_no_solutions(cloud)


def test_replacement__that_fails__rolls_back_to_the_old_solution_unchanged(cloud: Cloud) -> None:
    cloud.deploy(recommender(tags={"team": "recs"}))
    before = cloud.only_solution()
    before_tags = cloud.tags(before["solutionArn"])
    cloud.aws.control(
        "POST",
        "outcomes",
        {"resource": "solution", "name": "*", "outcome": "fail", "reason": "Too few interactions"},
    )

    replaced = recommender(recipe=Recipe.SIMILAR_ITEMS, tags={"team": "search"})
    assert cloud.deploy(replaced) == "UPDATE_ROLLBACK_COMPLETE"

    eventually_only(cloud, before["name"])
    assert cloud.only_solution() == before
    assert cloud.tags(before["solutionArn"]) == before_tags
    assert cloud.aws.outputs("Stack")["Arn"] == before["solutionArn"]
    assert cloud.destroy() == "DELETE_COMPLETE"
    assert cloud.solutions() == {}


@ON_THE_FRAMEWORK
def test_update__that_fails_in_the_service__is_taken_back(cloud: Cloud) -> None:
    cloud.deploy(recommender())
    cloud.aws.control(
        "POST",
        "outcomes",
        {"resource": "solution_update", "name": "*", "outcome": "fail", "reason": "No new interactions"},
    )

    assert cloud.deploy(recommender(auto_training=AutoTraining.every(days=3))) == "UPDATE_ROLLBACK_COMPLETE"

    assert "No new interactions" in cloud.reasons()
    assert cloud.only_solution()["performAutoTraining"] is False


@ON_THE_FRAMEWORK
def test_create__on_the_name_of_somebody_elses_solution__fails_and_leaves_theirs_alone(cloud: Cloud) -> None:
    cloud.personalize.create_solution(
        name="movies",
        datasetGroupArn=GROUP,
        recipeArn="arn:aws:personalize:::recipe/aws-sims",
        tags=[{"tagKey": "owner", "tagValue": "somebody else"}],
    )
    time.sleep(1.1)
    theirs = cloud.only_solution()

    assert cloud.deploy(recommender(solution_name="movies")) == "ROLLBACK_COMPLETE"

    assert "is not this resource's" in cloud.reasons()
    assert cloud.only_solution() == theirs
    assert cloud.tags(theirs["solutionArn"]) == {"owner": "somebody else"}


@ON_THE_FRAMEWORK
def test_update__immutable_with_an_explicit_name__fails_before_any_effect(cloud: Cloud) -> None:
    cloud.deploy(recommender(solution_name="movies"))
    before = cloud.only_solution()
    cloud.calls()

    changed = recommender(solution_name="movies", recipe=Recipe.SIMILAR_ITEMS)
    assert cloud.deploy(changed) == "UPDATE_ROLLBACK_COMPLETE"

    assert "change solution_name as well" in cloud.reasons()
    assert cloud.only_solution() == before
    assert set(cloud.calls()) <= {"DescribeSolution", "ListTagsForResource", "ListSolutions"}


def test_destroy__leaves_nothing(cloud: Cloud) -> None:
    cloud.deploy(recommender(auto_training=AutoTraining.every(days=1)))

    assert cloud.destroy() == "DELETE_COMPLETE"

    assert cloud.solutions() == {}


@pytest.mark.parametrize("wait", [False, True])
def test_destroy__while_a_version_trains__stops_it_or_waits_for_it(cloud: Cloud, wait: bool) -> None:
    cloud.aws.control("POST", "durations", {"solution_version": 3, "solution_version_stop": 1})
    cloud.deploy(recommender(wait_for_training_on_delete=wait))
    arn = cloud.only_solution()["solutionArn"]
    cloud.personalize.create_solution_version(solutionArn=arn)
    cloud.calls()

    assert cloud.destroy() == "DELETE_COMPLETE"

    assert cloud.solutions() == {}
    stopped = cloud.calls("StopSolutionVersionCreation")
    assert stopped == ([] if wait else ["StopSolutionVersionCreation"])


def test_destroy__with_removal_policy_retain__keeps_the_solution(cloud: Cloud) -> None:
    cloud.deploy(recommender(removal_policy=cdk.RemovalPolicy.RETAIN))
    before = cloud.only_solution()

    assert cloud.destroy() == "DELETE_COMPLETE"

    assert cloud.only_solution() == before


def test_nested_stack__its_solution__lives_with_the_parent_that_uses_it(cloud: Cloud) -> None:
    def build(stack: cdk.Stack) -> None:
        recommender()(nested := cdk.NestedStack(stack, "Nested"))
        solution = nested.node.find_child("Recommender")
        assert isinstance(solution, Solution)
        cdk.CfnOutput(stack, "ArnSeenFromAbove", value=solution.solution_arn)

    assert cloud.deploy(build) == "CREATE_COMPLETE", cloud.reasons()
    arn = cloud.only_solution()["solutionArn"]
    assert cloud.aws.outputs("Stack")["ArnSeenFromAbove"] == arn

    assert cloud.destroy() == "DELETE_COMPLETE"
    assert cloud.solutions() == {}


def eventually_no_solutions(cloud: Cloud) -> None:
    eventually_only(cloud)


def eventually_only(cloud: Cloud, *names: str) -> None:
    """A delete goes on for a moment after the stack is done."""
    deadline = time.monotonic() + 10
    while set(cloud.solutions()) != set(names):
        assert time.monotonic() < deadline, cloud.solutions()
        time.sleep(0.1)
