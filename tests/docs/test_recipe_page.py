"""docs/recipes.md is what the catalog says. `make docs` (RECIPE_PAGE=update) writes it anew."""

from __future__ import annotations

import os

from support.pages.recipe_page import PAGE, page


def test_page__against_the_catalog__is_what_it_says() -> None:
    if os.environ.get("RECIPE_PAGE") == "update":
        PAGE.write_text(page())
    assert PAGE.read_text() == page(), "the catalog says otherwise; if that is as it should be: make docs"
