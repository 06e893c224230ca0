"""What the constructs write, the handler reads: names, types and nothing unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from cdk_personalize.kinds import KINDS as DECLARED
from personalize_provider.engine.lifecycle import desired_by
from personalize_provider.engine.request import Request
from personalize_provider.kinds import KINDS
from support.requests import stacks
from support.requests.delivered import delivered, update

PREFIX = "arn:aws:personalize:us-east-1:000000000000"


def requests(declare: Callable[[cdk.Stack, str], None], arn: str) -> list[Request]:
    """An update of each resource of ours in a stack that sets every property."""
    stack = cdk.Stack(cdk.App(), "EveryProperty")
    declare(stack, arn)
    resources = Template.from_stack(stack).to_json()["Resources"].values()
    return [
        update(item["Type"], delivered(item["Properties"])) for item in resources if item["Type"] in DECLARED
    ]


@pytest.mark.parametrize(
    ("declare", "arn", "count"),
    [
        (stacks.every_property, f"{PREFIX}:dataset-group/movies", 5),
        (stacks.every_property_of_campaigns, f"{PREFIX}:solution/movies", 5),
    ],
    ids=["solutions", "campaigns"],
)
def test_properties__that_a_construct_writes__are_read_by_the_handler(
    declare: Any, arn: str, count: int
) -> None:
    read = [desired_by(request, KINDS) for request in requests(declare, arn)]

    identified = {
        desired.identify(lambda _: None, lambda *_: False, is_rolling_back=False) for desired in read
    }
    assert len(read) == count
    assert all(found.startswith(f"{PREFIX}:") for found in identified), identified


def test_kinds__of_the_constructs__are_those_of_the_handler() -> None:
    assert DECLARED.keys() == KINDS.keys()
