"""What a figure says of its target, and how the page shows page."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.page import Row

from bench import page

FAST = Row("cold start, against a bare boto3 handler", 0.89, 25, most=0.9)
SLOW = Row("simulator over HTTP on one core", 492, 5, "requests/s", least=1000)
PLAIN = Row("peak memory, against a crhelper handler", 0.68, 25)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (FAST, "met"),
        (SLOW, "missed"),
        (PLAIN, ""),
        (Row("asset, zipped", 1.0, 1, "MB", most=1), "met"),
        (Row("simulator", 1000, 1, "requests/s", least=1000), "met"),
        (Row("asset, zipped", 1.01, 1, "MB", most=1), "missed"),
    ],
)
def test_verdict__of_a_row__is_that_of_its_target(row: Row, expected: str) -> None:
    assert row.verdict == expected


def test_page__of_measured_parts__has_their_rows_and_says_which_targets_are_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "RESULTS", tmp_path)
    page.write("start", [FAST, PLAIN])
    page.write("simulator", [SLOW])

    assert page.verdict() == "1 of 2 targets are met; missed: simulator over HTTP on one core."
    lines = page.text().splitlines()
    assert f"| {FAST.name} | at most 0.9 times | 0.89 times | met | 25 |" in lines
    assert f"| {PLAIN.name} |  | 0.68 times |  | 25 |" in lines
    assert f"| {SLOW.name} | at least 1,000 requests/s | 492 requests/s | missed | 5 |" in lines
