from __future__ import annotations

import pytest

from personalize_local.simulator import ServiceError
from personalize_local.simulator.engine.model import checked, service_model

GROUP = "arn:aws:personalize:us-east-1:123456789012:dataset-group/films"


def refusal(operation: str, **params: object) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        checked(operation, params)
    return refused.value


def violation(**params: object) -> str:
    error = refusal("CreateSolution", **{"name": "films", "datasetGroupArn": GROUP} | params)
    assert error.code == "ValidationException"
    count, _, rest = error.message.partition(": ")
    assert count == "1 validation error detected"
    return rest


def test_checked__fitting_request__comes_back_without_unknown_members_and_nulls() -> None:
    given = {"name": "a", "datasetGroupArn": GROUP, "eventType": None, "colour": "red", "tags": ()}
    assert checked("CreateSolution", given) == {"name": "a", "datasetGroupArn": GROUP, "tags": []}


def test_checked__nested_unknown_members__are_dropped() -> None:
    config = {"solutionConfig": {"eventValueThreshold": "1", "nope": 1}}
    request = checked("CreateSolution", {"name": "a", "datasetGroupArn": GROUP} | config)
    assert request["solutionConfig"] == {"eventValueThreshold": "1"}


def test_checked__required_members_missing__all_in_one_message() -> None:
    error = refusal("CreateSolution", tags=[{"tagKey": "a"}])
    assert error.code == "ValidationException"
    assert error.message == (
        "3 validation errors detected: "
        "Value null at 'name' failed to satisfy constraint: Member must not be null; "
        "Value null at 'datasetGroupArn' failed to satisfy constraint: Member must not be null; "
        "Value null at 'tags.1.member.tagValue' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize("name", ["-a", "a b", "a.b", "a/b", "a\n", "é", "a!"])
def test_name__outside_the_pattern__is_refused_at_both_ends(name: str) -> None:
    assert violation(name=name) == (
        f"Value '{name}' at 'name' failed to satisfy constraint: "
        r"Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\-_]*"
    )


def test_name__of_63_and_64_characters__is_the_border() -> None:
    assert checked("CreateSolution", {"name": "a" * 63, "datasetGroupArn": GROUP})["name"] == "a" * 63
    assert "Member must have length less than or equal to 63" in violation(name="a" * 64)


def test_name__empty__breaks_length_and_pattern_at_once() -> None:
    error = refusal("CreateSolution", name="", datasetGroupArn=GROUP)
    assert error.message.startswith("2 validation errors detected: Value '' at 'name'")
    assert "; Value '' at 'name'" in error.message


def test_enum__unknown_value__lists_the_set() -> None:
    objective = {"itemAttribute": "PRICE", "objectiveSensitivity": "MID"}
    assert violation(solutionConfig={"optimizationObjective": objective}) == (
        "Value 'MID' at 'solutionConfig.optimizationObjective.objectiveSensitivity' failed to satisfy "
        "constraint: Member must satisfy enum value set: [LOW, MEDIUM, HIGH, OFF]"
    )


@pytest.mark.parametrize(
    ("weight", "broken"), [(1.5, "less than or equal to 1"), (-0.5, "greater than or equal to 0")]
)
def test_number__out_of_bounds__names_the_place_in_the_list(weight: float, broken: str) -> None:
    parameters = [{"eventType": "click", "weight": 1}, {"eventType": "buy", "weight": weight}]
    text = violation(solutionConfig={"eventsConfig": {"eventParametersList": parameters}})
    assert text == (
        f"Value '{weight}' at 'solutionConfig.eventsConfig.eventParametersList.2.member.weight' "
        f"failed to satisfy constraint: Member must have value {broken}"
    )


def test_list__too_long__is_refused() -> None:
    many = [{"eventType": f"e{n}"} for n in range(11)]
    text = violation(solutionConfig={"eventsConfig": {"eventParametersList": many}})
    assert text.endswith(
        "'solutionConfig.eventsConfig.eventParametersList' failed to satisfy constraint: "
        "Member must have length less than or equal to 10"
    )


def test_map__too_large__is_refused() -> None:
    text = violation(solutionConfig={"algorithmHyperParameters": {f"p{n}": "1" for n in range(101)}})
    assert "at 'solutionConfig.algorithmHyperParameters' failed" in text


def test_map__long_key_and_bad_column__name_their_places() -> None:
    assert "algorithmHyperParameters.key'" in violation(
        solutionConfig={"algorithmHyperParameters": {"p" * 257: "1"}}
    )
    assert "excludedDatasetColumns.ITEMS.member.1.member'" in violation(
        solutionConfig={"trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["7UP"]}}}
    )


def test_schedule__with_more_behind__is_refused() -> None:
    config = {"autoTrainingConfig": {"schedulingExpression": "rate(12 hours)"}}
    assert "rate\\(\\d+ days?\\)" in violation(solutionConfig=config)


def test_sensitive_value__of_a_tag__is_not_repeated() -> None:
    text = violation(tags=[{"tagKey": "owner", "tagValue": "secret,"}])
    assert text.startswith("Value at 'tags.1.member.tagValue' failed")
    assert "secret" not in text


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"name": 5}, "NUMBER_VALUE can not be converted to a String"),
        ({"name": True}, "TRUE_VALUE or FALSE_VALUE can not be converted to a String"),
        ({"tags": "bad data"}, "STRING_VALUE can not be converted to a List"),
        ({"tags": [None]}, "VALUE_NULL can not be converted to a structure"),
        ({"performHPO": "true"}, "STRING_VALUE can not be converted to a Boolean"),
        ({"solutionConfig": []}, "START_ARRAY can not be converted to a structure"),
        (
            {"solutionConfig": {"algorithmHyperParameters": {"hidden_dimension": 55}}},
            "NUMBER_VALUE can not be converted to a String",
        ),
        ({"solutionConfig": {"algorithmHyperParameters": "x"}}, "STRING_VALUE can not be converted to a Map"),
        (
            {"solutionConfig": {"eventsConfig": {"eventParametersList": [{"weight": "1"}]}}},
            "STRING_VALUE can not be converted to a Double",
        ),
    ],
)
def test_json_of_the_wrong_type__is_a_serialization_error(params: dict[str, object], message: str) -> None:
    error = refusal("CreateSolution", **{"name": "a", "datasetGroupArn": GROUP} | params)
    assert (error.code, error.message) == ("SerializationException", message)


@pytest.mark.parametrize("value", [1.5, "1", True, float("inf"), float("nan")])
def test_integer__of_another_kind__is_a_serialization_error(value: object) -> None:
    assert refusal("ListSolutions", maxResults=value).code == "SerializationException"


def test_integer__written_with_a_point__is_taken() -> None:
    assert checked("ListSolutions", {"maxResults": 5.0}) == {"maxResults": 5}


def test_request__that_is_no_object__is_a_serialization_error() -> None:
    with pytest.raises(ServiceError, match="SerializationException: START_ARRAY"):
        checked("ListSolutions", [])


def test_unknown_operation__is_named() -> None:
    error = refusal("CreateMagic")
    assert (error.code, error.status) == ("UnknownOperationException", 400)
    assert "CreateMagic" in error.message


@pytest.mark.parametrize("operation", service_model().operation_names)
def test_every_operation_of_the_model__asks_for_its_required_members(operation: str) -> None:
    required = service_model().operation_model(operation).input_shape.required_members
    if not required:
        assert checked(operation, {}) == {}
        return
    message = refusal(operation).message
    assert message.startswith(f"{len(required)} validation error")
    assert all(f"Value null at '{name}'" in message for name in required)
