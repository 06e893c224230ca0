"""A definition that Step Functions refuses is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from personalize_local.ministack.definitions import findings
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import ROLE, one, task

PASS = {"Type": "Pass", "End": True}
WRONG: dict[str, tuple[Any, str, str]] = {
    "no-states": ({"StartAt": "A"}, "SCHEMA_VALIDATION_FAILED", "/States"),
    "start": ({"StartAt": "B", "States": {"A": PASS}}, "MISSING_TRANSITION_TARGET", "/StartAt"),
    "wrong-type": (
        {"StartAt": "A", "States": {"A": {"Type": "Choice", "Choices": "B"}}},
        "SCHEMA_VALIDATION_FAILED",
        "/States",
    ),
    "unreachable": ({"StartAt": "A", "States": {"A": PASS, "B": PASS}}, "UNREACHABLE_STATE", "/States/B"),
    "next": (
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}},
        "MISSING_TRANSITION_TARGET",
        "/States/A/Next",
    ),
    "no-end": ({"StartAt": "A", "States": {"A": {"Type": "Pass"}}}, "SCHEMA_VALIDATION_FAILED", "/States/A"),
    "type": (one({"Type": "Tasks"}), "SCHEMA_VALIDATION_FAILED", "/States/One/Type"),
    "field": (one(PASS | {"Parameters": {}}), "SCHEMA_VALIDATION_FAILED", "/States/One/Parameters"),
    "language": (one(PASS | {"Output": 1}, "JSONPath"), "SCHEMA_VALIDATION_FAILED", "/States/One/Output"),
    "wait": (one({"Type": "Wait"}), "SCHEMA_VALIDATION_FAILED", "/States/One"),
    "action": (
        one(task("personalize:createSolutionVersions", {})),
        "SCHEMA_VALIDATION_FAILED",
        "/States/One/Resource",
    ),
    "service": (
        one(task("personalise:createSolution", {})),
        "SCHEMA_VALIDATION_FAILED",
        "/States/One/Resource",
    ),
    "member": (
        one(task("personalize:createCampaign", {"MinProvisionedTps": 1})),
        "SCHEMA_VALIDATION_FAILED",
        "/States/One/Arguments",
    ),
    "all": (
        one(task("sns:listTopics", {}, Retry=[{"ErrorEquals": ["States.ALL", "States.Timeout"]}])),
        "SCHEMA_VALIDATION_FAILED",
        "/States/One/Retry/0/ErrorEquals",
    ),
    "scope": (
        one(
            {
                "Type": "Parallel",
                "Assign": {"polls": 0},
                "Branches": [{"StartAt": "A", "States": {"A": PASS | {"Assign": {"polls": 1}}}}],
            }
        ),
        "SCHEMA_VALIDATION_FAILED",
        "/States/One/Branches/0/States/A/Assign/polls",
    ),
    "jsonata": (one(PASS | {"Output": "{% $x( %}"}), "INVALID_JSONATA_EXPRESSION", "/States/One/Output"),
}


@pytest.mark.parametrize(("definition", "code", "location"), WRONG.values(), ids=WRONG)
def test_findings__of_a_wrong_definition__name_its_fault_and_where(
    definition: object, code: str, location: str
) -> None:
    (found,) = findings(json.dumps(definition))
    assert (found.code, found.location) == (code, location)


def test_findings__of_what_is_no_json__say_so() -> None:
    (found,) = findings("{")
    assert found.code == "INVALID_JSON_DESCRIPTION"


def test_validate__wrong_definition__fails_with_the_findings(local_aws: LocalAws) -> None:
    states = local_aws.client("stepfunctions")
    assert states.validate_state_machine_definition(definition=json.dumps(one(PASS)))["result"] == "OK"
    answer = states.validate_state_machine_definition(definition=json.dumps(WRONG["member"][0]))
    assert answer["result"] == "FAIL"
    (diagnostic,) = answer["diagnostics"]
    assert diagnostic["severity"] == "ERROR"
    assert diagnostic["message"] == "The field 'MinProvisionedTps' is not supported by Step Functions"


def test_state_machine__wrong_definition__is_not_created(local_aws: LocalAws) -> None:
    definition = json.dumps(WRONG["next"][0])
    with pytest.raises(ClientError, match=r"InvalidDefinition.*MISSING_TRANSITION_TARGET.*/States/A/Next"):
        local_aws.client("stepfunctions").create_state_machine(name="m", definition=definition, roleArn=ROLE)
    properties = {"RoleArn": ROLE, "DefinitionString": definition}
    template = {"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}}}
    assert local_aws.apply("m", template) == "ROLLBACK_COMPLETE"
    assert any("MISSING_TRANSITION_TARGET" in reason for reason in local_aws.reasons("m"))
