"""A custom resource in a nested stack goes the way that one in a stack of its own goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_local.testing.server_process import LocalAws
from support.processes.probe import Probe


@pytest.fixture
def probe(local_aws: LocalAws, tmp_path: Path) -> Probe:
    return Probe(local_aws, tmp_path / "events", nested=True)


def test_update__others_do_not_change__their_attributes_are_still_known(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    assert probe.deploy("SUCCESS", "second", update=True) == "UPDATE_COMPLETE"
    assert probe.deploy("SUCCESS", "third", update=True) == "UPDATE_COMPLETE"


def test_update__with_another_id__the_old_one_is_deleted(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    probe.deploy("SUCCESS", "second", update=True)
    assert probe.requests() == [("Create", None), ("Update", "first"), ("Delete", "first")]


def test_create__fails_with_an_id__that_id_is_deleted_with_the_nested_stack(probe: Probe) -> None:
    assert probe.deploy("FAILED", "first") == "ROLLBACK_COMPLETE"
    assert probe.requests() == [("Create", None), ("Delete", "first")]
    stacks = probe.aws.client("cloudformation").list_stacks()["StackSummaries"]
    assert {stack["StackStatus"] for stack in stacks} == {"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}
    assert probe.aws.client("lambda").list_functions()["Functions"] == []


def test_delete__of_the_parent__deletes_it(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    assert probe.aws.delete("Stack") == "DELETE_COMPLETE"
    assert probe.requests() == [("Create", None), ("Delete", "first")]
