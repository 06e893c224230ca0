"""The stack and the script, where policies are enforced: the function has only what the stack grants."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import promote
import pytest
from streaming import Streaming

from personalize_local.testing.server_process import LocalAws, running


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalAws]:
    """A local AWS in which an hour passes in three seconds, and the clients of the script."""
    with running(tmp_path / "aws", ["--enforce-iam", "--time-scale", "1200"]) as local:
        monkeypatch.setattr("boto3.client", local.client)
        monkeypatch.setattr(promote, "PAUSE", 0.1)
        yield local


@pytest.fixture
def views(tmp_path: Path) -> Path:
    """100 users, each of whom watched 15 of the 40 films of one genre."""
    rows = [
        f"user-{user},film-{user % 2}-{(user * 7 + view * 3) % 40},{1_700_000_000 + view * 3600},watch,tv"
        for user in range(100)
        for view in range(15)
    ]
    file = tmp_path / "views.csv"
    file.write_text("\n".join(["USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,DEVICE", *rows]) + "\n")
    return file


def test_the_stack_owns_the_throughput_and_the_script_the_version(aws: LocalAws, views: Path) -> None:
    personalize = aws.client("personalize")
    outputs = aws.deploy(Streaming(cdk.App(), "Streaming"))
    assert outputs["Status"] == "AWAITING_VERSION"

    promote.main("Streaming", str(views))

    campaign = describe(personalize, outputs)
    assert (campaign["status"], campaign["minProvisionedTPS"]) == ("ACTIVE", 1)
    films = recommendations(aws, outputs, "user-2")
    watched = {line.split(",")[1] for line in views.read_text().splitlines() if line.startswith("user-2,")}
    assert films
    assert {film[:6] for film in films} == {"film-0"}  # the user's genre
    assert watched.isdisjoint(films)  # the filter

    deployed = Streaming(cdk.App(), "Streaming", throughput=2)
    outputs = aws.deploy(deployed)

    changed = describe(personalize, outputs)
    assert (outputs["Status"], changed["minProvisionedTPS"]) == ("ACTIVE", 2)
    assert changed["solutionVersionArn"] == campaign["solutionVersionArn"]

    promote.main("Streaming", str(views))
    promoted = describe(personalize, outputs)
    assert promoted["solutionVersionArn"] != campaign["solutionVersionArn"]
    assert promoted["minProvisionedTPS"] == 2

    aws.destroy(deployed)
    assert not aws.stacks()
    assert personalize.list_dataset_groups()["datasetGroups"] == []
    assert personalize.list_campaigns()["campaigns"] == []


def describe(personalize: Any, outputs: dict[str, str]) -> dict[str, Any]:
    """The campaign."""
    campaign: dict[str, Any] = personalize.describe_campaign(campaignArn=outputs["Campaign"])["campaign"]
    return campaign


def recommendations(aws: LocalAws, outputs: dict[str, str], user: str) -> list[str]:
    """What the stack's function recommends."""
    event = json.dumps({"user": user})
    answer = aws.client("lambda").invoke(FunctionName=outputs["Recommend"], Payload=event)
    films: list[str] = json.load(answer["Payload"])
    assert "FunctionError" not in answer, json.dumps(films)
    return films
