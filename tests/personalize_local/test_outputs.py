"""Every operation's answer, in as many states as there are, against the model's output shape."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from personalize_local.simulator import Personalize
from personalize_local.simulator.model import operation_model
from personalize_local.simulator.operations import OPERATIONS
from personalize_local.simulator.patterns import compile_pattern
from simulated import DAY, Simulated


def misfits(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """What botocore's validator leaves unchecked: patterns, enums and maxima."""
    limits = shape.metadata
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield from misfits(item, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, MapShape):
        for name, item in value.items():
            yield from misfits(item, shape.value, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from misfits(item, shape.member, f"{path}[]")
    if isinstance(value, str | list | dict) and len(value) > limits.get("max", len(value)):
        yield f"{path} is too long"
    if (
        isinstance(value, str)
        and "pattern" in limits
        and not compile_pattern(limits["pattern"]).fullmatch(value)
    ):
        yield f"{path} does not match: {value}"
    if isinstance(value, str) and limits.get("enum") and value not in limits["enum"]:
        yield f"{path} is not in the enum: {value}"


def problems(operation: str, answer: dict[str, object]) -> list[str]:
    shape = operation_model(operation).output_shape
    if shape is None:
        return [] if answer == {} else [f"{operation} answers nothing: {answer}"]
    report = ParamValidator().validate(answer, shape)
    return [report.generate_report()] if report.has_errors() else list(misfits(answer, shape, operation))


@pytest.fixture
def checking(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Check every answer as it comes; the operations that have answered so far."""
    answered: set[str] = set()
    call = Personalize.call

    def checked(service: Personalize, operation: str, *rest: Any) -> dict[str, object]:
        answer = call(service, operation, *rest)
        assert problems(operation, answer) == []
        assert (
            set(answer) or operation_model(operation).output_shape is None or operation.endswith("Resource")
        )
        answered.add(operation)
        return answer

    monkeypatch.setattr(Personalize, "call", checked)
    return answered


def look(sim: Simulated, arns: dict[str, str]) -> None:
    for kind in (
        "Campaigns",
        "DatasetGroups",
        "Datasets",
        "Recipes",
        "Schemas",
        "SolutionVersions",
        "Solutions",
    ):
        sim.call(f"List{kind}", maxResults=1)
    for noun, arn in arns.items():
        sim.call(f"Describe{noun}", **{f"{noun[0].lower()}{noun[1:]}Arn": arn})


def test_answers__of_every_operation_in_a_whole_life__fit_the_model(
    sim: Simulated, checking: set[str]
) -> None:
    tags = [{"tagKey": "team", "tagValue": "a"}]
    avro = json.dumps({"type": "record", "fields": [{"name": "USER_ID", "type": "string"}]})
    group = sim.create_group("shop", domain="ECOMMERCE", tags=tags)
    schema = sim.call("CreateSchema", name="s", schema=avro, domain="ECOMMERCE")["schemaArn"]
    parts = {"name": "d", "datasetType": "Items", "datasetGroupArn": group, "schemaArn": schema}
    dataset = sim.call("CreateDataset", **parts)["datasetArn"]
    ranges = {"integerHyperParameterRanges": [{"name": "bptt", "minValue": 2, "maxValue": 32}]}
    solution = sim.create(
        datasetGroupArn=group,
        recipeArn=sim.recipe("aws-user-personalization"),
        performHPO=True,
        performAutoTraining=True,
        eventType="buy",
        solutionConfig={"hpoConfig": {"algorithmHyperParameterRanges": ranges}, "eventValueThreshold": "1"},
        tags=tags,
    )
    arns = {
        "DatasetGroup": group,
        "Schema": schema,
        "Dataset": dataset,
        "Solution": solution,
        "Recipe": sim.recipe("aws-sims"),
    }
    look(sim, arns)
    sim.advance(1)
    sim.fail("solution_version")
    failed = sim.train(solution, name="fails")
    arns["SolutionVersion"] = failed
    look(sim, arns)
    sim.advance(1200)
    look(sim, arns)
    arns["SolutionVersion"] = version = sim.train(solution)
    sim.advance(1200)
    arns["Campaign"] = campaign = sim.campaign(version, minProvisionedTPS=2, campaignConfig={})
    config = {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}
    sim.advance(5)
    sim.call("GetRecommendations", campaignArn=campaign, userId="ann")
    for outcome in ("solution_update", "campaign"):
        sim.fail(outcome)
        sim.call("UpdateSolution", solutionArn=solution, solutionUpdateConfig=config)
        look(sim, arns)
        sim.advance(5)
        look(sim, arns)
    sim.advance(7 * DAY)
    look(sim, arns)
    sim.call("StopSolutionVersionCreation", solutionVersionArn=sim.train(solution))
    look(sim, arns)
    sim.call("TagResource", resourceArn=solution, tags=[{"tagKey": "b", "tagValue": ""}])
    sim.call("UntagResource", resourceArn=solution, tagKeys=["b"])
    sim.call("ListTagsForResource", resourceArn=solution)
    sim.advance(1200)
    sim.call("DeleteCampaign", campaignArn=campaign)
    look(sim, arns)
    sim.advance(1)
    del arns["Campaign"]
    sim.call("DeleteSolution", solutionArn=solution)
    look(sim, arns)
    sim.advance(1)
    sim.call("DeleteDataset", datasetArn=dataset)
    sim.advance(1)
    sim.call("DeleteSchema", schemaArn=schema)
    sim.call("DeleteDatasetGroup", datasetGroupArn=group)
    assert checking == set(OPERATIONS)


def test_problems__of_answers_that_do_not_fit__are_found() -> None:
    assert problems("CreateSolution", {"solutionArn": "x"}) == [
        "CreateSolution.solutionArn does not match: x"
    ]
    assert problems("CreateSolution", {"arn": "x"})
    assert problems("DeleteSolution", {"solutionArn": "x"})
