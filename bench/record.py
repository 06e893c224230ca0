"""What was measured last, kept as JSON: a file for each part."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path

from bench.row import Row

FOLDER = Path(__file__).with_name("results")
PARTS = ("start", "asset", "imports", "synthesis", "deploys", "simulator")


def write(part: str, rows: list[Row]) -> None:
    """Keep what a part has measured."""
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores"
    content = {"machine": machine, "rows": [asdict(row) for row in rows]}
    _file(part).write_text(json.dumps(content, indent=2) + "\n")


def read(part: str) -> tuple[str, list[Row]]:
    """The machine that a part was measured on last, and what was measured."""
    content = json.loads(_file(part).read_text())
    return content["machine"], [Row(**row) for row in content["rows"]]


def _file(part: str) -> Path:
    return FOLDER / f"{part}.json"
