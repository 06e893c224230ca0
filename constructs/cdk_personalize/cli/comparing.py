"""What a deploy does to each solution of a stack: the old template against the new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from cdk_personalize.campaign.kind import CAMPAIGN
from cdk_personalize.cli.expressions import may_be_equal, references, resolved
from cdk_personalize.cli.meaning import Parts, immutable, updatable
from cdk_personalize.solution.kind import SOLUTION

_KEPT = ("Retain", "RetainExceptOnCreate")
_POLICIES = ("DeletionPolicy", "UpdateReplacePolicy")

Template = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to a solution.

    Attributes:
        stack: The stack's name.
        logical_id: The solution's logical id.
        path: The construct's path, if the template has it.
        change: `refused` is an update that fails before it has any effect. `unknown` may be `replaced`.
        members: What changes in place, or why it is replaced or refused, in the API's names.
        unknown: Members of which only the deploy shows whether they change, and why.
        keeps_old: The old solution stays in the account when this one is replaced or deleted.
        versions: How many trained versions the old solution has; None if it was not looked up.
        campaigns: Campaigns of the stack that are replaced with the solution, by path or logical id.
    """

    stack: str
    logical_id: str
    path: str | None = None
    change: Literal["created", "in-place", "replaced", "refused", "unknown", "deleted", "unchanged"]
    members: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    keeps_old: bool = False
    versions: int | None = None
    campaigns: tuple[str, ...] = ()


def compare(stack: str, old: Template, new: Template, pseudo: Mapping[str, str]) -> list[Change]:
    """Compare the solutions of two templates of one stack, in the order of their logical ids.

    Args:
        stack: The stack's name.
        old: The deployed template; an empty one if there is none.
        new: The template to deploy.
        pseudo: What is known of `AWS::Region` and the like.
    """
    before, after = (_of_type(SOLUTION.resource_type, template) for template in (old, new))
    moving = _moving(old, new)
    changes = [
        _compared(stack, logical_id, before.get(logical_id), after.get(logical_id), moving, pseudo)
        for logical_id in sorted({*before, *after})
    ]
    return [replace(change, campaigns=tuple(_replaced_campaigns(change, old, new))) for change in changes]


def _of_type(resource_type: str, template: Template) -> dict[str, Mapping[str, Any]]:
    resources = template.get("Resources", {})
    return {name: resource for name, resource in resources.items() if resource.get("Type") == resource_type}


def _replaced_campaigns(change: Change, old: Template, new: Template) -> Iterator[str]:
    """Campaigns that serve the solution before and after: another solution is another campaign."""
    if change.change not in ("replaced", "unknown"):
        return
    before, after = (_of_type(CAMPAIGN.resource_type, template) for template in (old, new))
    for name in sorted(before.keys() & after.keys()):
        solutions = [one[name].get("Properties", {}).get("solutionArn") for one in (before, after)]
        if all(change.logical_id in references(solution) for solution in solutions):
            yield _path(after[name]) or name


def _path(resource: Mapping[str, Any]) -> str | None:
    """The construct's path, if the template has it."""
    return resource.get("Metadata", {}).get("aws:cdk:path", "").removesuffix("/Resource") or None


def _moving(old: Template, new: Template) -> dict[str, str]:
    """Names whose values this deploy may change, with the reason."""
    resources = _changed(old.get("Resources", {}), new.get("Resources", {}))
    parameters = _changed(old.get("Parameters", {}), new.get("Parameters", {}))
    return dict.fromkeys(resources, "which changes") | dict.fromkeys(parameters, "a parameter that changes")


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return [name for name in new if _deployed(old.get(name, {})) != _deployed(new[name])]


def _deployed(part: Mapping[str, Any]) -> dict[str, Any]:
    """A part of a template without what is not deployed."""
    return {name: value for name, value in part.items() if name != "Metadata"}


def _compared(
    stack: str,
    logical_id: str,
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    moving: Mapping[str, str],
    pseudo: Mapping[str, str],
) -> Change:
    change = partial(Change, stack=stack, logical_id=logical_id, path=_path(new or old or {}))
    if old is None:
        return change(change="created")
    if new is None:
        return change(
            change="deleted",
            unknown=tuple(_what_adoption_keeps(old)),
            keeps_old=old.get("DeletionPolicy") in _KEPT,
        )
    before, after = (resolved(resource.get("Properties", {}), pseudo) for resource in (old, new))
    if before.get("ServiceToken") != after.get("ServiceToken"):
        return change(change="refused", members=("ServiceToken",))

    parts = [*_differing(_name(before), _name(after)), *_differing(immutable(before), immutable(after))]
    sure = tuple(name for name, was, will_be in parts if not may_be_equal(was, will_be))
    has_same_name = "name" in before and before["name"] == after.get("name")
    keeps_old = all(resource.get("UpdateReplacePolicy") in _KEPT for resource in (old, new))
    if sure and has_same_name:
        return change(change="refused", members=sure)
    if sure:
        stays = tuple(_what_adoption_keeps(old))
        return change(change="replaced", members=sure, unknown=stays, keeps_old=keeps_old)

    in_place = tuple(name for name, *_ in _differing(updatable(before), updatable(after)))
    in_place += tuple(name for name in _POLICIES if old.get(name) != new.get(name))
    unknown = tuple(f"{name} is an expression that changes" for name, *_ in parts)
    unknown += tuple(_from_what_changes(after, moving))
    if unknown:
        return change(change="unknown", members=in_place, unknown=unknown, keeps_old=keeps_old)
    is_same = before == after and not in_place
    return change(change="unchanged" if is_same else "in-place", members=in_place)


def _what_adoption_keeps(old: Mapping[str, Any]) -> Iterator[str]:
    if str(old.get("Properties", {}).get("adoptExisting", "")).lower() == "true":
        yield "one that was taken over (adoptExisting) stays"


def _name(properties: Mapping[str, Any]) -> Parts:
    return {"name": properties["name"]} if "name" in properties else {}


def _differing(old: Parts, new: Parts) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _from_what_changes(properties: Mapping[str, Any], moving: Mapping[str, str]) -> Iterator[str]:
    """Members that can't be changed, and whose value comes from what this deploy changes."""
    for name, value in {**_name(properties), **immutable(properties)}.items():
        for reference in sorted(set(references(value)) & moving.keys()):
            yield f"{name} comes from {reference}, {moving[reference]}"
