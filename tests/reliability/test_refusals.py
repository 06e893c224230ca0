"""A refusal that lasts, and what CloudFormation makes of it, on both transports."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NoReturn
from unittest import mock

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

from personalize_local.simulator import Durations, Failure
from personalize_provider import framework
from personalize_provider.aws import sdk
from support.virtual_time import functions
from support.virtual_time.account import Account, account, template
from support.virtual_time.call_faults import CallFault
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import assert_kept, ends_clean
from support.virtual_time.provider_world import GROUP, SIMS, V2, tag_list
from support.virtual_time.stack_engine import Stack

FOR_EVER = 100_000


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=600) as made:
        yield made


def refuse(at: Account, operation: str, code: str = "AccessDeniedException") -> None:
    at.inject(CallFault("refused", operation, times=FOR_EVER, code=code))


def run_to_end(at: Account, stack: Stack) -> str:
    at.time.run()
    return stack.status


# Reads of CloudFormation


def test_create__may_not_ask_what_the_stack_does__rolls_back(at: Account) -> None:
    refuse(at, "DescribeStacks", "AccessDenied")
    stack = at.deploy("films", template(Movies={}))
    assert stack.status == "ROLLBACK_COMPLETE", stack.reasons
    assert "DescribeStacks failed" in stack.reasons[0]
    assert "allow this action" in stack.reasons[0]
    ends_clean(at, stack)


@pytest.mark.parametrize("change", [{"performAutoTraining": "true"}, {"recipeArn": SIMS}])
def test_update__may_not_ask_what_the_stack_does__rolls_back_and_changes_nothing(
    at: Account, change: dict[str, str]
) -> None:
    stack = at.deploy("films", template(Movies={}))
    at.effects.clear()
    refuse(at, "DescribeStacks", "AccessDenied")
    stack.update(template(Movies=change))
    assert run_to_end(at, stack) == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert "DescribeStacks failed" in stack.reasons[0]
    assert at.effects == []
    ends_clean(at, stack)


def test_delete__may_not_ask_what_the_stack_does__deletes(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}, Shows={"name": "shows"}))
    refuse(at, "DescribeStacks", "AccessDenied")
    stack.delete()
    assert run_to_end(at, stack) == "DELETE_COMPLETE", stack.reasons
    assert at.solutions() == {}


def test_rollback__may_not_ask_what_the_rollback_wants__rolls_back(at: Account) -> None:
    """An update needs no right to read the stack's events."""
    stack = at.deploy("films", template(Movies={}, Shows={}))
    refuse(at, "DescribeStackEvents", "AccessDenied")
    at.simulator.fail_next(Failure("solution_update", "films-Shows-*", "no"))
    stack.update(template(Movies={"performAutoTraining": "true"}, Shows={"performAutoTraining": "true"}))
    assert run_to_end(at, stack) == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert_kept(at, stack)


# Endpoints that never answered


def unreachable(service: str, error: type[Exception] = EndpointConnectionError) -> Any:
    """A client as the provider makes it, of an endpoint to which there is no way."""
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    client = session.create_client(service, region_name="eu-south-9", config=config)

    def fail(request: Any, **_event: Any) -> NoReturn:
        raise error(endpoint_url=request.url)

    client.meta.events.register("before-send", fail)
    return sdk.whole_answers(client)


WORDS = ("Region", "DNS", "NAT gateway", "VPC endpoint")


@pytest.mark.parametrize("error", [EndpointConnectionError, ConnectTimeoutError])
@pytest.mark.parametrize("service", ["personalize", "cloudformation"])
def test_create__endpoint_that_never_answers__fails_in_minutes_and_rolls_back(
    at: Account, service: str, error: type[Exception]
) -> None:
    began = at.time.now()
    with mock.patch.object(sdk, service, return_value=unreachable(service, error)):
        stack = at.deploy("films", template(Movies={}))
        assert stack.status.startswith("ROLLBACK_"), stack.reasons
        assert f"{service}.eu-south-9.amazonaws.com" in stack.reasons[0]
        assert all(word in stack.reasons[0] for word in WORDS)
        assert "total_timeout" not in stack.reasons[0]
        assert at.engine.requests[0].answers[0][0] - began < 5 * 60
    ends_clean(at, stack)


def test_create__endpoint_that_is_away_for_some_minutes__is_waited_for(at: Account) -> None:
    at.deploy("shows", template(Shows={}))  # it has answered this process once
    client = sdk.personalize()
    # The first event of a request has less than a minute, which has passed before CreateSolution is called.
    has_begun = is_back = False

    def fail(request: Any, **_event: Any) -> None:
        nonlocal has_begun
        has_begun = has_begun or request.headers["X-Amz-Target"].endswith(b"CreateSolution")
        if has_begun and not is_back:
            raise EndpointConnectionError(endpoint_url=request.url)

    client.meta.events.register_first("before-send", fail)  # type: ignore[attr-defined]
    stack = at.engine.create("films", template(Movies={}))
    at.time.run(5 * 60)
    assert has_begun
    assert stack.status == "CREATE_IN_PROGRESS"
    is_back = True
    assert run_to_end(at, stack) == "CREATE_COMPLETE", stack.reasons


def test_single_function__event_bridge_that_never_answers__fails_with_the_way_out() -> None:
    with account(OneFunction(125), total_timeout=600, durations=Durations(solution_create=300)) as at:
        with mock.patch.object(sdk, "events", return_value=unreachable("events")):
            stack = at.deploy("films", template(Movies={}))
        assert "PutRule failed" in stack.reasons[0]
        assert all(word in stack.reasons[0] for word in WORDS)


# Old and new properties that fit once and not twice


def noise(characters: int, seed: str) -> str:
    """Text that can't be compressed much."""
    text = ""
    while len(text) < characters:
        text += hashlib.sha256(f"{seed}{len(text)}".encode()).hexdigest()
    return text[:characters]


def large(seed: str, *datasets: str) -> dict[str, Any]:
    """Properties of some 7,000 characters for each dataset, other ones with another seed."""
    columns = {name: [f"c{noise(149, seed + name + str(n))}" for n in range(45)] for name in datasets}
    return {"solutionConfig": {"trainingDataConfig": {"excludedDatasetColumns": columns}}}


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Step Functions that takes a twentieth: the service takes no properties of half of the real one's."""
    monkeypatch.setattr(functions, "_MOST_INPUT", 12_000)
    monkeypatch.setattr(framework, "_MOST_BYTES", 11_000)


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("elsewhere", [True, False])
def test_update__properties_that_fit_once_and_not_twice__goes_on_and_back(
    at: Account, elsewhere: bool
) -> None:
    at.simulator.set_durations(solution_create=250)  # longer than one invocation
    stack = at.deploy("films", template(Movies={**large("old", "Items"), "tags": tag_list(team="search")}))
    assert stack.status == "CREATE_COMPLETE", stack.reasons
    if elsewhere:  # what fails is another resource, after this one has changed
        broken = {"performHPO": "perhaps"}
        stack.update(template(Movies=large("new", "Items"), Shows=broken))
        assert run_to_end(at, stack) == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    else:
        stack.update(template(Movies=large("new", "Items")))
        assert run_to_end(at, stack) == "UPDATE_COMPLETE", stack.reasons
    ends_clean(at, stack)


@pytest.mark.usefixtures("narrow")
def test_update__properties_that_do_not_fit_at_all__fails_clearly_and_rolls_back(at: Account) -> None:
    stack = at.deploy("films", template(Movies={"tags": tag_list(team="search")}))
    at.effects.clear()
    stack.update(template(Movies=large("new", "Items", "Users")))
    assert run_to_end(at, stack) == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert "accepts" in stack.reasons[0]
    assert at.effects == []
    ends_clean(at, stack)


@pytest.mark.usefixtures("narrow")
def test_rollback__of_a_cancelled_adoption_without_room_for_the_old_properties__lets_go(at: Account) -> None:
    """Nothing but the old properties tells that it was adopted: it must not be deleted."""
    declared = large("theirs", "Items")
    theirs = at.call(
        "CreateSolution",
        name="movies",
        datasetGroupArn=GROUP,
        recipeArn=V2,
        performAutoTraining=False,
        **declared,
    )["solutionArn"]
    at.simulator.advance(100)
    stack = at.deploy("films", template(Movies=large("old", "Items")))
    at.simulator.set_durations(solution_update=300)
    adopting = {"name": "movies", "adoptExisting": "true", "performAutoTraining": "true"}
    stack.update(template(Movies={**declared, **adopting}))
    until_changed(at, "TagResource")
    stack.cancel_update()
    assert run_to_end(at, stack) == "UPDATE_ROLLBACK_COMPLETE", stack.reasons
    assert at.tags(theirs) == {}
    ends_with_theirs(at, stack, theirs)


def until_changed(at: Account, operation: str) -> None:
    """Let time pass until the provider has made a change."""
    before = len(at.effects)
    for _ in range(1000):
        if operation in [made for made, _ in at.effects[before:]]:
            return
        at.time.run(0.05)
    raise AssertionError(f"no {operation}")


def ends_with_theirs(at: Account, stack: Stack, theirs: str) -> None:
    stack.delete()
    assert run_to_end(at, stack) == "DELETE_COMPLETE"
    assert list(at.solutions()) == [theirs]


# A cancelled replacement whose rollback fails


def test_cancelled_replacement__the_rollback_of_its_own_resource_fails__is_cleaned_up(at: Account) -> None:
    """The old solution was deleted by hand, and can't be created again; what the update made is ours."""
    stack = at.deploy("films", template(Movies={"name": "movies"}))
    [old] = at.solutions()
    stack.update(template(Movies={"recipeArn": SIMS}))
    until_changed(at, "CreateSolution")
    stack.cancel_update()
    at.call("DeleteSolution", solutionArn=old)
    refuse(at, "CreateSolution", "InvalidInputException")
    assert run_to_end(at, stack) == "UPDATE_ROLLBACK_FAILED"
    assert list(at.solutions()) == []
