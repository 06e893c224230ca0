"""A custom resource that fails is treated as CloudFormation treats it."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_local.testing.server_process import LocalAws
from support.processes.probe import Probe


@pytest.fixture
def probe(local_aws: LocalAws, tmp_path: Path) -> Probe:
    return Probe(local_aws, tmp_path / "events")


def test_create__fails_with_an_id__that_id_is_deleted(probe: Probe) -> None:
    assert probe.deploy("FAILED", "first") == "ROLLBACK_COMPLETE"
    assert probe.requests() == [("Create", None), ("Delete", "first")]
    create, delete = probe.events()
    assert delete["ResourceProperties"] == create["ResourceProperties"]


def test_create__never_answered__an_id_is_made_up_for_the_delete(probe: Probe) -> None:
    assert probe.deploy("NONE", "first") == "ROLLBACK_COMPLETE"
    (create, _), (delete, physical_id) = probe.requests()
    assert (create, delete) == ("Create", "Delete")
    assert physical_id is not None
    assert physical_id.startswith("Stack-Probe-")


def test_update__fails_in_place__the_reverse_update_follows(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    assert probe.deploy("FAILED", "first", update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert probe.requests() == [("Create", None), ("Update", "first"), ("Update", "first")]


def test_update__fails_with_another_id__only_that_id_is_deleted(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    assert probe.deploy("FAILED", "second", update=True) == "UPDATE_ROLLBACK_COMPLETE"
    assert probe.requests() == [("Create", None), ("Update", "first"), ("Delete", "second")]
    assert probe.events()[-1]["ResourceProperties"]["id"] == "second"


def test_update__fails_with_another_id__the_stack_keeps_the_old_one(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    probe.deploy("FAILED", "second", update=True)
    probe.aws.delete("Stack")
    assert probe.requests()[-1] == ("Delete", "first")


def test_update__succeeds_with_another_id__the_old_one_is_deleted(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    assert probe.deploy("SUCCESS", "second", update=True) == "UPDATE_COMPLETE"
    assert probe.requests() == [("Create", None), ("Update", "first"), ("Delete", "first")]


def test_update__fails_in_place_after_a_failed_replacement__nothing_is_deleted(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    probe.deploy("FAILED", "second", update=True)
    probe.deploy("FAILED", "first", update=True)
    assert probe.requests()[-2:] == [("Update", "first"), ("Update", "first")]
