"""The known holes of the CDK's provider framework, each by the number of its issue in aws/aws-cdk.

The framework's own JavaScript runs here, with Step Functions and the handler as processes.
"""

from __future__ import annotations

from collections.abc import Iterator

import aws_cdk as cdk
import pytest

from cdk_personalize import AutoTraining, Recipe, Solution
from support.processes.cloud import Build, Cloud
from support.processes.process_faults import (
    calls,
    foreign_solution,
    forget_calls,
    in_background,
    limited,
    physical_id,
    recommender,
    solution_arns,
    stalled,
    taken,
    until_called,
    until_status,
    until_waiters_ended,
    workers,
)

CHANGES = ("CreateSolution", "UpdateSolution", "DeleteSolution", "TagResource", "UntagResource")
IS_COMPLETE = "personalize_provider.framework.is_complete"
AN_HOUR = 3600
SHORT = 4  # seconds that the handler has, where a test waits for them to pass


@pytest.fixture(autouse=True)
def _foreign_solution(cloud: Cloud) -> Iterator[None]:
    with foreign_solution(cloud):
        forget_calls(cloud)
        yield


def test_17040__a_replacement_fails__the_old_one_is_as_it_was_and_the_new_one_goes(cloud: Cloud) -> None:
    cloud.deploy(recommender())
    old = physical_id(cloud)
    before = cloud.describe(old), cloud.tags(old)
    forget_calls(cloud)
    fail_next(cloud, "solution")

    assert cloud.deploy(recommender(recipe=Recipe.SIMILAR_ITEMS)) == "UPDATE_ROLLBACK_COMPLETE"

    assert taken(cloud, *CHANGES) == ["CreateSolution", "DeleteSolution"]
    assert physical_id(cloud) == old
    assert solution_arns(cloud) == {old}
    assert (cloud.describe(old), cloud.tags(old)) == before


def test_28996__a_create_half_made__is_deleted(cloud: Cloud) -> None:
    fail_next(cloud, "solution")

    assert cloud.deploy(recommender()) == "ROLLBACK_COMPLETE"

    assert "CreateSolution failed" in cloud.reasons()
    assert taken(cloud, *CHANGES) == ["CreateSolution", "DeleteSolution"]
    assert solution_arns(cloud) == set()


def test_28996__the_answer_of_create_solution_is_lost__it_is_found_and_not_made_twice(cloud: Cloud) -> None:
    fault(cloud, "CreateSolution", "InternalServerError", after=True)

    assert cloud.deploy(recommender()) == "CREATE_COMPLETE"

    assert len(calls(cloud, "CreateSolution")) == 1
    assert solution_arns(cloud) == {physical_id(cloud)}


def test_16764__a_replacement_is_not_done_in_time__our_deadline_says_why_and_cleans_up(cloud: Cloud) -> None:
    cloud.deploy(limited(recommender(), total=SHORT))
    old = physical_id(cloud)
    before = cloud.describe(old), cloud.tags(old)
    cloud.aws.control("POST", "durations", {"solution_create": AN_HOUR})

    replaced = limited(recommender(recipe=Recipe.SIMILAR_ITEMS), total=SHORT)
    with in_background(lambda: cloud.deploy(replaced)) as deploy:
        until_status(cloud, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
        assert deploy.result() == "UPDATE_ROLLBACK_COMPLETE"

    assert "not finished by the deadline, last seen: status CREATE" in cloud.reasons()
    assert "timed out" not in cloud.reasons()
    assert physical_id(cloud) == old
    assert solution_arns(cloud) == {old}
    assert (cloud.describe(old), cloud.tags(old)) == before


def test_31541__an_update_is_cancelled__its_waiter_does_not_undo_the_rollback(cloud: Cloud) -> None:
    cloud.deploy(limited(recommender()))
    solution = physical_id(cloud)
    fault(cloud, "UpdateSolution", "InternalServerError", times=100)
    forget_calls(cloud)

    changed = limited(recommender(auto_training=AutoTraining.every(days=3)))
    with in_background(lambda: cloud.deploy(changed)) as deploy:
        until_called(cloud, "UpdateSolution")
        with stalled(workers(cloud, IS_COMPLETE)):
            cloud.aws.control("DELETE", "faults")
            cloud.aws.client("cloudformation").cancel_update_stack(StackName="Stack")
            assert deploy.result() == "UPDATE_ROLLBACK_COMPLETE"
        until_waiters_ended(cloud)

    assert set(calls(cloud, *CHANGES)) == {("UpdateSolution", "InternalServerError")}
    assert physical_id(cloud) == solution
    assert cloud.describe(solution)["performAutoTraining"] is False


def test_31541__a_replacement_is_cancelled__its_waiter_does_not_make_it_again(cloud: Cloud) -> None:
    cloud.deploy(limited(recommender(), total=SHORT))
    old = physical_id(cloud)
    before = cloud.describe(old), cloud.tags(old)
    cloud.aws.control("POST", "durations", {"solution_create": AN_HOUR})
    forget_calls(cloud)

    replaced = limited(recommender(recipe=Recipe.SIMILAR_ITEMS), total=SHORT)
    with in_background(lambda: cloud.deploy(replaced)) as deploy:
        until_called(cloud, "CreateSolution")
        with stalled(workers(cloud, IS_COMPLETE)):
            cloud.aws.client("cloudformation").cancel_update_stack(StackName="Stack")
            until_status(cloud, "UPDATE_ROLLBACK_IN_PROGRESS")
            cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
            assert deploy.result() == "UPDATE_ROLLBACK_COMPLETE"
        until_waiters_ended(cloud)

    assert taken(cloud, *CHANGES) == ["CreateSolution", "DeleteSolution"]
    assert physical_id(cloud) == old
    assert solution_arns(cloud) == {old}
    assert (cloud.describe(old), cloud.tags(old)) == before


def test_31541__a_create_is_broken_off_by_a_delete__its_waiter_makes_nothing(cloud: Cloud) -> None:
    cloud.aws.control("POST", "durations", {"solution_create": AN_HOUR})

    with in_background(lambda: cloud.deploy(limited(recommender(), total=SHORT))):
        until_called(cloud, "CreateSolution")
        with stalled(workers(cloud, IS_COMPLETE)):
            cloud.aws.client("cloudformation").delete_stack(StackName="Stack")
            cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
            until_status(cloud, "")
        until_waiters_ended(cloud)

    assert taken(cloud, *CHANGES) == ["CreateSolution", "DeleteSolution"]
    assert solution_arns(cloud) == set()


@pytest.mark.parametrize(
    ("change", "replaces"),
    [({"auto_training": AutoTraining.every(days=3)}, False), ({"recipe": Recipe.SIMILAR_ITEMS}, True)],
    ids=["in place: the old id", "a replacement: the new id"],
)
def test_update__a_later_resource_fails__returns_to_the_old_properties(
    cloud: Cloud, change: dict[str, object], replaces: bool
) -> None:
    cloud.deploy(recommender())
    old = physical_id(cloud)
    tags = cloud.tags(old)
    forget_calls(cloud)

    assert cloud.deploy(with_a_resource_that_fails(**change)) == "UPDATE_ROLLBACK_COMPLETE"

    changes = ["CreateSolution", "DeleteSolution"] if replaces else ["UpdateSolution", "UpdateSolution"]
    assert calls(cloud, *CHANGES) == [(operation, "ok") for operation in changes]
    assert physical_id(cloud) == old
    assert solution_arns(cloud) == {old}
    assert cloud.describe(old)["performAutoTraining"] is False
    assert cloud.tags(old) == tags


def with_a_resource_that_fails(**change: object) -> Build:
    def build(stack: cdk.Stack) -> None:
        recommender(**change)(stack)
        solution = stack.node.find_child("Recommender")
        assert isinstance(solution, Solution)
        nowhere = {"ServiceToken": "arn:aws:lambda:us-east-1:000000000000:function:nowhere"}
        later = cdk.CfnResource(stack, "Later", type="Custom::Nowhere", properties=nowhere)
        later.node.add_dependency(solution)

    return build


def fail_next(cloud: Cloud, resource: str) -> None:
    outcome = {"resource": resource, "name": "*", "outcome": "fail", "reason": "Too few interactions"}
    cloud.aws.control("POST", "outcomes", outcome)


def fault(cloud: Cloud, operation: str, code: str, *, times: int = 1, after: bool = False) -> None:
    """Let the next calls of an operation be answered with an error."""
    body = {"operation": operation, "code": code, "times": times, "after": after}
    cloud.aws.control("POST", "faults", body)
