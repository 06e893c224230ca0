"""Next steps of messages about values in data files are followed."""

from __future__ import annotations

import pytest

from cdk_personalize.cli.check_data.columns import wrong_values
from cdk_personalize.schema.field import Field


@pytest.mark.parametrize(
    ("field", "wrong", "fix", "right"),
    [
        (
            Field.long("TIMESTAMP"),
            "2020-07-31",
            "give Unix time in seconds, such as 1596238243",
            "1596238243",
        ),
        (Field.float("PRICE"), "1,5", "write a decimal point", "1.5"),
    ],
    ids=["timestamp", "decimal comma"],
)
def test_hint__of_a_value__is_followed_and_accepted(field: Field, wrong: str, fix: str, right: str) -> None:
    [(_, problem)] = wrong_values(field, [wrong])

    assert problem.endswith(f"; {fix}")
    assert list(wrong_values(field, [right])) == []
