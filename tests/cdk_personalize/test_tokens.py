"""Tokens recognized without jsii are the CDK's tokens."""

from __future__ import annotations

import math
from pathlib import Path

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize.model.tokens import is_token


def test_is_token__every_encoding_of_a_token__agrees_with_cdk() -> None:
    stack = cdk.Stack(cdk.App(), "Stack")
    parameter = cdk.CfnParameter(stack, "Parameter")
    encodings = [
        cdk.Aws.REGION,
        f"arn:{cdk.Aws.PARTITION}:personalize",
        cdk.Token.as_number(parameter.value),
        cdk.Token.as_list(parameter.value),
        parameter.value,
        cdk.Fn.get_att("Logical", "Arn"),
        cdk.Fn.ref("Logical"),
        cdk.Fn.condition_if("Condition", "a", "b"),
    ]

    for value in encodings:
        assert cdk.Token.is_unresolved(value)
        assert is_token(value), value


@pytest.mark.parametrize(
    "value",
    [
        "",
        "arn:aws:personalize:::recipe/aws-sims",
        "${Token}",
        "${AWS::Region}",
        [],
        ["a"],
        ["a", "b"],
        {},
        {"a": 1},
        0,
        1,
        -1,
        True,
        None,
        0.5,
        -1.8e308,
        1e300,
        math.inf,
        -math.inf,
        math.nan,
        object(),
        Path(),
    ],
)
def test_is_token__what_is_known_now__is_none(value: object) -> None:
    assert not is_token(value)


@given(st.floats(min_value=-1e288, allow_nan=False))
def test_is_token__any_number_that_a_person_writes__is_none(value: float) -> None:
    assert not is_token(value)
