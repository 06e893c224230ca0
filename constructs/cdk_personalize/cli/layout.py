"""Python source laid out as `ruff format` and Black lay it out, so that formatting it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WIDTH = 88
"""Columns of a line: what both formatters do unless told otherwise."""

_INDENT = 4


@dataclass(frozen=True)
class Text:
    """Code that is never broken over lines.

    Attributes:
        text: The code.
        uses: A name that it needs to be imported.
    """

    text: str
    uses: str = ""


@dataclass(frozen=True)
class Brackets:
    """Code in brackets: on one line where it fits, else one item a line, each with a comma.

    Attributes:
        opening: All up to the opening bracket, and that.
        items: What stands between, each with what is written before it, such as `name=`.
        closing: The closing bracket, and all after it.
        uses: A name that the opening needs to be imported.
        always_open: Break it even if it fits on one line.
    """

    opening: str
    items: tuple[tuple[str, Code], ...]
    closing: str
    uses: str = ""
    always_open: bool = False


Code = Text | Brackets


def call(function: str, arguments: Iterable[tuple[str, Code]], *, uses: str = "") -> Brackets:
    """A call with keyword arguments."""
    items = tuple((f"{name}=", value) for name, value in arguments)
    return Brackets(f"{function}(", items, ")", uses or function)


def string(text: str) -> Text:
    """A string's literal: in double quotes, unless it has more of those than of single ones."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    escaped = "".join(_escaped(character, quote) for character in text)
    return Text(f"{quote}{escaped}{quote}")


def laid_out(code: Code, indent: int = 0, before: int = 0, after: int = 0) -> str:
    """Lay code out.

    Args:
        code: The code.
        indent: Columns that the line which it stands in is indented by.
        before: Columns of that line that are taken before it.
        after: Columns that are taken right after it, as by a comma.
    """
    flat = _flat(code)
    if isinstance(code, Text):
        return flat
    fits = before + len(flat) + after <= WIDTH and not _must_open(code)
    if fits or not code.items:
        return flat
    inner = indent + _INDENT
    lines = [
        f"{' ' * inner}{prefix}{laid_out(item, inner, inner + len(prefix), after=1)},"
        for prefix, item in code.items
    ]
    return "\n".join([code.opening, *lines, " " * indent + code.closing])


def names(code: Code) -> Iterator[str]:
    """The names that code needs to be imported."""
    if code.uses:
        yield code.uses
    if isinstance(code, Brackets):
        for _, item in code.items:
            yield from names(item)


def _flat(code: Code) -> str:
    if isinstance(code, Text):
        return code.text
    return code.opening + ", ".join(prefix + _flat(item) for prefix, item in code.items) + code.closing


def _must_open(code: Code) -> bool:
    return isinstance(code, Brackets) and (
        code.always_open or any(_must_open(item) for _, item in code.items)
    )


def _escaped(character: str, quote: str) -> str:
    if character in (quote, "\\"):
        return f"\\{character}"
    return character if character.isprintable() else repr(character)[1:-1]
