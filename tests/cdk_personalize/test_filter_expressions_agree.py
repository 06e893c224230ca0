"""The parsers of filter expressions in the constructs and in the simulator accept the same expressions."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from cdk_personalize.filter.rules import find_problems
from cdk_personalize.model.findings import problems_in
from personalize_local.simulator.kinds.filter.expression import problem_in
from support.requests.filter_expressions import ACCEPTED

WORDS = (
    *("INCLUDE", "ItemID", "WHERE", "AND", "OR", "IF", "IN", "NOT", "=", "<=", "|", "(", ")", ",", "*"),
    *(
        "$A",
        '"a"',
        "1.5",
        "Items.A",
        "Interactions.EVENT_TYPE",
        "CurrentUser.A",
        "CurrentItem.A",
        "a",
        "!",
        "'a'",
    ),
)

LONG = 150  # characters: longer ones have nothing new, and many words


def variants(expression: str) -> Iterator[str]:
    """Leave out, repeat and replace each word of an expression in turn, and put each word in front of it."""
    parts = re.findall(r'"[^"]*"|[\w.$]+|[<>=!]+|[^\s]', expression)
    for place, part in enumerate(parts):
        before, after = parts[:place], parts[place + 1 :]
        yield " ".join([*before, *after])
        yield " ".join([*before, part, part, *after])
        for word in WORDS:
            yield " ".join([*before, word, *after])
            yield " ".join([*before, word, part, *after])


@pytest.mark.parametrize("expression", [each for each in ACCEPTED if len(each) < LONG])
def test_parsers__of_every_change_of_one_word__agree(expression: str) -> None:
    different = [
        variant
        for variant in {expression, *variants(expression)}
        if (problem_in(variant) is None) != (problems_in(find_problems(variant)) == [])
    ]

    assert different == []
