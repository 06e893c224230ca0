"""Tables and pictures of a page."""

from __future__ import annotations

from collections.abc import Sequence


def table(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table, its figures to the right and its words to the left."""
    rule = ["---:" if _is_of_figures(column) else "---" for column in zip(*body, strict=True)]
    lines = [" | ".join(cells) for cells in (head, rule, *body)]
    return "".join(f"| {line} |\n" for line in lines)


def picture(path: str, alternative: str) -> str:
    """A picture, and what it shows to who can't see it."""
    return f"![{alternative}]({path})\n"


def _is_of_figures(column: Sequence[str]) -> bool:
    return all(not cell or cell[0].isdigit() for cell in column)
