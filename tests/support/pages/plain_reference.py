"""Properties and attributes of the custom resources, from the service model, docstrings and the handler."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, cast

from botocore.model import ListShape, MapShape, Shape, StructureShape

import cdk_personalize
from cdk_personalize.campaign.request import CampaignRequest
from cdk_personalize.model.structures import camel_case, spellings
from cdk_personalize.solution.request import SolutionRequest
from personalize_provider.aws.sdk import input_shape
from personalize_provider.engine.kind import Ask
from personalize_provider.engine.lifecycle import desired_by
from personalize_provider.kinds import KINDS
from personalize_provider.kinds.campaign import observed as campaign
from personalize_provider.kinds.campaign.desired import DesiredCampaign
from personalize_provider.kinds.solution.desired import DesiredSolution
from personalize_provider.kinds.solution.observed import Observed
from support.handler import campaign_goals, solution_goals
from support.requests.delivered import update

_ARN = "arn:aws:personalize:us-east-1:123456789012"
_FLAG = input_shape("CreateSolution").members["performHPO"]

_OWN = {
    "ServiceToken": ("String", "yes", "", "refused", "`!ImportValue cdk-personalize-service-token`."),
    "ServiceTimeout": (
        "Integer",
        "",
        "1 to 3600",
        "in place",
        "Seconds that CloudFormation waits. Give 2100: after 1800 the provider fails, and says why.",
    ),
}
_OF_ALL = {
    "tags": "At most 47: three more are the provider's own.",
    "tags[].tagKey": "It must not begin with `cdk-personalize:`.",
    "tags[].tagValue": "Its value.",
}
# Two values of each property that takes only certain ones.
_VALUES = {
    "datasetGroupArn": (f"{_ARN}:dataset-group/one", f"{_ARN}:dataset-group/two"),
    "solutionArn": (f"{_ARN}:solution/movies", f"{_ARN}:solution/series"),
    "solutionVersionArn": (f"{_ARN}:solution/movies/one", f"{_ARN}:solution/movies/two"),
    "schedulingExpression": ("rate(1 day)", "rate(2 days)"),
}
# What the handler wants beside a property.
_NEEDED = {"adoptExisting": {"name": "mine"}, "hpoConfig": {"performHPO": "true"}}  # rule 24
_SAMPLES: dict[str, tuple[str, str]] = {
    "boolean": ("true", "false"),
    "integer": ("1", "2"),
    "double": ("0.5", "0.6"),
}
_TYPES = {"boolean": "Boolean", "integer": "Integer", "double": "Number", "string": "String"}
_SPELLINGS = dict(spellings(SolutionRequest)) | dict(spellings(CampaignRequest))


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A kind of resource.

    Attributes:
        members: The shapes of its properties, in the order of the table.
        required: Those that must be there.
        attributes: What `Fn::GetAtt` gives.
        words: What its properties are for, where the construct has no argument or says less than a template
            needs.
        documented: The construct's request, and the construct, whose docstrings say what the others are for.
        ref: What `Ref` gives.
    """

    members: Mapping[str, Shape]
    required: frozenset[str]
    ref: str
    attributes: Mapping[str, str]
    words: Mapping[str, str]
    documented: tuple[type, type] | None = None


def _flags(names: frozenset[str]) -> dict[str, Shape]:
    return dict.fromkeys(sorted(names), _FLAG)


_KINDS = {
    "Custom::PersonalizeSolution": _Kind(
        members={**input_shape("CreateSolution").members, **_flags(DesiredSolution.FLAGS)},
        required=frozenset({"datasetGroupArn"}),
        documented=(SolutionRequest, cdk_personalize.Solution),
        words={
            "name": "The solution's name, unique in the account and Region. Default: generated from the "
            "stack, the logical id and what can't be changed.",
            "recipeArn": "ARN of the recipe. Required unless `performAutoML` is true.",
            "datasetGroupArn": "ARN of the dataset group with the data to train on.",
            "performAutoTraining": "Let the service train by itself. The service's default is true, and is "
            "billed. Default: false.",
            "solutionConfig.autoTrainingConfig": "When it trains by itself; only with `performAutoTraining`.",
            "solutionConfig.autoTrainingConfig.schedulingExpression": "`rate(N days)`, N from 1 to 30.",
        },
        ref="The solution's ARN",
        attributes={
            "solutionArn": "The same",
            "name": "The name, given or generated",
            "status": "The status when the last deploy was done with it",
            "datasetGroupArn": "The dataset group",
            "recipeArn": "The recipe; empty if there is none",
            "eventType": "The type of the events that it trains on; empty if on all",
            "creationDateTime": "When it was created, ISO 8601",
        },
    ),
    "Custom::PersonalizeCampaign": _Kind(
        members={
            "solutionArn": input_shape("DescribeSolution").members["solutionArn"],
            **input_shape("CreateCampaign").members,
            **_flags(DesiredCampaign.FLAGS),
        },
        required=frozenset({"solutionArn"}),
        documented=(CampaignRequest, cdk_personalize.Campaign),
        words={
            "solutionArn": "ARN of the solution whose versions it serves.",
            "name": "The campaign's name, unique in the account and Region. Default: generated from the "
            "stack, the logical id and what can't be changed.",
            "solutionVersionArn": "Only to fix a version in the template, or `<solutionArn>/$LATEST` to "
            "follow the latest one. Default: whatever promotes chooses; without `hasPromoter`, the first "
            "is the newest.",
            "campaignConfig.itemExplorationConfig": "Exploration of new items, as `explorationWeight` (0 "
            "to 1) and `explorationItemAgeCutOff` (days, at least 1); for `Recipe.USER_PERSONALIZATION` "
            "only (rule 158).",
            "campaignConfig.syncWithLatestSolutionVersion": "Deploy each new version automatically; true "
            "with `$LATEST`, else leave it out.",
            "campaignConfig.rankingInfluence": "A weight of 0 to 1 for `POPULARITY` and for `FRESHNESS`; "
            "for `Recipe.SEMANTIC_SIMILARITY` only (rule 158).",
            "hasPromoter": "Something else chooses each version, also the first: the provider then never "
            "creates the campaign. Default: false.",
        },
        ref="The campaign's ARN, also before the campaign exists",
        attributes={
            "campaignArn": "The same",
            "name": "The name, given or generated",
            "status": "The status when the last deploy was done with it: `ACTIVE`, or `AWAITING_VERSION` "
            "if there was no version to create it with",
            "configHash": "The value of the tag `cdk-personalize:config-hash`, for what promotes",
        },
    ),
    "Custom::PersonalizeEventInteractions": _Kind(
        members={"datasetGroupArn": input_shape("CreateDataset").members["datasetGroupArn"]},
        required=frozenset({"datasetGroupArn"}),
        words={"datasetGroupArn": "ARN of the dataset group whose dataset of events is deleted."},
        ref="The ARN of that dataset, also while there is none",
        attributes={},
    ),
}


@dataclass(frozen=True)
class Property:
    """A property."""

    path: str
    type: str
    required: str
    limits: str
    on_change: str
    what: str

    def __str__(self) -> str:
        cells = (f"`{self.path}`", self.type, self.required, self.limits, self.on_change, self.what)
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def documented_types() -> list[str]:
    """The resource types that the document has."""
    return list(_KINDS)


def attributes(resource_type: str) -> tuple[list[str], list[str]]:
    """The attributes of a type: those of the document, and those that the handler answers with."""
    answered: dict[str, Mapping[str, str]] = {
        "Custom::PersonalizeSolution": Observed({"status": "ACTIVE"}, {}).attributes(
            solution_goals.present()
        ),
        "Custom::PersonalizeCampaign": campaign.attributes(campaign_goals.present()),
    }
    return list(_KINDS[resource_type].attributes), list(answered.get(resource_type, {}))


def reference() -> str:
    """The tables of all kinds, as they stand in the document."""
    return "\n".join(line for resource_type in _KINDS for line in _of_kind(resource_type))


def _of_kind(resource_type: str) -> Iterator[str]:
    kind = _KINDS[resource_type]
    words = {**_OF_ALL, **(_words(*kind.documented) if kind.documented else {}), **kind.words}
    yield from (f"### {resource_type}", "")
    yield from ("| Property | Type | Required | Limits | On a change | |", "|---|---|---|---|---|---|")
    yield from (str(Property(name, *cells)) for name, cells in _OWN.items())
    for path, shape, is_required in _members(kind.members, kind.required):
        effect = "" if isinstance(shape, StructureShape) else _effect(resource_type, path, shape)
        cells = (_type(shape), "yes" if is_required else "", _limits(shape), effect, words.get(path, ""))
        yield str(Property(path, *cells))
    yield from ("", "| `Ref` and `Fn::GetAtt` | |", "|---|---|", f"| `Ref` | {kind.ref} |")
    yield from (f"| `{name}` | {what} |" for name, what in kind.attributes.items())
    yield ""


def _members(
    members: Mapping[str, Shape], required: frozenset[str], prefix: str = ""
) -> Iterator[tuple[str, Shape, bool]]:
    """The properties at any depth: path, shape, and whether it must be there."""
    for name, member in members.items():
        path = f"{prefix}{name}"
        if "hpoObjective" in path:
            continue  # the service refuses it
        yield path, member, name in required
        inner, suffix = member, ""
        while isinstance(inner, ListShape):
            inner, suffix = inner.member, suffix + "[]"
        if isinstance(inner, StructureShape):
            yield from _members(inner.members, frozenset(inner.required_members), f"{path}{suffix}.")


def _type(shape: Shape) -> str:
    match shape:
        case ListShape():
            return f"List of {_type(shape.member)}"
        case MapShape():
            return f"Map of {_type(shape.value)}"
        case StructureShape():
            return "Object"
    return _TYPES[shape.type_name]


def _limits(shape: Shape) -> str:
    enum = shape.metadata.get("enum")
    if enum:
        return ", ".join(f"`{value}`" for value in enum)
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    unit = {"string": " characters", "list": " items", "map": " entries"}.get(shape.type_name, "")
    match low, high:
        case None, None:
            return ""
        case None | 0, _:
            return f"at most {high}{unit}"
        case _, None:
            return f"at least {low}{unit}"
    return f"{low} to {high}{unit}"


def _effect(resource_type: str, path: str, shape: Shape) -> str:
    """What the handler answers to two updates that differ in this property alone."""
    one, two = (_physical_id(resource_type, path, shape, number) for number in (0, 1))
    return "in place" if one == two else "replacement"


def _physical_id(resource_type: str, path: str, shape: Shape, number: int) -> str:
    kind = _KINDS[resource_type]
    properties: dict[str, Any] = {name: _VALUES[name][0] for name in kind.required}
    for name, needed in _NEEDED.items():
        if name in path and needed.keys() <= kind.members.keys():
            properties |= needed
    properties |= _nested(kind.members, path, shape, number)
    desired = desired_by(update(resource_type, properties), KINDS)
    nothing_is_there = cast(Ask, lambda _: None)
    return desired.identify(nothing_is_there, lambda *_: False, is_rolling_back=False)


def _nested(within: Mapping[str, Shape], path: str, shape: Shape, number: int) -> dict[str, Any]:
    """The properties with a value at a path, and those that must be beside it."""
    name, _, rest = path.partition(".")
    key = name.rstrip("[]")
    member = within[key]
    if not rest:
        return {key: _VALUES[path][number] if path in _VALUES else _sample(shape, number)}
    inner = member
    while isinstance(inner, ListShape):
        inner = inner.member
    assert isinstance(inner, StructureShape)
    required = {other: _sample(inner.members[other], 0) for other in inner.required_members}
    value = {**required, **_nested(inner.members, rest, shape, number)}
    return {key: [value] if isinstance(member, ListShape) else value}


def _sample(shape: Shape, number: int) -> Any:
    match shape:
        case ListShape():
            return [_sample(shape.member, number)]
        case MapShape():
            return {"Items": _sample(shape.value, number)}
        case StructureShape():
            return {name: _sample(member, number) for name, member in shape.members.items()}
    enum = shape.metadata.get("enum")
    if enum:
        return enum[number]
    is_arn = "arn" in shape.metadata.get("pattern", "")
    text = (f"{_ARN}:thing/one", f"{_ARN}:thing/two") if is_arn else ("1", "2")
    return _SAMPLES.get(shape.type_name, text)[number]


def _words(request: type, construct: type) -> dict[str, str]:
    """What each property is for, by its path, from the construct's arguments."""
    return _of(request, _documented(construct, "Args"))


def _of(structure: type, documented: Mapping[str, str], prefix: str = "") -> dict[str, str]:
    words: dict[str, str] = {}
    for field in fields(structure):
        path = prefix + _api_name(field.name)
        words[path] = _in_templates(documented.get(field.name, ""))
        names = set(re.findall(r"\w+", str(field.type)))
        nested = [
            item
            for name, item in vars(cdk_personalize).items()
            if name in names and isinstance(item, type) and is_dataclass(item)
        ]
        for inner in nested:
            if inner is cdk_personalize.AutoTraining:
                continue
            suffix = "[]." if "Sequence" in names else "."
            words |= _of(inner, _documented(inner, "Attributes"), path + suffix)
    return words


def _documented(thing: type, heading: str) -> dict[str, str]:
    """The entries under a heading of a docstring, by name."""
    text = inspect.getdoc(thing) or ""
    part = re.search(rf"^{heading}:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    entries = re.findall(r"^    (\w+): ((?:.*\n?)(?:        .*\n?)*)", part[1] if part else "", re.MULTILINE)
    return {name: " ".join(words.split()) for name, words in entries}


def _in_templates(words: str) -> str:
    """Python's names as the API's."""
    words = re.sub(r"`(\w+)=True`", lambda m: f"`{_api_name(m[1])}: true`", words)
    words = re.sub(r"`([a-z]+(?:_[a-z]+)+)`", lambda m: f"`{_api_name(m[1])}`", words)
    return words.replace("Default: - ", "Default: ").replace("`hpo_objective`", "`hpoObjective`")


def _api_name(name: str) -> str:
    return _SPELLINGS.get(name) or camel_case(name)
