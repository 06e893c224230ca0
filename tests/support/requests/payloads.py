"""Requests that were really made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAYLOADS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[2] / "data" / "payloads").glob("*.json"))
}
VALID = {name: payload["params"] for name, payload in PAYLOADS.items() if payload["expect"] == "valid"}
INVALID = {name: payload["params"] for name, payload in PAYLOADS.items() if payload["expect"] == "invalid"}
