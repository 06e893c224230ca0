"""What the page, its plots and the terminal say of figures."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from bench.plots import plots
from bench.row import Row
from bench.series import Series
from bench.summary import lines, text, verdict

FAST = Row("cold start, against a bare boto3 handler", 0.89, 25, most=0.9)
SLOW = Row("simulator over HTTP on one core", 492, 5, "requests/s", least=1000)
PLAIN = Row("peak memory, against a crhelper handler", 0.68, 25)
SERIES = {
    name: Series(name, "s", [(1, 2.5), (10, 21), (100, 230)])
    for name in ("synthesis, ours", "lag, ours", "lag, defaults", "time, create", "calls, create")
}


def words(plot: str) -> list[str]:
    return [
        element.text or "" for element in ElementTree.fromstring(plot).iter() if element.tag.endswith("text")
    ]


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


def test_summary__of_rows__has_those_with_a_target_and_says_which_are_missed() -> None:
    found = lines([FAST, PLAIN, SLOW])

    assert [(line.name, line.before) for line in found] == [
        ("cold start, against boto3", 1.24),
        ("the simulator on one core", 1003),
    ]
    assert verdict(found) == "1 of 2 targets are met; missed: the simulator on one core."
    assert "1.24     0.89  met" in text(found)


def test_plots__of_rows_alone__are_the_bars_of_the_ratios() -> None:
    drawn = plots({"start": [FAST, PLAIN], "simulator": [SLOW]}, {})

    assert drawn.keys() == {"ratios"}
    shown = words(drawn["ratios"])
    assert {"0.89", "cold start, against boto3: met", "0.68", PLAIN.name} <= set(shown)
    assert "492" not in shown


def test_plots__of_series__have_a_line_by_each_name() -> None:
    drawn = plots({"start": [FAST]}, SERIES)

    assert drawn.keys() == {"ratios", "synthesis", "lag", "scale"}
    assert "ours" in words(drawn["synthesis"])
    assert {"ours: median 21 s", "defaults: median 21 s"} <= set(words(drawn["lag"]))
    assert words(drawn["scale"]).count("create") == 2


def test_plots__say_nothing_of_the_run() -> None:
    assert "metadata" not in plots({"start": [FAST]}, {})["ratios"]
