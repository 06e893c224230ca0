"""The numbered facts: complete, in order, and every number that is cited exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docs" / "rules.md"

# "rule 33", "rules 42 and 43", "rules 76, 77 and 78", "rules 6 to 14"; a line break may come anywhere.
_NUMBERS = r"\d+(?:(?:,|\s+and|\s+to|,\s+and)\s+\d+)*"
_CITATION = re.compile(rf"\brules?\s+(?:#\s+)?({_NUMBERS})", re.IGNORECASE)


def rules() -> list[int]:
    return [int(number) for number in re.findall(r"^(\d+)\. ", RULES.read_text(), re.MULTILINE)]


def citations() -> list[tuple[str, int]]:
    sources = [
        *(
            path
            for root in ("constructs", "lambda", "local", "tests")
            for path in (ROOT / root).rglob("*.py")
        ),
        *ROOT.glob("*.py"),
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
    ]
    return [
        (path.relative_to(ROOT).as_posix(), int(number))
        for path in sources
        for cited in _CITATION.findall(path.read_text())
        for number in re.findall(r"\d+", cited)
    ]


def test_rules__read_in_order__are_numbered_without_a_gap() -> None:
    assert rules() == list(range(1, 211))


def test_rules__each__names_its_source() -> None:
    texts = re.split(r"^\d+\. ", RULES.read_text(), flags=re.MULTILINE)[1:]
    items = [re.split(r"\n\s*\n", text)[0].strip() for text in texts]
    assert [number for number, item in enumerate(items, 1) if not item.endswith("]")] == []


def test_citations__all_of_the_project__name_a_rule_that_exists() -> None:
    found = citations()
    assert len({number for _, number in found}) > 30, "the pattern no longer finds citations"
    known = set(rules())
    assert [citation for citation in found if citation[1] not in known] == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("(rule 33)", "33"),
        ("rules 42 and 43", "42 and 43"),
        ("see rules 6 to 14.", "6 to 14"),
        ("Rules 76, 77 and 78", "76, 77 and 78"),
        ("no rules here, 5 of them", None),
    ],
)
def test_citation_pattern__each_spelling__is_found(text: str, numbers: str | None) -> None:
    match = _CITATION.search(text)
    assert (match and match[1]) == numbers
