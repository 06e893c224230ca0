"""States retry and catch as in Step Functions."""

from __future__ import annotations

import json
import time

import pytest

from personalize_local.ministack.state_errors import delay
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import ended, machine, one, run, start, task, waits

MISSING = "arn:aws:personalize:us-east-1:000000000000:solution/none"


@pytest.mark.parametrize(
    ("retrier", "attempts", "seconds"),
    [
        ({}, 0, 1),
        ({}, 2, 4),
        ({"IntervalSeconds": 100, "BackoffRate": 1.5}, 1, 150),
        ({"IntervalSeconds": 10, "MaxDelaySeconds": 30}, 5, 30),
    ],
)
def test_delay__of_a_retry__backs_off_up_to_its_maximum(
    retrier: dict[str, object], attempts: int, seconds: float
) -> None:
    assert delay(retrier, attempts) == seconds


def test_delay__full_jitter__is_anything_up_to_it() -> None:
    delays = {delay({"IntervalSeconds": 10, "JitterStrategy": "FULL"}, 0) for _ in range(20)}
    assert len(delays) > 1
    assert all(0 <= seconds <= 10 for seconds in delays)


@pytest.mark.parametrize("caught", ["States.ALL", "States.TaskFailed"])
def test_catch__of_everything__does_not_catch_a_runtime_error(local_aws: LocalAws, caught: str) -> None:
    state = task("personalize:noSuchOperation", {}) | {
        "Catch": [{"ErrorEquals": [caught], "Next": "Caught"}],
        "Resource": "arn:aws:states:::sqs:noSuchOperation",
        "End": True,
    }
    states = {"One": state, "Caught": {"Type": "Succeed"}}
    arn = machine(local_aws, {"QueryLanguage": "JSONata", "StartAt": "One", "States": states})
    assert run(local_aws, arn)["error"] == "States.Runtime"


def test_retry__delay_of_more_than_a_minute__is_waited_on_the_clock(local_aws: LocalAws) -> None:
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 600, "MaxAttempts": 1}]
    state = task("personalize:describeSolution", {"SolutionArn": MISSING}, Retry=retry)
    execution = start(local_aws, machine(local_aws, one(state)))
    waits(local_aws, execution, "TaskFailed")
    local_aws.control("POST", "clock", {"advance": 300})
    time.sleep(0.3)
    assert len(local_aws.control("GET", "calls")["calls"]) == 1
    local_aws.control("POST", "clock", {"advance": 300})
    assert ended(local_aws, execution)["error"] == "Personalize.ResourceNotFoundException"
    assert len(local_aws.control("GET", "calls")["calls"]) == 2


def test_retry__maximum_of_the_delay__is_all_that_is_waited(local_aws: LocalAws) -> None:
    retry = [
        {
            "ErrorEquals": ["States.ALL"],
            "IntervalSeconds": 1,
            "BackoffRate": 10,
            "MaxDelaySeconds": 2,
            "MaxAttempts": 4,
        }
    ]
    local_aws.control("POST", "clock", {"scale": 10})
    state = task("personalize:describeSolution", {"SolutionArn": MISSING}, Retry=retry)
    execution = run(local_aws, machine(local_aws, one(state)))
    took = (execution["stopDate"] - execution["startDate"]).total_seconds()
    assert 7 <= took < 30, json.dumps(execution, default=str)
