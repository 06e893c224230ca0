"""Names in SDK integrations are those of the AWS SDK for Java."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import botocore.session
import pytest

from personalize_local.ministack import sdk_names

MODEL = botocore.session.Session().get_service_model("personalize")


@pytest.mark.parametrize(
    ("api", "state_machine"),
    [
        ("solutionArn", "SolutionArn"),
        ("minProvisionedTPS", "MinProvisionedTPS"),
        ("performHPO", "PerformHPO"),
        ("autoMLConfig", "AutoMLConfig"),
        ("tunedHPOParams", "TunedHPOParams"),
        ("DBClusterIdentifier", "DbClusterIdentifier"),
        ("KMSKeyId", "KmsKeyId"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("ETag", "ETag"),
        ("SS", "Ss"),
        ("NULL", "Nul"),
    ],
)
def test_member__is_named_as_its_setter(api: str, state_machine: str) -> None:
    assert sdk_names.member(api) == state_machine


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ResourceInUseException", "Personalize.ResourceInUseException"),
        ("ThrottlingException", "Personalize.PersonalizeException"),
        ("AccessDeniedException", "Personalize.PersonalizeException"),
    ],
)
def test_error__not_in_the_model__is_the_general_one(code: str, name: str) -> None:
    assert sdk_names.error(MODEL, "Personalize", code) == name


def test_request_and_answer__of_an_operation__rename_every_level() -> None:
    shape = MODEL.operation_model("CreateSolution").input_shape
    given = {
        "Name": "films",
        "DatasetGroupArn": "g",
        "PerformHPO": True,
        "SolutionConfig": {
            "HpoConfig": {
                "AlgorithmHyperParameterRanges": {"IntegerHyperParameterRanges": [{"MinValue": 1.0}]}
            },
            "AlgorithmHyperParameters": {"bptt": "1"},
        },
    }
    request = sdk_names.request(given, shape)
    assert request == {
        "name": "films",
        "datasetGroupArn": "g",
        "performHPO": True,
        "solutionConfig": {
            "hpoConfig": {
                "algorithmHyperParameterRanges": {"integerHyperParameterRanges": [{"minValue": 1}]}
            },
            "algorithmHyperParameters": {"bptt": "1"},
        },
    }
    assert sdk_names.answer(request, shape) == given
    assert json.dumps(request).count(".0") == 0


def test_answer__metrics_and_moments__are_data() -> None:
    metrics = MODEL.operation_model("GetSolutionMetrics").output_shape
    answer = sdk_names.answer({"metrics": {"coverage": 0.5, "average_rewards_at_k": 1.0}}, metrics)
    assert answer == {"Metrics": {"coverage": 0.5, "average_rewards_at_k": 1.0}}
    described = MODEL.operation_model("DescribeSolution").output_shape
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    solution = sdk_names.answer({"solution": {"creationDateTime": moment}}, described)
    assert solution == {"Solution": {"CreationDateTime": "2026-01-01T00:00:00.000Z"}}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"solutionArn": "x"}, "The field 'solutionArn' is not supported by Step Functions"),
        ({}, "The field 'SolutionArn' is required but was missing"),
    ],
)
def test_request__does_not_fit_the_operation__is_refused(given: dict[str, str], message: str) -> None:
    with pytest.raises(sdk_names.FieldError, match=message):
        sdk_names.request(given, MODEL.operation_model("DescribeSolution").input_shape)
