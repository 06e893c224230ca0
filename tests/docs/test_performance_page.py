"""docs/performance.md and its plots are what was measured last. `make bench` writes them anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bench.page import FOLDER, PAGE, files
from bench.record import kept, read
from bench.summary import KNOWN

_MADE_NAME = re.compile(r"\b[a-z][0-9a-f]{10}\b")  # of what is drawn more than once
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@pytest.fixture(scope="module")
def written() -> dict[Path, str]:
    return files()


def test_page__against_the_results__is_what_they_say(written: dict[Path, str]) -> None:
    assert PAGE.read_text() == written[PAGE], "make bench writes it from what it measures"


def test_plots__against_the_results__show_what_they_say(written: dict[Path, str]) -> None:
    """But for the last digit of where something is drawn, which is the processor's."""
    plots = {path: plot for path, plot in written.items() if path != PAGE}
    assert set(FOLDER.iterdir()) == plots.keys()
    for path, plot in plots.items():
        kept_text, kept_numbers = _told_apart(path.read_text())
        text, numbers = _told_apart(plot)
        assert kept_text == text, path.name
        assert kept_numbers == pytest.approx(numbers, abs=0.01), path.name


def _told_apart(plot: str) -> tuple[str, list[float]]:
    plain = _MADE_NAME.sub("", plot)
    return _NUMBER.sub("", plain), [float(number) for number in _NUMBER.findall(plain)]


def test_plots__drawn_again__are_the_same_bytes(written: dict[Path, str]) -> None:
    assert files() == written


def test_page__of_each_plot__shows_it(written: dict[Path, str]) -> None:
    shown = re.findall(r"\]\((performance/[\w-]+\.svg)\)", written[PAGE])
    assert sorted(shown) == sorted(str(path.relative_to(PAGE.parent)) for path in FOLDER.iterdir())


def test_summary__of_each_known_target__has_a_row() -> None:
    aimed = {row.name for part in kept() for row in read(part)[1] if row.target}
    assert KNOWN.keys() - aimed <= {"all tests, on all cores", "the unit part of the tests"}  # on request
