from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_local.simulator.engine.model import service_model
from personalize_local.simulator.engine.patterns import compile_pattern

TAG = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$"


@pytest.mark.parametrize("text", ["", "team", "équipe/éà", "チーム 7", "a_b.c:d/e=f+g-h@i", "Ⅷ½"])
def test_tag_pattern__letters_digits_spaces_of_any_script__match(text: str) -> None:
    assert compile_pattern(TAG).fullmatch(text)


@pytest.mark.parametrize("text", ["a,b", "a\n", "\n", "(x)", "tab\there", "🎬", "a{L}"])
def test_tag_pattern__other_characters__do_not_match(text: str) -> None:
    assert not compile_pattern(TAG).fullmatch(text)


@given(st.characters())
def test_properties__any_character__follow_its_general_category(character: str) -> None:
    letters = compile_pattern(r"\p{L}")
    assert bool(letters.fullmatch(character)) == unicodedata.category(character).startswith("L")


def test_ascii_property__outside_of_a_class__is_a_class_of_its_own() -> None:
    token = compile_pattern(r"\p{ASCII}{0,3}")
    assert token.fullmatch("a\x00\x7f")
    assert not token.fullmatch("é")
    assert not token.fullmatch("abcd")


def test_digits__of_another_script__do_not_match() -> None:
    assert not compile_pattern(r"rate\(\d+ days?\)").fullmatch("rate(\uff17 days)")


def test_unknown_property__compiled__is_refused() -> None:
    with pytest.raises(ValueError, match="'Sparkling'"):
        compile_pattern(r"\p{Sparkling}")


def test_every_pattern_of_the_model__compiles() -> None:
    model = service_model()
    patterns = {model.shape_for(name).metadata.get("pattern") for name in model.shape_names} - {None}
    assert patterns
    for pattern in patterns:
        compile_pattern(pattern)
