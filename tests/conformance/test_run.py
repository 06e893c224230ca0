"""A run: as expected, interrupted, without permission, with lost responses. What it deletes and what not."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from conformance.account import Account
from conformance.cleanup import delete_all
from conformance.question import Question, Seen
from conformance.questions import QUESTIONS
from conformance.run import run
from conformance.shared import Shared

from personalize_local.simulator import Fault
from personalize_local.testing.in_process import SimulatedPersonalize

LISTS = ("campaigns", "solutions", "event_trackers", "filters", "datasets", "dataset_groups", "schemas")


def existing(service: SimulatedPersonalize) -> list[str]:
    """The names of everything in the account."""
    found = []
    for plural in LISTS:
        answer = getattr(service.client, f"list_{plural}")()
        listed = next(value for name, value in answer.items() if name.lower() == plural.replace("_", ""))
        found += [each["name"] for each in listed]
    return found


def silent(_: str) -> None:
    """Show no progress."""


def test_run__of_the_simulator__sees_what_is_expected_and_leaves_what_it_did_not_create(
    account: Account, service: SimulatedPersonalize
) -> None:
    service.client.create_dataset_group(name="conformance-of-somebody-else")
    said: list[str] = []

    outcome = run(account, QUESTIONS, said.append)

    assert [result for result in outcome.results if result.verdict != "same"] == []
    assert (outcome.status, outcome.left, outcome.interrupted) == (0, [], False)
    assert existing(service) == ["conformance-of-somebody-else"]
    assert len(said) == len(QUESTIONS) + 1


def test_run__of_a_service_that_differs__says_so(account: Account) -> None:
    question = Question("q", (1,), "Is it so?", "yes", lambda _: Seen("no"))
    said: list[str] = []

    outcome = run(account, [question], said.append)

    assert outcome.status == 1
    assert said[:2] == ["  1/1  different  Is it so?", f"{'':20}expected yes, seen no"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
@pytest.mark.parametrize("place", [5, 30, 70, 90, len(QUESTIONS) - 1])
def test_run__interrupted__deletes_everything(
    account: Account, service: SimulatedPersonalize, number: signal.Signals, place: int
) -> None:
    def interrupt(_: Shared) -> Seen:
        os.kill(os.getpid(), number)
        raise AssertionError

    last = Question("interrupt", (1,), "Interrupted", "yes", interrupt)

    outcome = run(account, [*QUESTIONS[:place], last, *QUESTIONS[place:]], silent)

    assert outcome.interrupted
    assert outcome.count("same") == place
    assert (outcome.status, outcome.left, existing(service)) == (3, [], [])


def test_run__interrupted_again_while_it_deletes__goes_on(
    account: Account, service: SimulatedPersonalize
) -> None:
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if line.startswith("Deleting"):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    def interrupt(shared: Shared) -> Seen:
        shared.solution()
        raise KeyboardInterrupt

    before = signal.getsignal(signal.SIGINT)
    try:
        outcome = run(account, [Question("q", (1,), "Interrupted", "yes", interrupt)], say)
    except KeyboardInterrupt:
        pytest.fail("Ctrl-C ended the deletion")

    assert outcome.left == []
    assert existing(service) == []
    assert said.count("Still deleting what this run created. It ends by itself.") == 2
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("fault", ["a lost response", "Ctrl-C", "an internal error"])
def test_run__something_was_created_and_the_response_was_lost__deletes_it(
    account: Account, service: SimulatedPersonalize, client: Any, fault: str
) -> None:
    def lose(**_: object) -> None:
        match fault:
            case "a lost response":
                raise ReadTimeoutError(endpoint_url="https://nowhere.invalid")
            case "Ctrl-C":
                raise KeyboardInterrupt

    if fault == "an internal error":
        service.simulator.inject(Fault("CreateDatasetGroup", "InternalFailure", after=True))
    else:
        client.meta.events.register("after-call.personalize.CreateDatasetGroup", lose)

    few = [each for each in QUESTIONS if each.id == "solution-without-datasets"]
    outcome = run(account, few, silent)
    client.meta.events.unregister("after-call.personalize.CreateDatasetGroup", lose)

    assert [call.outcome for call in service.calls if call.operation == "DeleteDatasetGroup"][-1] == "ok"
    assert outcome.status == 3
    assert outcome.left == []
    assert existing(service) == []


def refused(operation: str) -> Callable[[SimulatedPersonalize], None]:
    """Refuse an operation to the caller."""
    text = f"User: arn:aws:iam::000000000000:user/me is not authorized to perform: personalize:{operation}"
    return lambda service: service.simulator.inject(
        Fault(operation, "AccessDeniedException", text, times=None)
    )


@pytest.mark.parametrize("operation", ["UpdateSolution", "TagResource", "CreateFilter", "CreateDatasetGroup"])
def test_run__without_a_permission__says_what_could_not_be_asked(
    account: Account, service: SimulatedPersonalize, operation: str
) -> None:
    refused(operation)(service)

    outcome = run(account, QUESTIONS, silent)

    not_asked = [result for result in outcome.results if result.verdict == "not asked"]
    assert not_asked
    # The second one appears where something that others made is the first to need it.
    assert all(operation in result.reason or "account's number" in result.reason for result in not_asked)
    assert outcome.count("different") == 0
    assert (outcome.status, outcome.left, existing(service)) == (3, [], [])


def test_run__what_several_questions_need_is_refused__tries_it_once(
    account: Account, service: SimulatedPersonalize
) -> None:
    refused("CreateSchema")(service)
    few = [each for each in QUESTIONS if each.id.startswith("update-")]

    outcome = run(account, few, silent)

    assert outcome.count("not asked") == len(few)
    assert [call.operation for call in service.calls].count("CreateSchema") == 1


def test_run__may_not_delete__says_what_is_left_and_ends(
    account: Account, service: SimulatedPersonalize
) -> None:
    refused("DeleteSchema")(service)

    outcome = run(account, [each for each in QUESTIONS if each.id == "schema-taken"], silent)

    assert outcome.status == 3
    assert len(outcome.left) == 1
    assert outcome.left[0].startswith(
        "arn:aws:personalize:us-east-1:000000000000:schema/conformance-0123456789ab-interactions: "
    )
    assert "personalize:DeleteSchema" in outcome.left[0]


def test_run__may_not_list__deletes_what_it_knows_of(account: Account, service: SimulatedPersonalize) -> None:
    faults = ("ListSchemas", "ListDatasetGroups", "ListDatasets", "ListSolutions")
    for operation in faults:
        refused(operation)(service)

    outcome = run(account, [each for each in QUESTIONS if each.id == "tags-twice"], silent)

    service.simulator.clear_faults()
    assert outcome.left == []
    assert existing(service) == []


def test_run__a_question_with_a_bug__does_not_end_the_others(account: Account) -> None:
    def bug(_: Shared) -> Seen:
        raise KeyError("status")

    fine = Question("fine", (1,), "Fine?", "yes", lambda _: Seen("yes"))
    outcome = run(account, [Question("bug", (1,), "Bug?", "yes", bug), fine], silent)

    assert [result.verdict for result in outcome.results] == ["not asked", "same"]
    assert outcome.results[0].reason == "KeyError: 'status'"


@pytest.mark.parametrize("prefix", ["", "conformance-", "shop-0123456789ab-", "conformance-0123456789AB-x"])
def test_delete_all__prefix_that_no_run_has__deletes_nothing(
    account: Account, service: SimulatedPersonalize, prefix: str
) -> None:
    account.prefix = prefix

    with pytest.raises(ValueError, match="not the prefix of a run"):
        delete_all(account)

    assert service.calls == []


def test_call__of_one_operation_again__waits_for_the_rate_of_the_service(
    account: Account, service: SimulatedPersonalize
) -> None:
    slow = Account(
        account._client, account.prefix, between_calls=1.1, sleep=account.sleep, clock=account.clock
    )
    for _ in range(3):
        slow.call("ListSolutions")
        slow.call("ListSchemas")

    times: dict[str, list[Any]] = {}
    for call in service.calls:
        times.setdefault(call.operation, []).append(call.time)
    assert all(
        (later - earlier).total_seconds() >= 1.1
        for each in times.values()
        for earlier, later in pairwise(each)
    )
