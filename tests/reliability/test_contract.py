"""CloudFormation's contract for resource providers, handler by handler and property by property."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from support.virtual_time.account import Account, account, template
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import FrameworkRuntime
from support.virtual_time.promises import Promises
from support.virtual_time.provider_world import GROUP, PROPERTIES, SIMS, V2, tag_list

REQUIRED = {"performAutoTraining": None}
SCHEDULE = {"autoTrainingConfig": {"schedulingExpression": "rate(3 days)"}}
WEEKLY = {"autoTrainingConfig": {"schedulingExpression": "rate(7 days)"}}
EVERYTHING: dict[str, Any] = {
    "name": "movies",
    "eventType": "watch",
    "performAutoTraining": "true",
    "performHPO": "false",
    "tags": tag_list(team="search"),
    "solutionConfig": SCHEDULE,
    "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization",
}
SHAPES = {"required": REQUIRED, "everything": EVERYTHING}


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=60) as made:
        yield made
        stacks = list(made.engine.stacks.values())
        assert list(Promises(made, stacks=stacks).broken_when_quiet()) == []


def changes(at: Account) -> list[str]:
    """What the provider has changed since the last look."""
    made = [operation for operation, _ in at.effects]
    at.effects.clear()
    return made


def own_tags(at: Account, arn: str) -> dict[str, str]:
    return {key: value for key, value in at.tags(arn).items() if ":" not in key}


def test_create_create__explicit_name__the_second_fails_and_the_first_stays(at: Account) -> None:
    first = at.deploy("films", template(Movies={"name": "movies"}))
    arn = first.resources["Movies"].physical_id
    before = at.describe(arn), at.tags(arn)
    changes(at)
    second = at.deploy("shows", template(Movies={"name": "movies"}))
    assert second.status == "ROLLBACK_COMPLETE"
    assert "solution movies: CreateSolution failed: a solution of that name exists" in second.reasons[0]
    assert "(AlreadyExists)" in second.reasons[0]
    assert changes(at) == []
    assert (at.describe(arn), at.tags(arn)) == before
    first.delete()
    at.time.run()
    assert at.deploy("news", template(Movies={"name": "movies"})).status == "CREATE_COMPLETE"


@pytest.mark.parametrize("shape", SHAPES)
def test_create_delete_create__is_a_new_solution_each_time(at: Account, shape: str) -> None:
    for _ in range(2):
        stack = at.deploy("films", template(Movies=SHAPES[shape]))
        assert stack.status == "CREATE_COMPLETE"
        stack.delete()
        at.time.run()
        assert stack.status == "DELETE_COMPLETE"
        assert at.solutions() == {}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("by_hand", [False, True])
def test_create_delete_delete__is_quiet(at: Account, shape: str, by_hand: bool) -> None:
    stack = at.deploy("films", template(Movies=SHAPES[shape]))
    if by_hand:
        at.call("DeleteSolution", solutionArn=stack.resources["Movies"].physical_id)
        at.simulator.advance(60)
    stack.delete()
    at.time.run()
    changes(at)
    at.engine.deliver_again(at.engine.requests[-1])
    at.time.run()
    assert stack.status == "DELETE_COMPLETE"
    assert [answer["Status"] for _, answer in at.engine.requests[-1].answers] == ["SUCCESS", "SUCCESS"]
    assert changes(at) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_read__after_create_and_after_update__is_what_the_service_describes(at: Account, shape: str) -> None:
    stack = at.deploy("films", template(Movies=SHAPES[shape]))
    for training in ("true", "false"):
        resource = stack.resources["Movies"]
        described = at.describe(resource.physical_id)
        assert resource.data["solutionArn"] == resource.physical_id
        for name in ("solutionArn", "name", "status", "datasetGroupArn", "recipeArn"):
            assert resource.data[name] == described[name]
        assert resource.data.get("eventType", "") == described.get("eventType", "")
        stack.update(template(Movies={**SHAPES[shape], "performAutoTraining": training}))
        at.time.run()
        assert stack.status == "UPDATE_COMPLETE"


@pytest.mark.parametrize("shape", SHAPES)
def test_create__reads_back_what_was_asked_for(at: Account, shape: str) -> None:
    wanted = template(Movies=SHAPES[shape])["Movies"]
    described = at.describe(at.deploy("films", {"Movies": wanted}).resources["Movies"].physical_id)
    for name in ("datasetGroupArn", "recipeArn", "name", "eventType"):
        if name in wanted:
            assert described[name] == wanted[name]
    assert described["performHPO"] is False
    assert described["performAutoTraining"] is (wanted.get("performAutoTraining", "false") == "true")
    for name, value in wanted.get("solutionConfig", {}).items():
        assert described["solutionConfig"][name] == value


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({}, {"performAutoTraining": "true"}),
        ({"performAutoTraining": "true"}, {}),
        (
            {"performAutoTraining": "true", "solutionConfig": SCHEDULE},
            {"performAutoTraining": "true", "solutionConfig": WEEKLY},
        ),
        ({"tags": tag_list(team="search")}, {"tags": tag_list(team="recs", stage="beta")}),
        ({"tags": tag_list(team="search")}, {}),
        ({}, {"tags": tag_list(team="search")}),
    ],
)
def test_update__in_place__reads_back_equal_under_the_same_id(
    at: Account, old: dict[str, Any], new: dict[str, Any]
) -> None:
    stack = at.deploy("films", template(Movies=old))
    arn = stack.resources["Movies"].physical_id
    stack.update(template(Movies=new))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    assert stack.resources["Movies"].physical_id == arn
    described = at.describe(arn)
    assert described["performAutoTraining"] is (new.get("performAutoTraining") == "true")
    assert own_tags(at, arn) == {tag["tagKey"]: tag["tagValue"] for tag in new.get("tags", ())}
    if "solutionConfig" in new:
        latest = described.get("latestSolutionUpdate", described)["solutionUpdateConfig"]
        assert latest["autoTrainingConfig"] == new["solutionConfig"]["autoTrainingConfig"]


@pytest.mark.parametrize(
    "change", [{"recipeArn": SIMS}, {"name": "shows"}, {"eventType": "click"}, {"performHPO": "true"}]
)
def test_update__of_what_cannot_change__is_another_solution(at: Account, change: dict[str, str]) -> None:
    stack = at.deploy("films", template(Movies={"recipeArn": EVERYTHING["recipeArn"]}))
    arn = stack.resources["Movies"].physical_id
    stack.update(template(Movies={"recipeArn": EVERYTHING["recipeArn"], **change}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    assert stack.resources["Movies"].physical_id != arn
    assert set(at.solutions()) == {stack.resources["Movies"].physical_id}


@pytest.mark.parametrize("change", [{}, {"performAutoTraining": "true"}, {"recipeArn": SIMS}])
@pytest.mark.parametrize("name", [None, "movies"])
def test_update__of_what_is_missing__makes_it_again(
    at: Account, name: str | None, change: dict[str, str]
) -> None:
    if name and "recipeArn" in change:
        change = {**change, "name": "shows"}
    stack = at.deploy("films", template(Movies={"name": name}))
    at.call("DeleteSolution", solutionArn=stack.resources["Movies"].physical_id)
    at.simulator.advance(60)
    stack.update(template(Movies={"name": name, "tags": tag_list(team="search"), **change}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    described = at.describe(stack.resources["Movies"].physical_id)
    assert (described["status"], described["datasetGroupArn"]) == ("ACTIVE", GROUP)
    assert described["recipeArn"] == change.get("recipeArn", V2)
    assert own_tags(at, described["solutionArn"]) == {"team": "search"}


@pytest.mark.parametrize("shape", SHAPES)
def test_update__that_changes_nothing__makes_no_changing_call(at: Account, shape: str) -> None:
    stack = at.deploy("films", template(Movies=SHAPES[shape]))
    before = stack.resources["Movies"]
    changes(at)
    stack.update(template(Movies={**SHAPES[shape], "ServiceTimeout": "3000"}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE"
    assert changes(at) == []
    assert (stack.resources["Movies"].physical_id, stack.resources["Movies"].data) == (
        before.physical_id,
        before.data,
    )


@pytest.mark.parametrize("name", [None, "movies"])
def test_update__same_meaning_in_other_words__keeps_the_solution_and_changes_nothing(
    at: Account, name: str | None
) -> None:
    config = {
        "eventValueThreshold": "0.5",
        "trainingDataConfig": {"excludedDatasetColumns": {"Items": ["A", "B"]}},
    }
    respelled = {
        "eventValueThreshold": "0.50",
        "trainingDataConfig": {"excludedDatasetColumns": {"ITEMS": ["B", "A"]}},
    }
    other_words = {"performHPO": "false", "performAutoML": "False", "solutionConfig": respelled}
    stack = at.deploy("films", template(Movies={"name": name, "solutionConfig": config}))
    arn = stack.resources["Movies"].physical_id
    changes(at)
    stack.update(template(Movies={"name": name, **other_words}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE", stack.reasons
    assert changes(at) == []
    assert stack.resources["Movies"].physical_id == arn


@pytest.mark.parametrize("missing", ["datasetGroupArn", "recipeArn"])
def test_create__without_a_required_property__fails_by_its_name_and_calls_nothing(
    at: Account, missing: str
) -> None:
    stack = at.deploy("films", {"Movies": {key: v for key, v in PROPERTIES.items() if key != missing}})
    assert stack.status == "ROLLBACK_COMPLETE"
    assert missing in stack.reasons[0]
    assert changes(at) == []
