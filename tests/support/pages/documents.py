"""The documents of the project as something that tests can read."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
README = ROOT / "README.md"


def section(document: Path, heading: str) -> str:
    """The text under a heading, up to the next one of its level or above."""
    text = document.read_text()
    start = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert start, f"{document.name} has no heading {heading!r}"
    rest = text[start.end() :]
    end = re.search(rf"^#{{1,{len(start[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def table(document: Path, heading: str) -> list[dict[str, str]]:
    """The rows of the first table under a heading, by column."""
    text = re.sub(r"^```.*?^```$", "", section(document, heading), flags=re.MULTILINE | re.DOTALL)
    found = re.search(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert found, f"{document.name} has no table under {heading!r}"
    lines = found[0].splitlines()
    header, _, *rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]
    return [dict(zip(header, row, strict=True)) for row in rows]


def code(cell: str) -> list[str]:
    """What stands in backticks in a cell."""
    return re.findall(r"`([^`]+)`", cell)


def blocks(document: Path, info: str) -> list[str]:
    """The fenced blocks with that info string."""
    return re.findall(rf"^```{re.escape(info)}\n(.*?)^```$", document.read_text(), re.MULTILINE | re.DOTALL)
