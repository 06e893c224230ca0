"""Functions that die, are ended or stalled, and events that come twice or late.

Each time the stack ends in a state that is final, no solution is left that no stack owns, and what
CloudFormation holds as the physical id names what exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from cdk_personalize import Recipe
from support.processes.cloud import Cloud
from support.processes.process_faults import (
    calls,
    copied_event,
    deliver,
    eventually,
    foreign_solution,
    forget_calls,
    in_background,
    kill,
    limited,
    physical_id,
    recommender,
    solution_arns,
    stalled,
    status,
    taken,
    until_called,
    until_status,
    until_waiters_ended,
    waiters,
    workers,
)

CHANGES = ("CreateSolution", "UpdateSolution", "DeleteSolution", "TagResource", "UntagResource")
IS_COMPLETE = "personalize_provider.framework.is_complete"
AN_HOUR = 3600
SHORT = 4  # seconds that a function or the handler has, where a test waits for them to pass


@pytest.fixture(autouse=True)
def _foreign_solution(cloud: Cloud) -> Iterator[None]:
    with foreign_solution(cloud):
        forget_calls(cloud)
        yield
    assert solution_arns(cloud) == {physical_id(cloud)} - {""}


def test_create__the_function_dies__what_it_made_is_deleted(cloud: Cloud) -> None:
    cloud.aws.control("POST", "durations", {"solution_create": AN_HOUR})

    with in_background(lambda: cloud.deploy(limited(recommender()))) as deploy:
        until_called(cloud, "CreateSolution")
        kill(workers(cloud, IS_COMPLETE))
        until_status(cloud, "ROLLBACK_IN_PROGRESS")
        cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
        assert deploy.result() == "ROLLBACK_COMPLETE"

    assert "Runtime exited with error: signal: killed" in cloud.reasons()
    assert calls(cloud, *CHANGES) == [("CreateSolution", "ok"), ("DeleteSolution", "ok")]


def test_replacement__the_function_dies__the_old_solution_is_as_it_was(cloud: Cloud) -> None:
    cloud.deploy(limited(recommender()))
    old = physical_id(cloud)
    before = cloud.describe(old), cloud.tags(old)
    cloud.aws.control("POST", "durations", {"solution_create": AN_HOUR})
    forget_calls(cloud)

    with in_background(lambda: cloud.deploy(limited(recommender(recipe=Recipe.SIMILAR_ITEMS)))) as deploy:
        until_called(cloud, "CreateSolution")
        kill(workers(cloud, IS_COMPLETE))
        until_status(cloud, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
        cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
        assert deploy.result() == "UPDATE_ROLLBACK_COMPLETE"

    assert calls(cloud, *CHANGES) == [("CreateSolution", "ok"), ("DeleteSolution", "ok")]
    assert physical_id(cloud) == old
    assert (cloud.describe(old), cloud.tags(old)) == before


def test_delete__the_function_dies__the_stack_keeps_the_id_and_the_next_delete_ends_it(cloud: Cloud) -> None:
    cloud.deploy(limited(recommender()))
    solution = physical_id(cloud)
    cloud.aws.control("POST", "durations", {"delete": AN_HOUR})

    with in_background(cloud.destroy) as destroy:
        until_called(cloud, "DeleteSolution")
        kill(workers(cloud, IS_COMPLETE))
        assert destroy.result() == "DELETE_FAILED"
    assert physical_id(cloud) == solution
    assert solution_arns(cloud) == {solution}

    cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
    assert cloud.destroy() == "DELETE_COMPLETE"


def test_create__the_function_hits_its_time_limit__what_it_made_is_deleted(cloud: Cloud) -> None:
    cloud.aws.control("POST", "durations", {"solution_create": AN_HOUR})

    with in_background(lambda: cloud.deploy(limited(recommender(), is_complete=SHORT))) as deploy:
        until_status(cloud, "ROLLBACK_IN_PROGRESS")
        cloud.aws.control("POST", "clock", {"advance": AN_HOUR})
        assert deploy.result() == "ROLLBACK_COMPLETE"

    assert f"Task timed out after {SHORT}.00 seconds" in cloud.reasons()
    assert calls(cloud, *CHANGES) == [("CreateSolution", "ok"), ("DeleteSolution", "ok")]


def test_create__the_frameworks_function_dies__the_waiter_calls_it_again(cloud: Cloud) -> None:
    cloud.aws.control("POST", "durations", {"solution_create": 3})

    with in_background(lambda: cloud.deploy(limited(recommender()))) as deploy:
        until_called(cloud, "CreateSolution")
        kill(workers(cloud, "framework.isComplete"))
        assert deploy.result() == "CREATE_COMPLETE"

    assert taken(cloud, *CHANGES) == ["CreateSolution"]


def test_create__the_event_is_lost__cloudformation_gives_up_and_nothing_is_left(cloud: Cloud) -> None:
    with in_background(lambda: cloud.deploy(limited(recommender(), service=6, total=0))) as deploy:
        kill(workers(cloud, "framework.onEvent"))
        assert deploy.result() == "ROLLBACK_COMPLETE"

    assert "timed out" in cloud.reasons()
    assert taken(cloud, *CHANGES) == []


def test_create__its_event_comes_again_at_once__one_solution_is_made(cloud: Cloud) -> None:
    fault(cloud, "CreateSolution", times=100)

    with in_background(lambda: cloud.deploy(limited(recommender()))) as deploy, ThreadPoolExecutor(2) as pool:
        until_called(cloud, "CreateSolution")
        event = copied_event(cloud)
        for delivered in [pool.submit(deliver, cloud, event) for _ in range(2)]:
            delivered.result()
        eventually("three waiters", lambda: len(waiters(cloud)) == 3)
        cloud.aws.control("DELETE", "faults")
        assert deploy.result() == "CREATE_COMPLETE"
    until_waiters_ended(cloud)

    assert [call for call in calls(cloud, "CreateSolution") if call[1] == "ok"] == [("CreateSolution", "ok")]
    assert calls(cloud, "UpdateSolution", "DeleteSolution") == []


def test_create__its_event_comes_again_afterwards__nothing_is_changed(cloud: Cloud) -> None:
    cloud.deploy(limited(recommender()))
    event = copied_event(cloud)
    forget_calls(cloud)

    deliver(cloud, event)
    until_waiters_ended(cloud)

    assert calls(cloud, *CHANGES) == []


def test_create__the_delete_overtakes_its_waiter__nothing_is_made(cloud: Cloud) -> None:
    fault(cloud, "CreateSolution", times=100)

    with in_background(lambda: cloud.deploy(limited(recommender(), total=SHORT))):
        until_called(cloud, "CreateSolution")
        with stalled(workers(cloud, IS_COMPLETE)):
            cloud.aws.control("DELETE", "faults")
            cloud.aws.client("cloudformation").delete_stack(StackName="Stack")
            eventually("the stack to be gone", lambda: not status(cloud))
        until_waiters_ended(cloud)

    assert taken(cloud, *CHANGES) == []


def fault(cloud: Cloud, operation: str, *, times: int) -> None:
    body = {"operation": operation, "code": "InternalServerError", "times": times}
    cloud.aws.control("POST", "faults", body)
