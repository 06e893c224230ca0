"""Code is laid out as a formatter would."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_personalize.cli.layout import WIDTH, Brackets, Code, Text, call, laid_out, names, string
from support.requests.exported import unformatted


@settings(max_examples=200, deadline=None)
@given(text=st.text())
def test_string__any_text__is_that_text_in_python(text: str) -> None:
    assert ast.literal_eval(laid_out(string(text))) == text


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ("""it's "it\"""", "'it\\'s \"it\"'"),
        ("a\nb\\", '"a\\nb\\\\"'),
        ("映画\u2028", '"映画\\u2028"'),
    ],
)
def test_string__with_quotes_and_more__is_spelled_as_the_formatter_does(
    text: str, literal: str, tmp_path: Path
) -> None:
    assert laid_out(string(text)) == literal
    assert unformatted([f"value = {literal}\n"], tmp_path) == ""


def nested(width: int) -> Code:
    inner = Brackets("[", (("", Text("1")), ("", string("x" * width))), "]")
    return call("Outer", [("first", inner), ("second", Text("2"))])


@pytest.mark.parametrize("width", range(40, 110))
def test_layout__around_the_line_length__breaks_where_it_must(width: int) -> None:
    lines = laid_out(nested(width)).splitlines()

    on_one_line = len('Outer(first=[1, ""], second=2)') + width <= WIDTH
    assert (len(lines) == 1) is on_one_line
    assert all(line.strip().startswith('"x') for line in lines if len(line) > WIDTH)


def test_layout__around_the_line_length__is_what_the_formatter_leaves(tmp_path: Path) -> None:
    start = "from outside import Outer\n\nvalue = "
    codes = [f"{start}{laid_out(nested(width), before=len('value = '))}\n" for width in range(40, 110)]

    assert unformatted(codes, tmp_path) == ""


def test_layout__item_that_is_always_open__opens_what_it_stands_in() -> None:
    code = call("Outer", [("inner", Brackets("Inner(", (("", Text("1")),), ")", always_open=True))])

    assert laid_out(code) == "Outer(\n    inner=Inner(\n        1,\n    ),\n)"


def test_names__of_nested_code__are_all_that_it_uses() -> None:
    assert set(names(call("Outer", [("a", Text("Recipe.SIMS", "Recipe")), ("b", call("Inner", []))]))) == {
        "Outer",
        "Recipe",
        "Inner",
    }
