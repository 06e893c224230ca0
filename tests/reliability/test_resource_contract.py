"""The contract of CloudFormation's resource providers, as far as it applies to a custom resource."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from account import Account, account, template
from event_rules import OneFunction
from framework_runtime import FrameworkRuntime
from promises import World
from provider_world import GROUP, PROPERTIES, V2, tag_list

EVERYTHING: dict[str, Any] = {
    "name": "movies",
    "eventType": "watch",
    "performAutoTraining": "true",
    "performHPO": "false",
    "tags": tag_list(team="search"),
    "solutionConfig": {
        "autoTrainingConfig": {"schedulingExpression": "rate(3 days)"},
        "featureTransformationParameters": {"max_user_history_length_percentile": "0.95"},
    },
    "waitForTrainingOnDelete": "true",
    "recipeArn": "arn:aws:personalize:::recipe/aws-user-personalization",
}


@pytest.fixture
def at(transport: FrameworkRuntime | OneFunction) -> Iterator[Account]:
    with account(transport, total_timeout=60) as made:
        yield made
        stacks = list(made.engine.stacks.values())
        assert list(World(made, stacks=stacks).broken_when_quiet()) == []


def changes(at: Account) -> list[str]:
    """What the provider has changed since the last look."""
    made = [operation for operation, _ in at.effects]
    at.effects.clear()
    return made


def test_create_create__of_one_explicit_name__the_second_already_exists(at: Account) -> None:
    first = at.deploy("films", template(Movies={"name": "movies"}))
    second = at.deploy("shows", template(Movies={"name": "movies"}))
    assert (first.status, second.status) == ("CREATE_COMPLETE", "ROLLBACK_COMPLETE")
    assert "(AlreadyExists)" in second.reasons[0]


def test_create_read__attributes__are_what_the_service_describes(at: Account) -> None:
    stack = at.deploy("films", template(Movies=EVERYTHING))
    resource = stack.resources["Movies"]
    described = at.describe(resource.physical_id)
    for name in ("solutionArn", "name", "status", "datasetGroupArn", "recipeArn", "eventType"):
        assert resource.data[name] == described[name]
    created = datetime.fromisoformat(resource.data["creationDateTime"])
    assert abs(created - described["creationDateTime"]) < timedelta(milliseconds=1)  # as the wire has it


def test_create__with_the_required_properties_only__is_active(at: Account) -> None:
    stack = at.deploy("films", {"Movies": {**PROPERTIES}})
    assert at.describe(stack.resources["Movies"].physical_id)["status"] == "ACTIVE"


def test_create__with_all_properties__has_all_of_them(at: Account) -> None:
    stack = at.deploy("films", template(Movies=EVERYTHING))
    described = at.describe(stack.resources["Movies"].physical_id)
    assert described["name"] == "movies"
    assert described["eventType"] == "watch"
    assert described["solutionConfig"]["autoTrainingConfig"] == {"schedulingExpression": "rate(3 days)"}
    assert at.tags(described["solutionArn"])["team"] == "search"


def test_delete_delete__of_what_is_gone__is_quiet(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    stack.delete()
    at.time.run()
    at.engine.deliver_again(at.engine.requests[-1])
    at.time.run()
    assert [answer["Status"] for _, answer in at.engine.requests[-1].answers] == ["SUCCESS", "SUCCESS"]
    assert at.solutions() == {}


def test_delete__of_what_was_deleted_by_hand__is_quiet(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    at.call("DeleteSolution", solutionArn=stack.resources["Movies"].physical_id)
    at.simulator.advance(60)
    stack.delete()
    at.time.run()
    assert stack.status == "DELETE_COMPLETE"


def test_update__of_what_is_missing__makes_it_again(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    at.call("DeleteSolution", solutionArn=stack.resources["Movies"].physical_id)
    at.simulator.advance(60)
    stack.update(template(Movies={"performAutoTraining": "true"}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE"
    assert at.describe(stack.resources["Movies"].physical_id)["performAutoTraining"] is True


def test_update__without_a_change_to_the_service__changes_nothing(at: Account) -> None:
    stack = at.deploy("films", template(Movies={}))
    changes(at)
    stack.update(template(Movies={"waitForTrainingOnDelete": "true"}))
    at.time.run()
    assert stack.status == "UPDATE_COMPLETE"
    assert changes(at) == []


def test_update_read__tags_and_training__are_as_asked_for(at: Account) -> None:
    stack = at.deploy("films", template(Movies={"tags": tag_list(team="search", stage="beta")}))
    old = stack.resources["Movies"].physical_id
    stack.update(template(Movies={"performAutoTraining": "true", "tags": tag_list(team="recs")}))
    at.time.run()
    assert stack.resources["Movies"].physical_id == old
    tags = {key: value for key, value in at.tags(old).items() if ":" not in key}
    assert tags == {"team": "recs"}
    described = at.describe(old)
    assert (described["performAutoTraining"], described["datasetGroupArn"], described["recipeArn"]) == (
        True,
        GROUP,
        V2,
    )
