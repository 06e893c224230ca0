"""The error that docs/filters-and-events.md shows is the one that a filter raises."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_personalize import Filter, InvalidConstructError
from support.pages.documents import ROOT, blocks

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies"
WRONG = "INCLUDE ItemID WHERE Item.GENRE IN ($GENRE) OR Items.YEAR NOT IN ($YEAR)"


def test_page__the_error_of_a_filter__is_the_one_raised() -> None:
    [shown] = blocks(ROOT / "docs" / "filters-and-events.md", "text")

    with pytest.raises(InvalidConstructError) as raised:
        Filter(cdk.Stack(cdk.App(), "Stack"), "Calm", dataset_group=GROUP, filter_expression=WRONG)

    assert str(raised.value) == shown.strip()
