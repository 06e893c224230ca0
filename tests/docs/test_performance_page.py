"""docs/performance.md is what was measured last. `make bench` measures and writes it anew."""

from __future__ import annotations

from bench.page import PAGE, page


def test_page__against_the_results__is_what_they_say() -> None:
    assert PAGE.read_text() == page(), "make bench writes it from what it measures"
