"""The command's verdict on a change is what the provider does with it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_provider.aws.errors import InvalidPropertiesError
from personalize_provider.engine.goal import Present
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution.config import immutable_hash, updatable
from support.requests.solution_requests import valid_requests
from support.requests.templates import BASE, RESPELLED, STACK_ID, as_sent, change, template
from support.virtual_time.provider_world import goal_of


def goal(properties: dict[str, Any]) -> Present:
    event = {
        "RequestType": "Create",
        "ResourceType": "Custom::PersonalizeSolution",
        "StackId": STACK_ID,
        "LogicalResourceId": "Movies",
        "RequestId": "r",
        "ResourceProperties": as_sent({**properties, "ServiceToken": "arn"}),
    }
    wanted = goal_of(Request.from_event(event), since=0)
    assert isinstance(wanted, Present)
    return wanted


def judged_by_the_provider(old: dict[str, Any], new: dict[str, Any]) -> str:
    was, will_be = goal(old), goal(new)
    if was.arn != will_be.arn:
        return "replaced"
    if was.config_hash != will_be.config_hash:
        return "refused"
    same = updatable(was.request) == updatable(will_be.request) and was.tags == will_be.tags
    return "kept" if same else "changed"


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two requests of one solution, of which the second has some members of a third."""
    old, other = draw(valid_requests()), draw(valid_requests())
    new = copy.deepcopy(old)
    for name in draw(st.sets(st.sampled_from(sorted({*old, *other})), max_size=2)):
        new.pop(name, None)
        if name in other:
            new[name] = other[name]
    if draw(st.booleans()):
        old.pop("name"), new.pop("name", None)
    return old, new


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(pairs())
def test_compare__of_requests__judges_as_the_provider_does(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    try:
        expected = judged_by_the_provider(*pair)
    except InvalidPropertiesError:  # what the two make together may be refused
        return
    old, new = ({"ServiceToken": BASE["ServiceToken"], **request} for request in pair)

    found = change(template(old), template(new))

    if expected in ("replaced", "refused"):
        assert found.change == expected
    else:
        assert found.change in ("in-place", "unchanged")
        assert bool(found.members) == (expected == "changed")


@pytest.mark.parametrize(("old", "new"), RESPELLED)
def test_meaning__of_another_spelling__is_the_providers_too(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert immutable_hash(goal({**BASE, **old}).request) == immutable_hash(goal({**BASE, **new}).request)
