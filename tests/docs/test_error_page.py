"""docs/errors.md is what botocore, the native type and the constructs say. `make docs` writes it anew."""

from __future__ import annotations

import os

from documents import table
from error_page import MISTAKES, PAGE, page


def test_page__against_all_three__is_what_they_say() -> None:
    written = page()
    if os.environ.get("ERROR_PAGE") == "update":
        PAGE.write_text(written)
    assert PAGE.read_text() == written, "somebody says otherwise; if that is as it should be: make docs"


def test_page__each_mistake__is_an_error_of_ours_and_has_a_fix() -> None:
    rows = table(PAGE, "Errors, side by side")

    assert len(rows) == len(MISTAKES) == 15
    assert {row["Solution"] for row in rows} == {"error"}
