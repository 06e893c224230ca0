"""The app, deployed and run. `local_aws` is a fixture of cdk-personalize."""

from __future__ import annotations

from typing import Any

import pytest
import run
from app import recommender

HOURS_IN_SECONDS = {"scale": 1200}


def test_from_data_to_recommendations(
    local_aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    local_aws.control("POST", "clock", HOURS_IN_SECONDS)
    monkeypatch.setattr("boto3.client", local_aws.client)
    local_aws.deploy(recommender)

    run.main()

    printed = capsys.readouterr().out
    assert printed.index("PROMOTED") < printed.index("user-007  gets") < printed.index("REJECTED")
    local_aws.destroy(recommender)
    assert local_aws.client("personalize").list_dataset_groups()["datasetGroups"] == []
    assert local_aws.client("stepfunctions").list_state_machines()["stateMachines"] == []
