"""The Python of the page on data, run as a reader would run it."""

from __future__ import annotations

from typing import Any

from aws_cdk.assertions import Annotations, Match, Template

from support.pages.documents import ROOT, blocks

DATA = ROOT / "docs" / "data.md"


def test_data_code__all_blocks_in_their_order__synthesize_without_a_warning() -> None:
    names: dict[str, Any] = {}
    for block in blocks(DATA, "python"):
        exec(compile(block, DATA.name, "exec"), names)

    template = Template.from_stack(names["stack"])
    for type_ in ("DatasetGroup", "Schema", "Dataset"):
        template.resource_count_is(f"AWS::Personalize::{type_}", 1)
    template.resource_count_is("Custom::PersonalizeEventInteractions", 1)
    warnings = Annotations.from_stack(names["stack"]).find_warning("*", Match.any_value())
    assert [str(warning.entry.data) for warning in warnings] == []
