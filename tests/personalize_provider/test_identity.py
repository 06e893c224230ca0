"""Names and owners."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalize_provider.aws.sdk import input_shape
from personalize_provider.engine.identity import CONFIG_HASH_TAG, Owner, digest, is_stack_id

STACK_ID = "arn:aws:cloudformation:us-east-1:123456789012:stack/films/1f6c2d40-aaaa-bbbb-cccc-0123456789ab"

# What CloudFormation allows as names of stacks (128 characters) and logical ids (255).
stack_names = st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,127}", fullmatch=True)
logical_ids = st.from_regex(r"[a-zA-Z0-9]{1,255}", fullmatch=True)
uuids = st.uuids().map(str)
owners = st.builds(
    lambda name, uuid, logical_id: Owner(
        f"arn:aws:cloudformation:us-east-1:123456789012:stack/{name}/{uuid}", logical_id
    ),
    stack_names,
    uuids,
    logical_ids,
)
json_objects = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=5,
)


@given(owners, st.text(alphabet="0123456789abcdef", min_size=12, max_size=12))
def test_name__any_owner__is_a_name_of_the_service(owner: Owner, config_hash: str) -> None:
    name = owner.name(config_hash)
    pattern = input_shape("CreateSolution").members["name"].metadata["pattern"]
    assert re.fullmatch(pattern, name)
    assert len(name) <= 63
    assert name == owner.name(config_hash)
    assert re.fullmatch(r".*[a-zA-Z0-9]-[0-9a-f]{12}", name)


def test_name__short_owner__reads_as_stack_and_logical_id() -> None:
    assert re.fullmatch(r"films-Movies-[0-9a-f]{12}", Owner(STACK_ID, "Movies").name("0123456789ab"))


@pytest.mark.parametrize(
    ("stack_id", "logical_id", "config_hash"),
    [
        (STACK_ID.replace("films", "series"), "Movies", "0" * 12),
        (STACK_ID.replace("1f6c2d40", "2f6c2d40"), "Movies", "0" * 12),  # the stack, made again
        (STACK_ID.replace("us-east-1", "eu-west-1"), "Movies", "0" * 12),
        (STACK_ID, "Shows", "0" * 12),
        (STACK_ID, "Movies", "1" * 12),
    ],
)
def test_name__other_owner_or_configuration__is_another(
    stack_id: str, logical_id: str, config_hash: str
) -> None:
    assert Owner(stack_id, logical_id).name(config_hash) != Owner(STACK_ID, "Movies").name("0" * 12)


def test_name__long_names_that_differ_at_the_end__are_told_apart() -> None:
    first, second = (Owner(STACK_ID, "L" * 254 + end).name("0" * 12) for end in "ab")
    assert first != second
    assert first[:50] == second[:50]


def test_name__stack_and_logical_id_that_join_alike__are_told_apart() -> None:
    first = Owner(STACK_ID.replace("/films/", "/films-A/"), "B").name("0" * 12)
    second = Owner(STACK_ID.replace("/films/", "/films/"), "AB").name("0" * 12)
    assert first != second


@pytest.mark.parametrize(
    ("partition", "region"),
    [
        ("aws", "eu-west-1"),
        ("aws-cn", "cn-north-1"),
        ("aws-us-gov", "us-gov-west-1"),
        ("aws-iso", "us-iso-east-1"),
    ],
)
def test_arn__partition_and_region__are_the_stacks(partition: str, region: str) -> None:
    owner = Owner(f"arn:{partition}:cloudformation:{region}:123456789012:stack/films/1f6c", "Movies")
    assert (
        owner.arn("solution/movies") == f"arn:{partition}:personalize:{region}:123456789012:solution/movies"
    )


@given(stack_names, uuids)
def test_is_stack_id__any_stack__is_one(name: str, uuid: str) -> None:
    assert is_stack_id(f"arn:aws-us-gov:cloudformation:us-gov-west-1:123456789012:stack/{name}/{uuid}")


@pytest.mark.parametrize(
    "value",
    [
        None,
        ["arn"],
        "",
        "films",
        STACK_ID + "\n",
        STACK_ID + "/x",
        STACK_ID.rpartition("/")[0],
        STACK_ID.replace("films", "../films"),
        STACK_ID.replace("films", "fi:lms"),
        STACK_ID.replace("films", "ﬁlms"),
        STACK_ID.replace("films", "f" * 300),
        STACK_ID.replace("cloudformation", "personalize"),
        STACK_ID.replace("123456789012", "12345678901"),
        STACK_ID.replace("123456789012", "\uff11" * 12),
        STACK_ID.replace(":stack/", ":changeSet/"),
        STACK_ID.replace("arn:aws:", "urn:aws:"),
    ],
)
def test_is_stack_id__anything_else__is_none(value: Any) -> None:
    assert not is_stack_id(value)


def test_owns__tags__both_must_match() -> None:
    owner = Owner(STACK_ID, "Movies")
    assert owner.owns({**owner.tags, CONFIG_HASH_TAG: "any", "else": "x"})
    assert not owner.owns({})
    for key in owner.tags:
        assert not owner.owns({k: v for k, v in owner.tags.items() if k != key})
        assert not owner.owns({**owner.tags, key: "other"})


def shuffled(value: Any, flip: bool) -> Any:
    if isinstance(value, dict):
        items = list(value.items())
        return {k: shuffled(v, flip) for k, v in (reversed(items) if flip else items)}
    if isinstance(value, list):
        return [shuffled(item, flip) for item in value]
    return value


@given(json_objects)
def test_digest__order_of_keys__does_not_matter(value: dict[str, Any]) -> None:
    assert digest(value) == digest(shuffled(value, True))
    assert re.fullmatch(r"[0-9a-f]{12}", digest(value))


@pytest.mark.parametrize(
    "other", [{"a": [2, 1]}, {"a": [1, 2], "b": None}, {"a": ["1", 2]}, {"a": {"1": 2}}, {}]
)
def test_digest__other_value__is_another(other: dict[str, Any]) -> None:
    assert digest(other) != digest({"a": [1, 2]})


def test_digest__known_value__never_changes() -> None:
    """Everybody's generated names depend on it: a change renames, and so replaces, every solution."""
    assert digest({"b": [1, "é"], "a": True}) == "d0752f5d7bf8"


def test_name__known_owner__never_changes() -> None:
    assert Owner(STACK_ID, "Movies").name("0123456789ab") == "films-Movies-5d0f4cf86028"
