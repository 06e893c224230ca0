"""What docs/testing.md says of the simulator and the fixtures, against both."""

from __future__ import annotations

import inspect
import re

import botocore.session
import pytest

from cdk_personalize.testing import _marks
from personalize_local.native_types import NATIVE_TYPES
from personalize_local.simulator import Clock, Durations, Personalize
from personalize_local.simulator.engine.control import Control
from personalize_local.simulator.engine.operations import operations as simulated
from personalize_local.testing.in_process import START, SimulatedPersonalize
from personalize_local.testing.server_process import LocalAws
from support.pages.documents import ROOT, code, table

TESTING = ROOT / "docs" / "testing.md"
SERVICES = ("personalize", "personalize-runtime", "personalize-events")


@pytest.mark.parametrize("service", SERVICES)
def test_table__of_a_service__has_each_operation_and_whether_it_is_simulated(service: str) -> None:
    documented = {code(row["Operation"])[0]: row["Simulated"] for row in table(TESTING, service)}
    operations = botocore.session.get_session().get_service_model(service).operation_names

    assert documented == {name: "yes" if name in simulated() else "no" for name in operations}
    assert list(documented) == sorted(documented)


@pytest.mark.parametrize(
    ("operation", "duration"),
    [
        ("CreateBatchInferenceJob", "batch_inference_job"),
        ("CreateBatchSegmentJob", "batch_segment_job"),
        ("CreateCampaign", "campaign"),
        ("CreateDataset", "dataset"),
        ("CreateDatasetGroup", "dataset_group"),
        ("CreateDatasetImportJob", "dataset_import_job"),
        ("CreateEventTracker", "event_tracker"),
        ("CreateFilter", "filter"),
        ("CreateRecommender", "recommender"),
        ("CreateSolution", "solution_create"),
        ("CreateSolutionVersion", "solution_version"),
        ("DeleteCampaign", "delete"),
        ("DeleteDataset", "delete"),
        ("DeleteDatasetGroup", "delete"),
        ("DeleteEventTracker", "delete"),
        ("DeleteFilter", "delete"),
        ("DeleteRecommender", "delete"),
        ("StartRecommender", "recommender_start"),
        ("StopRecommender", "recommender_stop"),
        ("StopSolutionVersionCreation", "solution_version_stop"),
        ("UpdateCampaign", "campaign_update"),
        ("UpdateDataset", "dataset_update"),
        ("UpdateRecommender", "recommender_update"),
        ("UpdateSolution", "solution_update"),
    ],
)
def test_table__seconds_of_an_operation__are_the_default(operation: str, duration: str) -> None:
    (note,) = [row[""] for row in table(TESTING, "personalize") if code(row["Operation"]) == [operation]]
    assert f"after {getattr(Durations(), duration):,} s" in note


def test_native_types__documented__are_those_that_templates_may_have() -> None:
    (sentence,) = re.findall(
        r"Templates may have the types (.*?), with the properties", TESTING.read_text(), re.S
    )
    documented = {name.removeprefix("AWS::Personalize::") for name in re.findall("`(.*?)`", sentence)}
    assert documented == {kind.name.removeprefix("AWS::Personalize::") for kind in NATIVE_TYPES}


def test_marks__documented__are_those_in_use() -> None:
    documented = {code(row["Mark"])[0] for row in table(TESTING, "Stacks")}
    assert documented == {value for name, value in vars(_marks).items() if name.isupper() and name[0] != "_"}


@pytest.mark.parametrize(
    ("heading", "kind"), [("Code that calls Personalize", SimulatedPersonalize), ("Deploys", LocalAws)]
)
def test_members__of_a_fixture__are_there_with_these_parameters(heading: str, kind: type) -> None:
    named = [member for row in table(TESTING, heading) for member in code(row["Member"])]
    assert len(named) > 5
    instance_only = {"simulator"}
    for member in named:
        name, _, parameters = member.removesuffix(")").partition("(")
        assert hasattr(kind, name) or name in instance_only, member
        if parameters:
            known = list(inspect.signature(getattr(kind, name)).parameters)[1:]
            asked = parameters.removeprefix("*").split(", ")
            assert known[: len(asked)] == asked, member


def test_controls__documented__are_those_of_the_server() -> None:
    text = TESTING.read_text()
    routes = Control(Personalize(Clock.frozen(START)))._routes
    for name in {name for _, name in routes if name}:
        assert f"`{name}`" in text, name
