"""What the assertions about resources in a template share, whatever their kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from aws_cdk import App, RemovalPolicy, Stack
from aws_cdk.assertions import Matcher, Template

from cdk_personalize import IPersonalizeProvider
from cdk_personalize.model import value_types
from cdk_personalize.model.kind import Kind
from cdk_personalize.model.structures import Structure, members
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import ListOf, MapOf, Text, ValueType

_DELETION_POLICIES = {
    RemovalPolicy.DESTROY: "Delete",
    RemovalPolicy.RETAIN: "Retain",
    RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE: "RetainExceptOnCreate",
}

_TAG = Text(max=256)
_LEFT_OUT = {"wait_for_training_on_delete", "adopt_existing"}  # of the template, if False


@dataclass(frozen=True)
class Difference:
    """A difference between a resource and what a test expects of it."""

    argument: str
    expected: object
    found: object

    def __str__(self) -> str:
        found = "nothing" if self.found is None else repr(self.found)
        return f"{self.argument}: expected {self.expected!r}, found {found}"


Compare = Callable[[Any, Mapping[str, Any]], Iterator[Difference]]
"""Compares what a test expects of an argument with the properties of a resource."""


@dataclass(frozen=True)
class SharedArguments:
    """What a test expects of the arguments of all kinds; None for those that it doesn't compare."""

    removal_policy: RemovalPolicy | None
    provider: IPersonalizeProvider | None
    tags: Mapping[str, object] | None


def resources_of(template: Template | Mapping[str, Any], kind: Kind) -> dict[str, dict[str, Any]]:
    """Return a template's resources of a kind by logical id."""
    resources = (template.to_json() if isinstance(template, Template) else template).get("Resources", {})
    return {name: item for name, item in resources.items() if item["Type"] == kind.resource_type}


def assert_one_has(
    template: Template | Mapping[str, Any],
    kind: Kind,
    request: type,
    arguments: Mapping[str, Any],
    shared: SharedArguments,
    special: Mapping[str, Compare] = {},
) -> None:
    """Assert that a template has a resource of a kind without differences.

    Args:
        template: The template.
        kind: The kind.
        request: The kind's request, which has the types of its own arguments.
        arguments: What a test expects of those; None for each that it doesn't compare.
        shared: The same for the arguments of all kinds.
        special: Compares the arguments that don't have a property of their own.

    Raises:
        AssertionError: Each differs. It names the closest one and each difference.
    """
    __tracebackhide__ = True  # pytest then shows the test, not this function
    found = resources_of(template, kind)
    if not found:
        raise AssertionError(f"the template has no {kind.name}")
    differences = {
        name: [
            *_argument_differences(request, arguments, special, item["Properties"]),
            *_tag_differences(shared.tags or {}, item["Properties"].get("tags", [])),
            *_policy_differences(shared.removal_policy, item.get("DeletionPolicy", "Delete")),
            *_provider_differences(shared.provider, item["Properties"]["ServiceToken"]),
        ]
        for name, item in found.items()
    }
    closest = min(differences, key=lambda name: len(differences[name]))
    if differences[closest]:
        lines = [f"no {kind.name} is as expected; the closest is {closest}:"]
        lines += [f"  {difference}" for difference in differences[closest]]
        others = [name for name in found if name != closest]
        lines += [f"others: {', '.join(others)}"] if others else []
        raise AssertionError("\n".join(lines))


def _argument_differences(
    request: type, arguments: Mapping[str, Any], special: Mapping[str, Compare], properties: Mapping[str, Any]
) -> Iterator[Difference]:
    known = members(request)
    for name, value in arguments.items():
        found = properties.get(known[name].api_name)
        is_left_out = value is False and name in _LEFT_OUT and found is None
        if value is None or is_left_out:
            continue
        if name in special:
            yield from special[name](value, properties)
        else:
            yield from _value_differences(known[name].type, value, found, name)


def _value_differences(type_: ValueType, expected: Any, found: Any, at: str) -> Iterator[Difference]:
    """Compare a value with what the template has in its place, part by part where it has parts."""
    parts = _parts(type_, expected, found, at)
    if parts is not None:
        for part in parts:
            yield from _value_differences(*part)
    elif isinstance(expected, Matcher):
        result = expected.test(found)
        if result.has_failed():
            yield Difference(at, " and ".join(result.to_human_strings()), found)
    else:
        wanted = as_in_template(
            expected if isinstance(expected, Mapping) else value_types.wire(type_, expected)
        )
        if wanted != found:
            yield Difference(at, wanted, found)


def _parts(
    type_: ValueType, expected: Any, found: Any, at: str
) -> list[tuple[ValueType, Any, Any, str]] | None:
    """What to compare one by one: type_, expected, found and argument; None for a value without parts."""
    members_found = {} if found is None else found
    if (
        isinstance(type_, Structure)
        and isinstance(expected, type_.type)
        and isinstance(members_found, Mapping)
    ):
        return [
            (member.type, getattr(expected, name), members_found.get(member.api_name), f"{at}.{name}")
            for name, member in members(type_.type).items()
            if getattr(expected, name) is not None
        ]
    if isinstance(type_, MapOf) and isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            (type_.value, value, found.get(key.value if isinstance(key, Enum) else key), f"{at}[{key!r}]")
            for key, value in expected.items()
        ]
    are_lists = isinstance(expected, list | tuple) and isinstance(found, list) and not is_token(expected)
    if isinstance(type_, ListOf) and are_lists and len(found) == len(expected):
        pairs = enumerate(zip(expected, found, strict=True))
        return [(type_.item, item, other, f"{at}[{index}]") for index, (item, other) in pairs]
    return None


def _tag_differences(
    expected: Mapping[str, object], found: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    tags = {tag["tagKey"]: tag["tagValue"] for tag in found}
    for key, value in expected.items():
        yield from _value_differences(_TAG, value, tags.get(key), f"tags[{key!r}]")


def _policy_differences(policy: RemovalPolicy | None, found: str) -> Iterator[Difference]:
    if policy is not None and _DELETION_POLICIES.get(policy) != found:
        yield Difference("removal_policy", _DELETION_POLICIES.get(policy, str(policy)), found)


def _provider_differences(provider: IPersonalizeProvider | None, found: Any) -> Iterator[Difference]:
    if provider is not None and as_in_template(provider.service_token) != found:
        yield Difference("provider", as_in_template(provider.service_token), found)


def as_in_template(value: Any) -> Any:
    """A token as the template has it; anything else as it is."""
    return Stack(App()).resolve(value) if is_token(value) else value
