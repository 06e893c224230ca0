"""A deletion that fails can be tried again."""

from __future__ import annotations

from pathlib import Path

import pytest

from personalize_local.testing.server_process import LocalAws
from support.processes.probe import Probe


@pytest.fixture
def probe(local_aws: LocalAws, tmp_path: Path) -> Probe:
    return Probe(local_aws, tmp_path / "events")


def test_delete__of_a_custom_resource_fails__its_function_stays_for_the_next_delete(probe: Probe) -> None:
    probe.deploy("SUCCESS", "first")
    probe.refuse_deletes(True)
    assert probe.aws.delete("Stack") == "DELETE_FAILED"
    assert len(probe.aws.client("lambda").list_functions()["Functions"]) == 1

    probe.refuse_deletes(False)
    assert probe.aws.delete("Stack") == "DELETE_COMPLETE"

    assert probe.requests() == [("Create", None), ("Delete", "first"), ("Delete", "first")]
    assert probe.aws.client("lambda").list_functions()["Functions"] == []
    assert probe.aws.client("iam").list_roles()["Roles"] == []


def test_rollback__cannot_delete_a_custom_resource__deleting_the_stack_tries_it_again(probe: Probe) -> None:
    probe.refuse_deletes(True)
    assert probe.deploy("FAILED", "first") == "ROLLBACK_FAILED"
    described = probe.aws.client("cloudformation").describe_stack_resources(StackName="Stack")[
        "StackResources"
    ]
    kept = {resource["LogicalResourceId"]: resource["ResourceStatus"] for resource in described}
    assert kept == dict.fromkeys(["Probe", "Function", "Role"], "DELETE_FAILED")

    probe.refuse_deletes(False)
    assert probe.aws.delete("Stack") == "DELETE_COMPLETE"

    assert probe.requests() == [("Create", None), ("Delete", "first"), ("Delete", "first")]
    assert probe.aws.client("lambda").list_functions()["Functions"] == []
