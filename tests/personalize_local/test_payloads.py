"""Real requests: what the service took, the simulator must take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.virtual_time.simulated import Simulated

FOLDER = Path(__file__).parents[1] / "data" / "payloads"
PAYLOADS = {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def names(expect: str) -> list[str]:
    return [name for name, payload in PAYLOADS.items() if payload["expect"] == expect]


def with_its_group(sim: Simulated, payload: dict[str, Any]) -> dict[str, Any]:
    params: dict[str, Any] = payload["params"]
    name = params["datasetGroupArn"].rpartition("/")[2]
    if name != "films":
        sim.create_group(name)
    return params


@pytest.mark.parametrize("name", names("valid"))
def test_create__valid_payload__becomes_active(sim: Simulated, name: str) -> None:
    arn = sim.call("CreateSolution", **with_its_group(sim, PAYLOADS[name]))["solutionArn"]
    sim.advance(1)
    assert sim.status(arn) == "ACTIVE"


@pytest.mark.parametrize("name", names("invalid"))
def test_create__invalid_payload__is_refused(sim: Simulated, name: str) -> None:
    code, _ = sim.refusal("CreateSolution", **with_its_group(sim, PAYLOADS[name]))
    assert code in {"InvalidInputException", "ValidationException", "SerializationException"}
