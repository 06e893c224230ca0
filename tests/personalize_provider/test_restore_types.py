"""CloudFormation's strings, back to what the API takes."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_provider.aws.restore_types import boolean, restore
from personalize_provider.aws.sdk import input_shape

LARGE: dict[str, Any] = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
    "deadline": None,
}

CREATE = input_shape("CreateSolution")
MINIMAL = {
    "name": "movies",
    "datasetGroupArn": "arn:aws:personalize:us-east-1:123456789012:dataset-group/films",
}

# Words that CloudFormation must not have mistaken for booleans and numbers.
texts = st.sampled_from(["true", "0.5", "rate(7 days)", "null", "", "é"]) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8
)


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values of a shape, as far as botocore checks them (rule 5)."""
    smallest = shape.metadata.get("min", 0)
    match shape:
        case StructureShape():
            members = {name: values(member) for name, member in shape.members.items()}
            required = {name: members.pop(name) for name in shape.required_members}
            return st.fixed_dictionaries(required, optional=members)
        case ListShape():
            return st.lists(values(shape.member), min_size=smallest, max_size=max(2, smallest))
        case MapShape():
            return st.dictionaries(texts, values(shape.value), max_size=2)
    scalars: dict[str, st.SearchStrategy[Any]] = {
        "boolean": st.booleans(),
        "integer": st.integers(min_value=smallest, max_value=1_000_000),
        "double": st.floats(min_value=smallest, max_value=1e9, allow_nan=False),
        "float": st.floats(min_value=smallest, max_value=1e9, allow_nan=False, width=32),
        "string": texts.filter(lambda text: len(text) >= smallest),
    }
    return scalars[shape.type_name]


def stringified(value: Any) -> Any:
    """As a custom resource's properties arrive."""
    match value:
        case dict():
            return {key: stringified(item) for key, item in value.items()}
        case list():
            return [stringified(item) for item in value]
        case bool():
            return str(value).lower()
    return str(value)


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=60
)
@given(values(CREATE))
def test_restore__any_request_as_strings__is_the_request_again(request: dict[str, Any]) -> None:
    assert not ParamValidator().validate(request, CREATE).has_errors()
    assert restore(stringified(request), CREATE) == (request, [])


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None, max_examples=20
)
@given(values(CREATE))
def test_restore__values_with_their_types__stay(request: dict[str, Any]) -> None:
    assert restore(request, CREATE) == (request, [])


@pytest.mark.parametrize(
    ("written", "meant"), [("true", True), ("false", False), ("True", True), ("FALSE", False), (True, True)]
)
def test_restore__boolean_spellings__are_understood(written: Any, meant: bool) -> None:
    request, problems = restore({**MINIMAL, "performHPO": written}, CREATE)
    assert (request["performHPO"], problems) == (meant, [])


def test_restore__strings_that_look_like_numbers__stay_strings() -> None:
    properties = {
        **MINIMAL,
        "solutionConfig": {
            "eventValueThreshold": "0.5",
            "algorithmHyperParameters": {"hidden_dimension": "55", "recency_mask": "true"},
            "hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "40"}},
        },
    }
    assert restore(properties, CREATE) == (properties, [])


def event(weight: Any) -> dict[str, Any]:
    return {"eventsConfig": {"eventParametersList": [{"eventType": "watch", "weight": weight}]}}


def hpo(minimum: Any) -> dict[str, Any]:
    ranges = {"integerHyperParameterRanges": [{"name": "depth", "minValue": minimum, "maxValue": "5"}]}
    return {"hpoConfig": {"algorithmHyperParameterRanges": ranges}}


def parameters(written: dict[str, Any]) -> dict[str, Any]:
    return {**MINIMAL, "solutionConfig": {"algorithmHyperParameters": written}}


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        ({**MINIMAL, "performHPO": "yes"}, ["performHPO", "yes", "bool"]),
        ({**MINIMAL, "performHPO": ""}, ["performHPO"]),
        ({**MINIMAL, "performHPO": ["true"]}, ["performHPO"]),
        ({**MINIMAL, "solutionConfig": event("heavy")}, ["eventParametersList[0].weight", "heavy", "float"]),
        ({**MINIMAL, "solutionConfig": event("nan")}, ["eventParametersList[0].weight", "nan"]),
        ({**MINIMAL, "solutionConfig": event("Infinity")}, ["eventParametersList[0].weight", "Infinity"]),
        ({**MINIMAL, "solutionConfig": event({"a": "1"})}, ["weight"]),
        ({**MINIMAL, "solutionConfig": "none"}, ["solutionConfig"]),
        ({**MINIMAL, "tags": {"a": "b"}}, ["tags"]),
        ({**MINIMAL, "tags": [{"tagKey": "a"}]}, ["tagValue"]),
        ({**MINIMAL, "eventtype": "watch"}, ["eventtype"]),
        ({**MINIMAL, "name": ""}, ["name"]),
        ({"name": "movies"}, ["datasetGroupArn"]),
        ({**MINIMAL, "performHPO": " true"}, ["performHPO", " true"]),
        ({**MINIMAL, "performHPO": "\uff11"}, ["performHPO", "\uff11"]),
        ({**MINIMAL, "performHPO": 1}, ["performHPO", "int"]),
        ({**MINIMAL, "solutionConfig": event("1e400")}, ["weight", "1e400"]),
        ({**MINIMAL, "solutionConfig": event("0x10")}, ["weight", "0x10"]),
        ({**MINIMAL, "solutionConfig": event("\uff11")}, ["weight", "\uff11"]),
        ({**MINIMAL, "solutionConfig": event("1_0")}, ["weight", "1_0"]),
        ({**MINIMAL, "solutionConfig": event(" 1")}, ["weight", " 1"]),
        ({**MINIMAL, "solutionConfig": event(float("nan"))}, ["weight", "nan"]),
        ({**MINIMAL, "solutionConfig": event(True)}, ["weight", "True"]),
        ({**MINIMAL, "solutionConfig": hpo("9" * 400)}, ["[0].minValue", "999"]),
        ({**MINIMAL, "solutionConfig": hpo("1.5")}, ["[0].minValue", "1.5"]),
        ({**MINIMAL, "solutionConfig": hpo("\uff11")}, ["[0].minValue", "\uff11"]),
        ({**MINIMAL, "eventType": "a" * 257}, ["eventType", "257", "valid max length: 256"]),
        ({**MINIMAL, "eventType": "a\0b"}, ["Invalid characters", "eventType", r"a\x00b"]),
        ({**MINIMAL, "eventType": "a\ud800b"}, ["Invalid characters", "eventType", r"a\ud800b"]),
        ({**MINIMAL, "tags": ["team"]}, ["tags[0]", "team"]),
        ({**MINIMAL, "tags": [{"tagKey": "k", "tagValue": ""}] * 201}, ["tags", "201", "max length: 200"]),
        ({**MINIMAL, "tags": [{"tagKey": "k" * 129, "tagValue": ""}]}, ["tags[0].tagKey", "129"]),
        (parameters({str(n): "" for n in range(101)}), ["algorithmHyperParameters", "101", "100"]),
        (parameters({"k" * 257: ""}), ["algorithmHyperParameters (key: kkk", "257"]),
        (parameters({"k": "v" * 1001}), ["algorithmHyperParameters.k", "1001"]),
        (parameters({"k\0": "v"}), [r"algorithmHyperParameters (key: k\x00)"]),
    ],
)
def test_restore__bad_value__is_named(properties: dict[str, Any], named: list[str]) -> None:
    _, problems = restore(properties, CREATE)
    assert len(problems) == 1
    assert all(word in problems[0] for word in named)


def test_restore__many_bad_values__all_are_named_once() -> None:
    properties = {
        "performHPO": "yes",
        "performAutoTraining": "no",
        "eventtype": "watch",
        "solutionConfig": event("heavy"),
        "tags": [{"tagValue": "b"}],
    }
    _, problems = restore(properties, CREATE)
    beginnings = (
        'Missing required parameter in input: "name"',
        'Missing required parameter in input: "datasetGroupArn"',
        'Unknown parameter in input: "eventtype"',
        "Invalid type for parameter performHPO, value: yes",
        "Invalid type for parameter performAutoTraining, value: no",
        "Invalid type for parameter solutionConfig.eventsConfig.eventParametersList[0].weight, value: heavy",
        'Missing required parameter in tags[0]: "tagKey"',
    )
    assert len(problems) == len(beginnings)
    for beginning in beginnings:
        assert any(problem.startswith(beginning) for problem in problems), beginning


@pytest.mark.parametrize(("written", "meant"), [("-5", -5), ("+5", 5), ("007", 7), ("1000000", 1_000_000)])
def test_restore__spellings_of_integers__are_understood(written: str, meant: int) -> None:
    request, problems = restore({**MINIMAL, "solutionConfig": hpo(written)}, CREATE)
    ranges = request["solutionConfig"]["hpoConfig"]["algorithmHyperParameterRanges"]
    assert (ranges["integerHyperParameterRanges"][0]["minValue"], problems) == (meant, [])


@pytest.mark.parametrize(
    ("written", "meant"), [("1", 1.0), ("1.", 1.0), (".5", 0.5), ("5E-1", 0.5), ("1.0E2", 100.0), (1, 1.0)]
)
def test_restore__spellings_of_numbers__are_understood(written: Any, meant: float) -> None:
    request, problems = restore({**MINIMAL, "solutionConfig": event(written)}, CREATE)
    weight = request["solutionConfig"]["eventsConfig"]["eventParametersList"][0]["weight"]
    assert (weight, problems) == (meant, [])


def test_restore__everything_at_its_limit__is_taken() -> None:
    properties = {
        **parameters({f"{n:0>256}": "v" * 1000 for n in range(100)}),
        "tags": [{"tagKey": "k" * 128, "tagValue": "v" * 256}] * 200,
        "eventType": "\t\n" * 128,
    }
    assert restore(properties, CREATE) == (properties, [])


@pytest.mark.parametrize("size", [262_144, 10_000_000])
def test_restore__more_than_the_waiter_can_carry__is_not_looked_at(size: int) -> None:
    for large in ("x" * size, ["x" * 100] * (size // 100 + 1), {"x" * size: ""}):
        assert restore({"unheardOf": large}, CREATE) == (
            {},
            ["the properties have more than 262144 characters"],
        )


@pytest.mark.parametrize("times", [20_000, 1_000_000])
def test_restore__more_values_than_a_request_can_have__is_not_looked_at(times: int) -> None:
    for large in (["x"] * times, [[]] * times, [{}] * times, [None] * times):
        assert restore({"unheardOf": large}, CREATE) == ({}, ["the properties have more than 20000 values"])


@pytest.mark.parametrize(
    ("levels", "problem"),
    [
        (18, "Invalid type for parameter eventType"),
        (19, "the properties are nested more"),
        (1_000, "the prop"),
    ],
)
def test_restore__nested_deep__is_one_problem(levels: int, problem: str) -> None:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    _, problems = restore({**MINIMAL, "eventType": value}, CREATE)
    assert len(problems) == 1
    assert problems[0].startswith(problem)


def test_restore__wrong_nine_thousand_times__is_a_short_list() -> None:
    _, problems = restore({**MINIMAL, **{f"unheardOf{n}": "x" for n in range(9_000)}}, CREATE)
    assert len(problems) == 21
    assert problems[-1] == "and 8980 more"


def test_restore__problem_of_any_length__is_cut_and_printable() -> None:
    _, problems = restore({**MINIMAL, "performHPO": "\x1b[31m\ud800" + "x" * 10_000}, CREATE)
    (problem,) = problems
    assert problem.startswith(r"Invalid type for parameter performHPO, value: \x1b[31m\ud800xxx")
    assert len(problem) < 350


@pytest.mark.parametrize("value", [None, 1, "", "yes", "1", " true", ["true"], {"true": "true"}])
def test_boolean__anything_else__is_none(value: Any) -> None:
    assert boolean(value) is None
