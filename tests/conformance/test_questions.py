"""Each question has the expected answer from the simulator, and another one from a service with a fault."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.model import OperationModel
from conformance.account import ACCEPTED, Account
from conformance.question import Question
from conformance.questions import QUESTIONS
from conformance.shared import Shared

from personalize_local.testing.in_process import SimulatedPersonalize

RULES = Path(__file__).parents[2] / "docs" / "rules.md"
BY_ID = {question.id: question for question in QUESTIONS}
OWN = "arn:aws:personalize:us-east-1:000000000000:"


@dataclass
class Refuse:
    """Refuse the calls of an operation whose request contains a text, after the first few.

    Attributes:
        operation: The operation.
        text: What the request contains.
        after: How many such calls get the true answer.
    """

    operation: str
    text: str = ""
    after: int = 0

    def plant(self, client: Any) -> tuple[str, Callable[..., object]]:
        left = self.after

        def answer(params: dict[str, Any], **_: object) -> object:
            nonlocal left
            if self.text not in json.dumps(json.loads(params["body"])):
                return None
            left -= 1
            error = {"Error": {"Code": "StrangeException", "Message": "planted"}}
            metadata = {"ResponseMetadata": {"HTTPStatusCode": 400}}
            return None if left >= 0 else (SimpleNamespace(status_code=400), error | metadata)

        return _registered(client, f"before-call.personalize.{self.operation}", answer)


@dataclass(frozen=True)
class Change:
    """Change the answers of an operation. `*`: of all but Describe."""

    operation: str
    change: Callable[[dict[str, Any]], object]

    def plant(self, client: Any) -> tuple[str, Callable[..., object]]:
        def answer(parsed: dict[str, Any], model: OperationModel, **_: object) -> None:
            if self.operation != "*" or not model.name.startswith("Describe"):
                self.change(parsed)

        return _registered(client, f"after-call.personalize.{self.operation}", answer)


def _registered(client: Any, event: str, handler: Callable[..., object]) -> tuple[str, Callable[..., object]]:
    client.meta.events.register(event, handler)
    return event, handler


def solution(**members: object) -> Change:
    """DescribeSolution with other members."""
    return Change("DescribeSolution", lambda parsed: parsed.get("solution", {}).update(members))


def config(change: Callable[[dict[str, Any]], object]) -> Change:
    """DescribeSolution with another configuration."""
    return Change(
        "DescribeSolution",
        lambda parsed: (
            change(parsed["solution"].setdefault("solutionConfig", {})) if "solution" in parsed else None
        ),
    )


def other_code(parsed: dict[str, Any]) -> None:
    if "Error" in parsed:
        parsed["Error"]["Code"] = "StrangeException"


def other_text(parsed: dict[str, Any]) -> None:
    if "Error" in parsed:
        parsed["Error"]["Message"] = "It didn't work."


def during(change: Callable[[dict[str, Any]], object]) -> Change:
    """DescribeSolution with a change while an update runs."""

    def changed(parsed: dict[str, Any]) -> None:
        found = parsed.get("solution", {})
        if found.get("latestSolutionUpdate", {}).get("status", "ACTIVE") != "ACTIVE":
            change(found)

    return Change("DescribeSolution", changed)


def never_active(parsed: dict[str, Any]) -> None:
    found = parsed.get("solution", {})
    polls[0] += 1
    if polls[0] < 20:
        found["status"] = "CREATE IN_PROGRESS"


polls = [0]


def deleted_is_active(parsed: dict[str, Any]) -> None:
    if str(parsed.get("solution", {}).get("status")).startswith("DELETE"):
        parsed["solution"]["status"] = "ACTIVE"


def never_there(parsed: dict[str, Any]) -> None:
    if parsed.get("dataset", {}).get("datasetArn", "").endswith("EVENT_INTERACTIONS"):
        parsed["dataset"]["status"] = "DELETE PENDING"


def list_deleted(parsed: dict[str, Any]) -> None:
    parsed["solutions"].append({"solutionArn": f"{OWN}solution/conformance-0123456789ab-deleted"})


PLANTS: dict[str, Refuse | Change] = {
    "schema-fields": Refuse("CreateSchema", "-fields"),
    "schema-again": Refuse("CreateSchema", "-again", after=1),
    "dataset-case": Refuse("CreateDataset", '"Items"'),
    "dataset-arn": Change("ListDatasets", lambda parsed: parsed.update(datasets=[])),
    "tracker-id": Change(
        "DescribeEventTracker", lambda parsed: parsed["eventTracker"].update(trackingId="x")
    ),
    "tracker-dataset": Change("DescribeDataset", never_there),
    "tracker-dataset-stays": Change("DescribeDataset", never_there),
    "tracker-dataset-deleted": Refuse("DeleteDataset", "EVENT_INTERACTIONS"),
    "filter-unknown-field": Refuse("CreateFilter"),
    "filter-chained": Refuse("CreateFilter"),
    "solution-without-datasets": Refuse("CreateSolution"),
    "solution-soon-active": Change("DescribeSolution", never_active),
    "default-auto-training": solution(performAutoTraining=False),
    "default-schedule": config(lambda found: found.pop("autoTrainingConfig", None)),
    "default-hpo": solution(performHPO=True),
    "default-auto-ml": solution(performAutoML=True),
    "default-incremental": solution(performIncrementalUpdate=True),
    "default-update": solution(latestSolutionUpdate={"status": "ACTIVE"}),
    "describe-tags": solution(tags=[]),
    "solution-name-taken-text": Change("CreateSolution", other_text),
    "solution-two-broken": Change("CreateSolution", other_text),
    "update-status": during(lambda found: found.update(status="UPDATE IN_PROGRESS")),
    "update-latest": during(lambda found: found.pop("latestSolutionUpdate")),
    "update-off": solution(performAutoTraining=True),
    "update-schedule": config(lambda found: found.update(autoTrainingConfig={})),
    "update-keeps": config(lambda found: found.pop("eventsConfig", None)),
    "update-events": config(lambda found: found.update(eventsConfig={"eventParametersList": [{}]})),
    "delete-status": Change("DescribeSolution", deleted_is_active),
    "delete-listed": Change("ListSolutions", list_deleted),
    "delete-name": Refuse("CreateSolution", "-deleted", after=2),
    "group-emptied": Refuse("DeleteDatasetGroup", after=1),
    "group-name": Refuse("CreateDatasetGroup", "-doomed", after=2),
    "missing-text": Change("DescribeSolution", other_text),
    "tags-right-after": Change("ListTagsForResource", lambda parsed: parsed["tags"].pop()),
    "tags-empty-value": Refuse("TagResource"),
    "tags-untag-absent": Refuse("UntagResource"),
    "list-new": Change("ListSolutions", lambda parsed: parsed.update(solutions=[])),
    "list-order": Change("ListSolutions", lambda parsed: parsed["solutions"].reverse()),
    "list-group": Refuse("ListSolutions"),
    "list-versions": Change("ListSolutionVersions", lambda parsed: parsed["solutionVersions"].append({})),
    "recipes": Change("ListRecipes", lambda parsed: parsed["recipes"].append({"name": "aws-new"})),
}


def plant_for(question: Question) -> Refuse | Change:
    """The fault that this question must detect."""
    if question.id in PLANTS:
        return PLANTS[question.id]
    if question.expected == ACCEPTED:
        return Refuse("CreateSolution", question.id.removeprefix("solution"))
    assert question.expected.endswith("Exception")
    return Change("*", other_code)


@pytest.mark.parametrize("name", BY_ID)
def test_question__asked_alone__has_the_expected_answer_and_another_one_if_the_service_has_a_fault(
    account: Account, service: SimulatedPersonalize, client: Any, name: str
) -> None:
    question = BY_ID[name]
    assert question.ask(Shared(account)).answer == question.expected

    service.simulator.reset()
    account.created.clear()
    polls[0] = 0
    planted = plant_for(question).plant(client)
    try:
        seen = question.ask(Shared(account))
    finally:
        client.meta.events.unregister(*planted)

    assert seen.answer != question.expected


def test_questions__all__have_unique_ids_and_texts_and_rules_that_exist() -> None:
    rules = {int(number) for number in re.findall(r"^(\d+)\. ", RULES.read_text(), re.M)}
    assert len(BY_ID) == len(QUESTIONS) == len({question.text for question in QUESTIONS})
    assert [
        question.id for question in QUESTIONS if not question.rules or not set(question.rules) <= rules
    ] == []
