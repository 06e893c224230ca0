"""docs/performance.md shows what was measured last. `make bench` writes it."""

from __future__ import annotations

from bench.page import PAGE, text


def test_page__against_the_results__shows_them() -> None:
    assert PAGE.read_text() == text(), "run make bench, which writes the page"
