"""An operation that is given up ends at once, and nothing that it began is forgotten."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from personalize_local.testing.server_process import LocalAws
from support.processes.probe import Probe

SILENCE = 60


@pytest.fixture
def probe(local_aws: LocalAws, tmp_path: Path) -> Probe:
    return Probe(local_aws, tmp_path / "events", service_timeout=SILENCE)


@pytest.fixture
def cloudformation(local_aws: LocalAws) -> Any:
    return local_aws.client("cloudformation")


def test_delete__while_the_stack_is_created__the_resource_in_hand_is_deleted_too(
    probe: Probe, cloudformation: Any
) -> None:
    stack_id = probe.begin("NONE", "first")
    eventually(probe.log.exists)

    cloudformation.delete_stack(StackName="Stack")
    assert probe.aws.settled(stack_id, seconds=SILENCE / 4) == "DELETE_COMPLETE"

    (create, nothing), (delete, physical_id) = probe.requests()
    assert (create, nothing, delete) == ("Create", None, "Delete")
    assert physical_id is not None
    assert physical_id.startswith("Stack-Probe-")
    assert probe.aws.client("lambda").list_functions()["Functions"] == []


def test_cancel__while_a_resource_is_updated__the_reverse_update_follows_at_once(
    probe: Probe, cloudformation: Any
) -> None:
    probe.deploy("SUCCESS", "first")
    stack_id = probe.begin("NONE", "first", update=True)
    eventually(lambda: len(probe.requests()) == 2)

    cloudformation.cancel_update_stack(StackName="Stack")
    # The reverse update sends the properties of the first deploy, and gets an answer.
    assert probe.aws.settled(stack_id, seconds=SILENCE / 4) == "UPDATE_ROLLBACK_COMPLETE"

    assert probe.requests() == [("Create", None), ("Update", "first"), ("Update", "first")]
    assert probe.events()[2]["ResourceProperties"] == probe.events()[0]["ResourceProperties"]
    assert "Resource update cancelled" in probe.aws.reasons("Stack")


def test_answer__to_a_request_that_was_cancelled__is_not_taken_for_that_of_the_next(
    probe: Probe, cloudformation: Any
) -> None:
    probe.deploy("SUCCESS", "first")
    stack_id = probe.begin("NONE", "second", update=True)
    eventually(lambda: len(probe.requests()) == 2)
    cloudformation.cancel_update_stack(StackName="Stack")
    probe.aws.settled(stack_id)

    late = probe.events()[1]
    answer = {name: late[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "FAILED", "Reason": "late", "PhysicalResourceId": "second"}
    request = urllib.request.Request(late["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).close()

    probe.deploy("FAILED", "first", update=True)
    assert probe.requests()[3:] == [("Update", "first"), ("Update", "first")]


def eventually(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)
