"""The properties of `Custom::PersonalizeSolution`, from the service model, our docstrings and our handler."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

import cdk_personalize
from cdk_personalize.model.structures import camel_case, spellings
from cdk_personalize.solution.request import SolutionRequest
from personalize_provider.aws.sdk import input_shape
from personalize_provider.engine.request import Request
from personalize_provider.kinds.solution.observed import Observed
from support.handler.solution_goals import present
from support.virtual_time.provider_world import PROPERTIES, STACK_ID, physical_id

# What has no argument of its own in the constructs, or says less there than a template needs.
_IN_TEMPLATES = {
    "name": "The solution's name, unique in the account and Region. Default: generated from the stack, the "
    "logical id and what can't be changed.",
    "recipeArn": "ARN of the recipe. Required unless `performAutoML` is true.",
    "datasetGroupArn": "ARN of the dataset group with the data to train on.",
    "performAutoTraining": "Let the service train by itself. The service's default is true, and is billed. "
    "Default: false.",
    "solutionConfig.autoTrainingConfig": "When it trains by itself; only with `performAutoTraining`.",
    "solutionConfig.autoTrainingConfig.schedulingExpression": "`rate(N days)`, N from 1 to 30.",
    "tags": "At most 47: three more are the provider's own.",
    "tags[].tagKey": "It must not begin with `cdk-personalize:`.",
    "tags[].tagValue": "Its value.",
}
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
_WAIT = (
    "Boolean",
    "",
    "",
    "in place",
    "When it is deleted during a training, wait for the end of that instead of stopping it. Default: false.",
)
_SAMPLES: dict[str, tuple[str, str]] = {
    "boolean": ("true", "false"),
    "integer": ("1", "2"),
    "double": ("0.5", "0.6"),
}
_SPELLINGS = dict(spellings(SolutionRequest))
_ARN = "arn:aws:personalize:us-east-1:123456789012:thing/{}"
_TYPES = {"boolean": "Boolean", "integer": "Integer", "double": "Number", "string": "String"}


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


def reference() -> str:
    """Both tables, as they stand in the document."""
    shape = input_shape("CreateSolution")
    lines = ["| Property | Type | Required | Limits | On a change | |", "|---|---|---|---|---|---|"]
    lines += [str(Property(name, *cells)) for name, cells in _OWN.items()]
    lines += [str(row) for row in _rows(shape)]
    lines.append(str(Property("waitForTrainingOnDelete", *_WAIT)))
    lines += ["", "| `Fn::GetAtt` | |", "|---|---|"]
    lines += [f"| `{name}` | {_attribute(name)} |" for name in _attributes()]
    return "\n".join(lines) + "\n"


def _rows(shape: StructureShape, prefix: str = "") -> Iterator[Property]:
    for name, member in shape.members.items():
        path = f"{prefix}{name}"
        what = _words().get(path, "")
        if "hpoObjective" in path:
            continue  # the service refuses it
        yield Property(
            path,
            _type(member),
            "yes" if name in shape.required_members and path != "name" else "",
            _limits(member),
            "" if isinstance(member, StructureShape) else _effect(path, member),
            what,
        )
        inner, suffix = member, ""
        while isinstance(inner, ListShape):
            inner, suffix = inner.member, suffix + "[]"
        if isinstance(inner, StructureShape):
            yield from _rows(inner, f"{path}{suffix}.")


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


def _effect(path: str, shape: Shape) -> str:
    """What the handler answers to two updates that differ in this property alone."""
    one, two = (_physical_id(path, shape, number) for number in (0, 1))
    return "in place" if one == two else "replacement"


def _physical_id(path: str, shape: Shape, number: int) -> str:
    properties = {key: value for key, value in PROPERTIES.items() if key != path.split(".", maxsplit=1)[0]}
    properties |= _nested(input_shape("CreateSolution"), path.split("."), shape, number)
    properties |= {"performHPO": "true"} if "hpoConfig" in path else {}  # the handler wants both (rule 24)
    event = {
        "RequestType": "Update",
        "ResourceType": "Custom::PersonalizeSolution",
        "StackId": STACK_ID,
        "LogicalResourceId": "Solution",
        "RequestId": "1",
        "PhysicalResourceId": "the one before",
        "ResourceProperties": properties,
    }
    return physical_id(Request.from_event(event))


def _nested(within: StructureShape, path: list[str], shape: Shape, number: int) -> dict[str, Any]:
    name, *rest = path
    key = name.rstrip("[]")
    member = within.members[key]
    if not rest:
        return {key: _sample(shape, number)}
    inner = member
    while isinstance(inner, ListShape):
        inner = inner.member
    value: Any = _nested(inner, rest, shape, number)
    required = {other: _sample(inner.members[other], 0) for other in inner.required_members}
    value = {**required, **value}
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
    text = (_ARN.format("one"), _ARN.format("two")) if is_arn else ("1", "2")
    if shape.name == "SchedulingExpression":
        text = ("rate(1 day)", "rate(2 days)")
    return _SAMPLES.get(shape.type_name, text)[number]


def _words() -> dict[str, str]:
    """What each property is for, by its path."""
    words = _of(SolutionRequest, _documented(cdk_personalize.Solution, "Args"))
    return {**words, **_IN_TEMPLATES}


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


def _attributes() -> list[str]:
    return list(Observed({"status": "ACTIVE"}, {}).attributes(present()))


def _attribute(name: str) -> str:
    return {
        "solutionArn": "The ARN, also what `Ref` gives",
        "name": "The name, given or generated",
        "status": "The status when the last deploy was done with it",
        "datasetGroupArn": "The dataset group",
        "recipeArn": "The recipe; empty if there is none",
        "eventType": "The type of the events that it trains on; empty if on all",
        "creationDateTime": "When it was created, ISO 8601",
    }[name]
