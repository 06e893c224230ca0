"""CloudFormation's strings, back to what the API takes."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_provider.sdk import input_shape
from personalize_provider.wire import restore

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
texts = st.sampled_from(["true", "0.5", "rate(7 days)", "null", "", "é"]) | st.text(max_size=8)


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
