"""What was measured last, kept as JSON: a file for each part."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.row import Row
from bench.series import Series

FOLDER = Path(__file__).with_name("results")
PARTS = ("start", "asset", "imports", "synthesis", "deploys", "costs", "simulator")
ON_REQUEST = ("first_deploy", "scale", "suite")  # each takes minutes, and the first downloads a lot


def write(part: str, measured: Sequence[Row | Series]) -> None:
    """Keep what a part has measured; series apart, for plots."""
    machine = f"CPython {platform.python_version()}, {os.cpu_count()} cores"
    content: dict[str, Any] = {
        "machine": machine,
        "rows": [asdict(row) for row in measured if isinstance(row, Row)],
    }
    if series := [asdict(line) for line in measured if isinstance(line, Series)]:
        content["series"] = series
    _file(part).write_text(json.dumps(content, indent=2) + "\n")


def kept() -> list[str]:
    """The parts that were measured once."""
    return [part for part in (*PARTS, *ON_REQUEST) if _file(part).exists()]


def read(part: str) -> tuple[str, list[Row]]:
    """The machine that a part was measured on last, and what was measured."""
    content = _content(part)
    return content["machine"], [Row(**row) for row in content["rows"]]


def read_series(part: str) -> dict[str, Series]:
    """The series of a part, by name; empty if it keeps none."""
    return {line["name"]: Series(**line) for line in _content(part).get("series", [])}


def _content(part: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(_file(part).read_text())
    return content


def _file(part: str) -> Path:
    return FOLDER / f"{part}.json"
