"""Expressions of CloudWatch's metric math."""

from __future__ import annotations

import re

import pytest

from personalize_local.ministack.metric_math import MathError, evaluate

DATA = {"m1": [4.0, None, 10.0], "m2": [2.0, 5.0, 0.0]}
QUERIES = [
    {"Id": name, "MetricStat": {"Metric": {}, "Period": 300, "Stat": "Sum"}, "ReturnData": False}
    for name in DATA
]


def value(expression: str) -> list[float | None]:
    return list(evaluate([*QUERIES, {"Id": "e", "Expression": expression}], DATA, 3))


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("m1 + m2", [6, None, 10]),
        ("m1 / m2", [2, None, None]),
        ("-m1 * 2 - 1", [-9, None, -21]),
        ("m2 ^ 2", [4, 25, 0]),
        ("100 * (m1 / (m1 + m2))", [100 * (4 / 6), None, 100]),
        ("m1/PERIOD(m1)/2", [4 / 600, None, 10 / 600]),
        ("FILL(m1, 0)", [4, 0, 10]),
        ("FILL(m1, m2)", [4, 5, 10]),
        ("FILL(m1, REPEAT)", [4, 4, 10]),
        ("FILL(m1, LINEAR)", [4, 7, 10]),
        ("IF(m2 > 1, m1 / m2, 0)", [2, None, 0]),
        ("IF(m2 == 0, 1)", [None, None, 1]),
        ("m2 > 1 AND m2 < 3", [1, 0, 0]),
        ("m2 > 3 || m2 == 0", [0, 1, 1]),
        ("m1 >= 4 && m2 != 5", [1, None, 1]),
        ("SUM(m1)", [14, 14, 14]),
        ("MAX(METRICS())", [4, 5, 10]),
        ('AVG(METRICS("m2"))', [2, 5, 0]),
        ("SUM(FILL(METRICS(), 1))", [6, 6, 10]),
        ("MIN([m1, m2])", [2, 5, 0]),
        ("ABS(m2 - 3) + CEIL(0.2) + FLOOR(0.8)", [2, 3, 4]),
    ],
)
def test_expression__over_two_metrics__has_a_value_for_each_period(
    expression: str, values: list[float | None]
) -> None:
    assert value(expression) == pytest.approx(values)


def test_expression__refers_to_another_one__uses_its_values() -> None:
    queries = [
        *QUERIES,
        {"Id": "total", "Expression": "m1 + m2", "ReturnData": False},
        {"Id": "rate", "Expression": "m2 / total"},
    ]
    assert evaluate(queries, DATA, 3) == pytest.approx([1 / 3, None, 0])


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("m1 +", "Error in expression 'm1 +'"),
        ("m3", "has the id m3"),
        ("e + 1", "The expression e refers to itself"),
        ("ANOMALY_DETECTION_BAND(m1, 2)", "can't evaluate ANOMALY_DETECTION_BAND with 2 arguments"),
        ("m1.real", "can't evaluate 'm1.real'"),
        ("__import__('os')", "can't evaluate __import__"),
        ("1 < m1 < 3", "can't evaluate '1 < m1 < 3'"),
        ("'m1'", "can't evaluate"),
        ("(" * 300 + "m1" + ")" * 300, "Error in expression"),
        ("m1" + " + m1" * 500, "more than 2048 characters"),
    ],
    ids=lambda text: text[:20],
)
def test_expression__cannot_be_evaluated__says_why(expression: str, reason: str) -> None:
    with pytest.raises(MathError, match=re.escape(reason)):
        value(expression)


def test_expression__power_without_end__has_no_value() -> None:
    assert value("9 ^ 9 ^ 9 ^ 9") == [None, None, None]


@pytest.mark.parametrize(
    ("queries", "reason"),
    [
        (QUERIES, "Exactly one element"),
        ([*QUERIES, QUERIES[0]], "must be unique"),
        ([{"Id": "a", "Expression": "1"}, {"Id": "b", "Expression": "1"}], "Exactly one element"),
    ],
    ids=["none", "twice", "two"],
)
def test_queries__do_not_return_one_series__say_why(queries: list[dict[str, object]], reason: str) -> None:
    with pytest.raises(MathError, match=reason):
        evaluate(queries, DATA, 3)
