"""How the command finds a pipeline and follows a run, with answers of Step Functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cdk_personalize.cli.connection import Connection, LookupFailedError, region_of
from cdk_personalize.cli.runs.executions import LONGEST, SHORTEST, Executions
from cdk_personalize.pipeline.tag import SOLUTION_TAG

STATES = "arn:aws:states:us-east-1:000000000000"
START = datetime(2026, 11, 1, 6, tzinfo=UTC)
SOLUTION = "arn:aws:personalize:us-east-1:000000000000:solution/"


class Service:
    """A client with fixed answers. It records the calls."""

    meta = SimpleNamespace(region_name="us-east-1")

    def __init__(self, **answers: Callable[..., Any]) -> None:
        self.calls: list[str] = []
        self._answers = answers

    def get_paginator(self, operation: str) -> Any:
        return SimpleNamespace(paginate=getattr(self, operation))

    def __getattr__(self, name: str) -> Any:
        answer = self._answers[name]

        def call(**request: Any) -> Any:
            self.calls.append(name)
            return answer(request)

        return call


class Fake(Connection):
    """A connection to such a client."""

    def __init__(self, **answers: Callable[..., Any]) -> None:
        super().__init__(None, None, None)
        object.__setattr__(self, "service", Service(**answers))

    def client(self, _service: str, _name: str) -> Any:
        return self.service  # type: ignore[attr-defined]


def tagged(**machines: str) -> Callable[..., Any]:
    """GetResources of these state machines, each with its solution."""
    resources = [
        {
            "ResourceARN": f"{STATES}:stateMachine:{machine}",
            "Tags": [{"Key": "team", "Value": "films"}, {"Key": SOLUTION_TAG, "Value": SOLUTION + solution}],
        }
        for machine, solution in machines.items()
    ]
    return lambda _: [{"ResourceTagMappingList": [one]} for one in resources]


def listed(running: list[str], newest: list[str]) -> Callable[..., Any]:
    """ListExecutions."""

    def answer(request: Mapping[str, Any]) -> Any:
        names = running if "statusFilter" in request else newest
        machine = request["stateMachineArn"]
        return {"executions": [{"executionArn": f"{machine}/{name}"} for name in names]}

    return answer


def current(name: str, machines: dict[str, str], *, running: list[str], newest: list[str]) -> str:
    fake = Fake(get_resources=tagged(**machines), list_executions=listed(running, newest))
    return Executions(fake).current(name)


@pytest.mark.parametrize("name", [f"{SOLUTION}movies", "movies", "weekly", f"{STATES}:stateMachine:weekly"])
def test_pipeline__by_arn_or_name_of_solution_or_machine__is_found(name: str) -> None:
    found = current(name, {"weekly": "movies", "other": "books"}, running=[], newest=["9"])
    assert found == f"{STATES}:stateMachine:weekly/9"


def test_pipeline__unknown__says_what_was_perhaps_meant_and_what_there_is() -> None:
    with pytest.raises(LookupFailedError) as error:
        current("movie", {"weekly": "movies", "other": "books"}, running=[], newest=[])
    assert str(error.value) == (
        "There is no TrainingPipeline for a solution movie in us-east-1; did you mean movies? "
        "there are pipelines for these solutions: books, movies"
    )


def test_pipeline__in_an_account_without_any__says_so() -> None:
    with pytest.raises(LookupFailedError, match="there are no pipelines; deploy one"):
        current("movies", {}, running=[], newest=[])


def test_pipeline__one_of_two__must_be_named() -> None:
    machines = {"weekly": "movies", "daily": "movies"}
    with pytest.raises(LookupFailedError, match=r"movies has 2 pipelines; .*: daily, weekly"):
        current("movies", machines, running=[], newest=["9"])
    assert current("daily", machines, running=[], newest=["9"]).endswith("daily/9")


def test_current__while_others_wait__is_the_oldest() -> None:
    assert current("movies", {"weekly": "movies"}, running=["3", "2"], newest=["4"]).endswith("/2")


def test_current__of_an_execution__is_that_without_a_call() -> None:
    arn = f"{STATES}:execution:weekly:1"
    assert Executions(Fake()).current(arn) == arn


def test_current__without_a_run__says_how_to_start_one() -> None:
    with pytest.raises(LookupFailedError, match=r"start-execution --state-machine-arn .*:weekly"):
        current("movies", {"weekly": "movies"}, running=[], newest=[])


def event(number: int, name: str | None) -> dict[str, Any]:
    details = {"stateEnteredEventDetails": {"name": name}} if name else {}
    return {"id": number, "timestamp": START, **details}


def test_follow__a_run__tells_each_state_once_and_asks_ever_more_rarely() -> None:
    histories = [["A"], ["A", None, "B"], *[["A", None, "B", "A"]] * 9, ["A", None, "B", "A", "C"]]
    answers: Iterator[tuple[int, list[str | None]]] = iter(enumerate(histories))
    now: list[Any] = []

    def describe(_request: object) -> Any:
        now[:] = next(answers)
        running = now[0] < len(histories) - 1
        status = {"status": "RUNNING" if running else "ABORTED"}
        return {"executionArn": "run", "startDate": START, "input": "{}", **status}

    def history(request: Mapping[str, Any]) -> Any:
        assert request["reverseOrder"] is True
        events = [event(number, name) for number, name in enumerate(now[1], 1)]
        yield {"events": events[::-1][:2]}
        yield {"events": events[::-1][2:]}

    told: list[str] = []
    pauses: list[float] = []
    fake = Fake(describe_execution=describe, get_execution_history=history)
    ended = Executions(fake).follow("run", lambda _, name: told.append(name), pauses.append)

    assert (told, ended.outcome) == (["A", "B", "C"], "ABORTED")
    assert pauses[:3] == [SHORTEST, SHORTEST, SHORTEST * 1.5]
    assert pauses[-1] == LONGEST


def expired(*_: object) -> Any:
    error = {"Code": "ExpiredTokenException", "Message": "The security token included is expired"}
    raise ClientError({"Error": error}, "DescribeExecution")


def test_follow__credentials_expire_during_the_run__says_how_to_go_on() -> None:
    """A training can take longer than a session of a CI job."""
    answers = iter([lambda: {"status": "RUNNING"}, expired])
    fake = Fake(
        describe_execution=lambda _: next(answers)(),
        get_execution_history=lambda _: [{"events": [event(1, "Train")]}],
    )
    with pytest.raises(LookupFailedError) as error:
        Executions(fake).follow("arn:1", lambda *_: None, lambda _: None)
    _, advised, again = str(error.value).split("\n")
    assert "aws sso login" in advised
    assert again == "  the run goes on; follow it again with `cdk-personalize watch arn:1`"


def test_follow__credentials_have_expired__promises_nothing() -> None:
    with pytest.raises(LookupFailedError) as error:
        Executions(Fake(describe_execution=expired)).follow("arn:1", lambda *_: None, lambda _: None)
    assert "the run goes on" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("movies", None),
        (f"{SOLUTION}x", "us-east-1"),
        ("arn:aws:personalize:::recipe/aws-sims", None),
        ("arn:", None),
    ],
)
def test_region__is_that_of_the_arn(name: str, region: str | None) -> None:
    assert region_of(name) == region
