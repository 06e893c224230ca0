"""What a request wants, read from CloudFormation's properties."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from personalize_provider.aws.errors import InvalidPropertiesError, LifecycleError
from personalize_provider.engine.goal import GIVEN_UP_SECONDS, Present
from personalize_provider.engine.identity import CONFIG_HASH_TAG, LOGICAL_ID_TAG, STACK_ID_TAG
from personalize_provider.engine.lifecycle import desired_by
from personalize_provider.engine.request import Request
from personalize_provider.kinds import KINDS
from personalize_provider.kinds.solution.desired import AbsentSolution, DesiredSolution
from support.virtual_time.provider_world import (
    GROUP,
    SIMS,
    STACK_ID,
    V2,
    goal_of,
    physical_id,
    request,
    tag_list,
)

MARKERS = (
    "",
    "films-Movies-1B2C3D4E5F",
    "AWSCDK::CustomResourceProviderFramework::CREATE_FAILED",
    "AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID",
)


OWN = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
FOREIGN = (
    OWN.replace("123456789012", "999999999999"),
    OWN.replace("us-east-1", "eu-west-1"),
    OWN.replace("arn:aws:", "arn:aws-cn:"),
)


def abandoned(asked: Request) -> str:
    """What `begin` notes after it has answered with the id that follows from the properties."""
    return DesiredSolution.read(asked).abandoned(physical_id(asked))


def present(**properties: Any) -> Present:
    goal = goal_of(request("Create", properties), since=1.0)
    assert isinstance(goal, Present)
    return goal


def absent(physical: str, **properties: Any) -> AbsentSolution:
    goal = goal_of(request("Delete", properties, physical), since=1.0)
    assert isinstance(goal, AbsentSolution)
    return goal


def test_present__no_name__is_generated_and_proves_its_owner() -> None:
    goal = present()
    assert goal.arn == f"arn:aws:personalize:us-east-1:123456789012:solution/{goal.request['name']}"
    assert goal.request["name"].startswith("films-Movies-")
    assert goal.name_proves_owner
    assert goal.owns({})
    assert goal.label == f"solution {goal.request['name']}"


def test_present__explicit_name__proves_nothing() -> None:
    goal = present(name="movies")
    assert goal.arn.endswith(":solution/movies")
    assert not goal.owns({})
    assert goal.owns(goal.tags)


def test_present__request__has_types_and_ownership_tags_and_no_property_of_others() -> None:
    goal = present(name="movies", tags=tag_list(team="search"), waitForTrainingOnDelete="true")
    tags = goal.tags
    assert {key: value for key, value in goal.request.items() if key != "tags"} == {
        "name": "movies",
        "datasetGroupArn": GROUP,
        "recipeArn": V2,
        "performAutoTraining": False,
    }
    assert tags.pop(CONFIG_HASH_TAG) == goal.config_hash
    assert tags == {"team": "search", STACK_ID_TAG: STACK_ID, LOGICAL_ID_TAG: "Movies"}


def test_present__automatic_training_not_said__is_sent_as_off() -> None:
    assert present(performAutoTraining=None).request["performAutoTraining"] is False


@pytest.mark.parametrize(
    "key", [STACK_ID_TAG, CONFIG_HASH_TAG, "cdk-personalize:else", "CDK-Personalize:Stack-Id"]
)
def test_present__tag_of_ours__is_refused(key: str) -> None:
    with pytest.raises(InvalidPropertiesError) as raised:
        present(tags=tag_list(**{key: "other"}))
    (problem,) = raised.value.problems
    assert problem == f"Invalid value for parameter tags, key: {key!r}, cdk-personalize: is reserved"


def test_present__tag_key_twice__is_refused() -> None:
    with pytest.raises(InvalidPropertiesError) as raised:
        present(tags=[*tag_list(a="1", b="1"), *tag_list(a="2")])
    assert raised.value.problems == ("Invalid value for parameter tags, the key 'a' appears 2 times",)


@pytest.mark.parametrize("name", ["a/b", "../x", "movies\n", "-a", "a.b", "ä", "\uff11", "a b", "a" * 64])
def test_present__name_that_is_none__is_refused(name: str) -> None:
    with pytest.raises(InvalidPropertiesError, match="Invalid value for parameter name"):
        present(name=name)


@pytest.mark.parametrize("name", ["a", "9", "A-_z", "a" * 63])
def test_present__name_of_the_service__is_taken(name: str) -> None:
    assert present(name=name).arn.endswith(f":solution/{name}")


@pytest.mark.parametrize("written", ["perhaps", "", ["true"], None])
def test_present__wait_for_training_that_is_no_boolean__is_refused(written: Any) -> None:
    bare = request("Create", {})
    broken = replace(bare, properties={**bare.properties, "waitForTrainingOnDelete": written})
    with pytest.raises(InvalidPropertiesError, match="waitForTrainingOnDelete"):
        goal_of(broken, since=1.0)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"performAutoTraining": "true"}, True),
        ({"performIncrementalUpdate": "true"}, True),
        ({"tags": tag_list(a="b")}, True),
        ({"waitForTrainingOnDelete": "true"}, True),
        ({"adoptExisting": "false"}, True),
        ({"ServiceTimeout": "60"}, True),
        ({"solutionConfig": {"autoTrainingConfig": {"schedulingExpression": "rate(2 days)"}}}, True),
        ({"recipeArn": SIMS}, False),
        ({"eventType": "watch"}, False),
        ({"performHPO": "true"}, False),
        ({"datasetGroupArn": f"{GROUP}-2"}, False),
        ({"solutionConfig": {"eventValueThreshold": "0.5"}}, False),
    ],
)
def test_physical_id__generated__changes_only_with_what_cannot_be_updated(
    change: dict[str, Any], same: bool
) -> None:
    assert (physical_id(request("Update", change)) == physical_id(request("Create", {}))) is same


def test_physical_id__order_of_properties__does_not_matter() -> None:
    first = {"eventType": "watch", "solutionConfig": {"algorithmHyperParameters": {"a": "1", "b": "2"}}}
    second = {"solutionConfig": {"algorithmHyperParameters": {"b": "2", "a": "1"}}, "eventType": "watch"}
    assert physical_id(request("Create", first)) == physical_id(request("Create", second))


def test_physical_id__delete__is_the_one_asked_about() -> None:
    assert physical_id(request("Delete", {"performHPO": "bad"}, "anything")) == "anything"


def test_present__bad_properties__all_are_named_with_the_logical_id() -> None:
    bad = {"datasetGroupArn": None, "performHPO": "yes", "unheardOf": "x"}
    with pytest.raises(InvalidPropertiesError) as raised:
        present(**bad)
    message = str(raised.value)
    assert message.startswith("resource Movies: ")
    assert len(raised.value.problems) == 3
    assert all(word in message for word in ("datasetGroupArn", "performHPO", "unheardOf"))


# Whether it is most likely not there yet


def anew(
    type_: str, properties: dict[str, Any], before: dict[str, Any], *, is_rolling_back: bool = False
) -> bool:
    asked = request(type_, properties, "" if type_ == "Create" else OWN, before)
    goal = goal_of(asked, since=1.0, is_rolling_back=is_rolling_back)
    assert isinstance(goal, Present)
    return goal.starts_anew


@pytest.mark.parametrize("properties", [{}, {"name": "movies"}])
@pytest.mark.parametrize("is_rolling_back", [False, True])
def test_starts_anew__create__unless_the_stack_rolls_back(
    properties: dict[str, Any], is_rolling_back: bool
) -> None:
    assert anew("Create", properties, {}, is_rolling_back=is_rolling_back) is not is_rolling_back


@pytest.mark.parametrize(
    ("properties", "before", "expected"),
    [
        ({}, {}, False),
        ({"performAutoTraining": "true", "tags": tag_list(a="1")}, {}, False),
        ({"name": "movies"}, {"name": "movies"}, False),
        ({"name": "movies", "recipeArn": SIMS}, {"name": "movies"}, False),  # fails: the name is fixed
        ({"recipeArn": SIMS}, {}, True),
        ({"name": "movies"}, {}, True),
        ({}, {"name": "movies"}, True),
        ({"name": "movies"}, {"name": "films"}, True),
        ({}, {"performHPO": "perhaps"}, True),  # such properties never made anything
    ],
)
def test_starts_anew__update__only_with_another_solution_and_outside_a_rollback(
    properties: dict[str, Any], before: dict[str, Any], expected: bool
) -> None:
    assert anew("Update", properties, before) is expected
    assert anew("Update", properties, before, is_rolling_back=True) is False


# Adoption


@pytest.mark.parametrize(("written", "meant"), [("true", True), ("false", False), (None, False)])
def test_adoption__with_a_name__is_read_by_both_goals_and_not_sent(written: str | None, meant: bool) -> None:
    goal = present(name="movies", adoptExisting=written)
    assert goal.adopts is meant
    assert "adoptExisting" not in goal.request
    assert goal.starts_anew is not meant  # it is looked for before it is made
    assert goal.arn == present(name="movies").arn
    assert goal.config_hash == present(name="movies").config_hash
    assert absent(OWN, name="movies", adoptExisting=written).keeps_adopted is meant


def test_adoption__without_a_name__is_refused() -> None:
    with pytest.raises(InvalidPropertiesError, match="adoptExisting needs the name of the solution"):
        present(adoptExisting="true")


@pytest.mark.parametrize("written", ["perhaps", "", ["true"], None])
def test_adoption__that_is_no_boolean__is_refused(written: Any) -> None:
    bare = request("Create", {"name": "movies"})
    broken = replace(bare, properties={**bare.properties, "adoptExisting": written})
    with pytest.raises(InvalidPropertiesError, match="adoptExisting"):
        goal_of(broken, since=1.0)


# Dropped tags


def dropped(old: Any, *, new: Any = None) -> frozenset[str]:
    goal = goal_of(request("Update", {"tags": new}, "arn", {"tags": old}), since=1.0)
    assert isinstance(goal, Present)
    return goal.dropped_tags


def test_dropped_tags__gone_from_the_properties__are_named() -> None:
    assert dropped(tag_list(a="1", b="2", c="3"), new=tag_list(a="0", d="4")) == {"b", "c"}


def test_dropped_tags__no_tags_before__none() -> None:
    assert dropped(None, new=tag_list(a="1")) == frozenset()


def test_dropped_tags__old_ones_named_like_ours__are_not_among_them() -> None:
    assert dropped([{"tagKey": STACK_ID_TAG, "tagValue": "x"}]) == frozenset()


@pytest.mark.parametrize(
    "malformed", ["none", {"a": "b"}, [{"key": "a"}], ["a"], [["a"]], [{"tagKey": ["a"]}]]
)
def test_dropped_tags__properties_that_failed_before__do_not_break_the_rollback(malformed: Any) -> None:
    assert dropped(malformed) == frozenset()


# AbsentSolution


def test_absent__generated_arn__proves_its_owner() -> None:
    arn = physical_id(request("Create", {}))
    goal = absent(arn)
    assert (goal.arn, goal.name_proves_owner, goal.quiet_seconds) == (arn, True, 5)


@pytest.mark.parametrize("name", ["movies", "films-Movies-000000000000"])
def test_absent__another_arn__needs_tags(name: str) -> None:
    goal = absent(f"arn:aws:personalize:us-east-1:123456789012:solution/{name}")
    assert not goal.owns({})
    assert goal.owns({STACK_ID_TAG: STACK_ID, LOGICAL_ID_TAG: "Movies"})


def test_absent__properties_that_make_no_request__arn_is_enough() -> None:
    arn = "arn:aws:personalize:us-east-1:123456789012:solution/movies"
    goal = absent(arn, performHPO="yes")
    assert (goal.arn, goal.name_proves_owner) == (arn, False)


@pytest.mark.parametrize("marker", MARKERS)
def test_absent__id_that_is_no_arn__means_what_the_properties_would_make(marker: str) -> None:
    goal = absent(marker)
    assert goal.arn == physical_id(request("Create", {}))
    assert goal.quiet_seconds == GIVEN_UP_SECONDS == 30
    assert goal.name_proves_owner


@pytest.mark.parametrize("marker", MARKERS)
def test_absent__id_that_is_no_arn_and_bad_properties__nothing_to_do(marker: str) -> None:
    assert goal_of(request("Delete", {"performHPO": "yes"}, marker), since=1.0) is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [("true", True), ("True", True), ("false", False), ("perhaps", False), (["true"], False), (None, False)],
)
def test_absent__wait_for_training__is_read(written: Any, meant: bool) -> None:
    assert absent(OWN, waitForTrainingOnDelete=written).wait_for_training is meant


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:personalize:us-east-1:123456789012:solution/movies/236f000b",
        "arn:aws:personalize:us-east-1:123456789012:campaign/movies",
        "arn:aws:personalize:::recipe/aws-sims",
        "x arn:aws:personalize:us-east-1:123456789012:solution/movies",
        f"{OWN}\n",
        f"{OWN}/../x",
        f"{OWN}.",
        f"{OWN}-{'a' * 60}",
        f"{OWN}-ä",
        OWN.replace("123456789012", "\uff11" * 12),
        OWN.replace("123456789012", ""),
        OWN.replace("personalize", "forecast").replace("123456789012", "999999999999"),
        OWN.replace("123456789012", "999999999999") + "/236f000b",
    ],
)
def test_absent__arn_of_something_else__is_not_deleted(arn: str) -> None:
    assert absent(arn).arn == physical_id(request("Create", {}))


@pytest.mark.parametrize("arn", FOREIGN)
@pytest.mark.parametrize("type_", ["Update", "Delete"])
def test_goal__solution_beyond_the_stacks_account_and_region__is_refused(type_: str, arn: str) -> None:
    asked = request(type_, {}, arn)
    with pytest.raises(LifecycleError) as raised:
        desired_by(asked, KINDS)
    assert str(raised.value).startswith(
        f"resource Movies: {type_} failed: {arn} is not in the stack's own account, Region and partition"
    )


def test_abandoned__reverse_update_of_a_cancelled_replacement__is_the_replacement() -> None:
    old, new = present(), present(recipeArn=SIMS)
    assert abandoned(request("Update", {}, old.arn, {"recipeArn": SIMS})) == new.arn


def test_abandoned__reverse_update_with_an_id_of_another_logical_id__is_the_replacement() -> None:
    """After a stack refactoring neither the old properties nor the new ones lead to the id."""
    before = present().arn.replace("Movies", "Films")
    assert abandoned(request("Update", {}, before, {"recipeArn": SIMS})) == present(recipeArn=SIMS).arn


@pytest.mark.parametrize(
    ("properties", "before"),
    [
        ({"recipeArn": SIMS}, {}),  # a replacement: CloudFormation knows the old one
        ({"performAutoTraining": "true"}, {}),  # in place
        ({}, {"performHPO": "perhaps"}),  # nothing was ever made with such properties
    ],
)
def test_abandoned__any_other_update__is_nothing(properties: dict[str, Any], before: dict[str, Any]) -> None:
    assert abandoned(request("Update", properties, present().arn, before)) == ""


def test_abandoned__rollback_of_a_replacement_that_was_answered__is_nothing() -> None:
    assert abandoned(request("Update", {}, present(recipeArn=SIMS).arn, {"recipeArn": SIMS})) == ""


@pytest.mark.parametrize("type_", ["Create", "Delete"])
def test_abandoned__create_and_delete__leave_nothing_behind(type_: str) -> None:
    assert abandoned(request(type_, {}, "x")) == ""
