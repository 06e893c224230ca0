"""The tables of arguments, attributes and effects in the guide, against the code."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from aws_cdk import App, CfnResource, RemovalPolicy, Stack, assertions

import cdk_personalize
from cdk_personalize import (
    AutoTraining,
    Campaign,
    CampaignConfig,
    EventParameters,
    EventsConfig,
    PersonalizeProvider,
    Recipe,
    Solution,
    SolutionConfig,
)
from personalize_provider.engine.lifecycle import desired_by
from personalize_provider.kinds import KINDS
from support.pages.documents import ROOT, code, table
from support.requests.delivered import delivered, update

SOLUTIONS, CAMPAIGNS, PROVIDERS = (
    ROOT / "docs" / f"{name}.md" for name in ("solutions", "campaigns", "providers")
)
GROUP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/movies"

EVENTS_CONFIG = "solution_config.events_config"
EVENTS = SolutionConfig(events_config=EventsConfig(event_parameters_list=[EventParameters(event_type="a")]))

# For each argument a value, and another. Where it can't stand alone, what it needs is said too.
Changes = dict[str, tuple[dict[str, Any], dict[str, Any]]]
SOLUTION_CHANGES: Changes = {
    "dataset_group": ({}, {"dataset_group": f"{GROUP}-2"}),
    "recipe": ({}, {"recipe": Recipe.SIMS}),
    "solution_name": ({"solution_name": "one"}, {"solution_name": "two"}),
    "event_type": ({}, {"event_type": "watch"}),
    "perform_auto_ml": ({}, {"perform_auto_ml": True, "recipe": None}),
    "perform_hpo": ({}, {"perform_hpo": True}),
    "perform_incremental_update": (
        {"recipe": Recipe.SEMANTIC_SIMILARITY},
        {"perform_incremental_update": True},
    ),
    "auto_training": ({}, {"auto_training": AutoTraining.every(days=3)}),
    "solution_config": ({}, {"solution_config": SolutionConfig(event_value_threshold=1)}),
    "wait_for_training_on_delete": ({}, {"wait_for_training_on_delete": True}),
    "adopt_existing": ({"solution_name": "one"}, {"adopt_existing": True}),
    "removal_policy": ({}, {"removal_policy": RemovalPolicy.RETAIN}),
    "provider": ({}, {"provider": "another"}),
    EVENTS_CONFIG: ({}, {"solution_config": EVENTS}),
}
SOLUTION_ARN = "arn:aws:personalize:us-east-1:000000000000:solution/movies"
CAMPAIGN_CHANGES: Changes = {
    "solution": ({}, {"solution": f"{SOLUTION_ARN}-2"}),
    "campaign_name": ({"campaign_name": "one"}, {"campaign_name": "two"}),
    "min_provisioned_tps": ({}, {"min_provisioned_tps": 2}),
    "campaign_config": ({}, {"campaign_config": CampaignConfig(enable_metadata_with_recommendations=True)}),
    "adopt_existing": ({"campaign_name": "one"}, {"adopt_existing": True}),
    "removal_policy": ({}, {"removal_policy": RemovalPolicy.RETAIN}),
    "provider": ({}, {"provider": "another"}),
}
CHANGES: dict[type[Solution | Campaign], tuple[Changes, dict[str, Any]]] = {
    Solution: (SOLUTION_CHANGES, {"dataset_group": GROUP, "recipe": Recipe.USER_PERSONALIZATION_V2}),
    Campaign: (CAMPAIGN_CHANGES, {"solution": SOLUTION_ARN}),
}
"""What is changed of each construct, and the arguments that it always has."""


def parameters(construct: type, *, skipped: set[str]) -> dict[str, inspect.Parameter]:
    found: dict[str, inspect.Parameter] = {}
    for class_ in construct.__mro__:
        signature = inspect.signature(class_.__init__)  # type: ignore[misc] # read, not called
        options = signature.parameters.get("options")  # which the base class takes one by one
        found = {**signature.parameters, **found}
        if options is None:
            break
    return {
        name: value
        for name, value in found.items()
        if name not in skipped | {"options"} and not name.startswith("_")
    }


def shown(default: Any) -> str:
    """A default as the table has it."""
    if default is inspect.Parameter.empty:
        return "required"
    if default == AutoTraining.DISABLED:
        return "`AutoTraining.DISABLED`"
    if hasattr(default, "name"):
        return f"`{type(default).__name__}.{default.name}`"
    return f"`{default}`"


@pytest.mark.parametrize(
    ("construct", "document", "skipped"),
    [
        (Solution, SOLUTIONS, {"self", "scope", "id"}),
        (Campaign, CAMPAIGNS, {"self", "scope", "id"}),
        (PersonalizeProvider, PROVIDERS, {"self", "scope"}),
    ],
)
def test_arguments__of_a_construct__are_those_of_the_table(
    construct: type, document: Path, skipped: set[str]
) -> None:
    documented = {code(row["Argument"])[0]: row["Default"] for row in table(document, "Arguments")}
    actual = {name: shown(value.default) for name, value in parameters(construct, skipped=skipped).items()}
    assert list(documented.items()) == list(actual.items())


def described(documented: type, heading: str) -> dict[str, str]:
    """What a docstring says of each argument or attribute, on one line each."""
    text = inspect.getdoc(documented) or ""
    block = re.search(rf"^{heading}:\n((?:    .*\n?|\n)+)", text, re.MULTILINE)
    assert block, documented
    entries = re.split(r"^    (?=\w+: )", block[1], flags=re.MULTILINE)[1:]
    parts = (re.sub(r"\s+", " ", entry).strip().partition(": ") for entry in entries)
    return {name: words for name, _, words in parts}


def first_sentence(words: str) -> str:
    return re.split(r"\.(?: |$)", words)[0]


RESOURCES = pytest.mark.parametrize(
    ("construct", "document"), [(Solution, SOLUTIONS), (Campaign, CAMPAIGNS)], ids=["solution", "campaign"]
)


@RESOURCES
def test_arguments__of_a_resource__are_described_as_in_its_docstring(construct: type, document: Path) -> None:
    documented = {code(row["Argument"])[0]: row[""] for row in table(document, "Arguments")}
    docstring = described(construct, "Args")
    assert documented == {name: first_sentence(docstring[name]) for name in documented}
    assert docstring.keys() - documented.keys() == {"scope", "id"}


@RESOURCES
def test_arguments__of_a_resource__have_the_defaults_of_its_docstring(
    construct: type, document: Path
) -> None:
    del document
    docstring = described(construct, "Args")
    for name, parameter in parameters(construct, skipped={"self", "scope", "id"}).items():
        default = shown(parameter.default).strip("`")
        says = re.search(r"Default: (.+)\.$", docstring[name])
        if default == "required":
            assert says is None, name
        else:
            assert says, name
            # A dash is how CDK writes a default that is no value.
            assert says[1].startswith("- ") or says[1] == default or name == "removal_policy"


def configured(structure: type, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """Every member below a dataclass: its path, the words of its type, and its default."""
    for field in fields(structure):
        words = set(re.findall(r"\w+", str(get_type_hints(structure)[field.name])))
        yield f"{prefix}{field.name}", " ".join(sorted(words)), f"`{field.default}`"
        nested = [
            item for name, item in vars(cdk_personalize).items() if name in words and is_dataclass(item)
        ]
        if nested and "Sequence" not in words:  # the row of the list describes its items
            yield from configured(nested[0], f"{prefix}{field.name}.")


def configuration_docstrings(structure: type, prefix: str = "") -> Iterator[tuple[str, str]]:
    """What the docstrings say of every member below a dataclass."""
    docstring = described(structure, "Attributes")
    for path, words, _ in configured(structure):
        name, _, rest = path.partition(".")
        if not rest:
            yield f"{prefix}{name}", docstring[name]
            nested = [item for key, item in vars(cdk_personalize).items() if key in words.split()]
            inner = [item for item in nested if is_dataclass(item) and isinstance(item, type)]
            if inner and "Sequence" not in words:
                yield from configuration_docstrings(inner[0], f"{prefix}{name}.")


@pytest.mark.parametrize(
    ("config", "document"),
    [(SolutionConfig, SOLUTIONS), (CampaignConfig, CAMPAIGNS)],
    ids=["solution", "campaign"],
)
def test_configuration__of_a_resource__is_that_of_the_table(config: type, document: Path) -> None:
    rows = table(document, "The configuration")
    documented = {code(row["Property"])[0]: row for row in rows}
    actual = {path: (words, default) for path, words, default in configured(config)}
    refused = {path for path in actual if path.startswith("hpo_config.hpo_objective.")}
    assert documented.keys() == actual.keys() - refused
    for path, row in documented.items():
        words, default = actual[path]
        assert row["Default"] == default
        assert set(re.findall(r"\w+", row["Type"])) <= set(words.split()), path
    assert {path: row[""] for path, row in documented.items()} == {
        path: first_sentence(words) for path, words in configuration_docstrings(config) if path not in refused
    }


@RESOURCES
def test_attributes__of_a_resource__are_those_of_the_table(construct: type, document: Path) -> None:
    stack = Stack(App(), "Stack")
    solution = Solution(stack, "Solution", dataset_group=GROUP, recipe=Recipe.SIMS)
    resource = solution if construct is Solution else Campaign(stack, "Campaign", solution=solution)
    documented = {
        code(row["Property"])[0]: code(row["In the template"])[0] for row in table(document, "Attributes")
    }
    own = {
        name
        for name, value in vars(construct).items()
        if isinstance(value, property) and name not in ("cdk_tag_manager", "create_request")
    }
    assert set(documented) == own
    for name, attribute in documented.items():
        [(function, value)] = stack.resolve(getattr(resource, name)).items()
        assert attribute == (value[1] if function == "Fn::GetAtt" else function)


@pytest.fixture(scope="module")
def effects() -> dict[type, dict[str, str]]:
    """What each change does: all resources stand in one stack, so there is one synthesis."""
    stack = Stack(App(), "Movies")
    another = PersonalizeProvider.from_service_token(stack, "Another", "arn:aws:lambda:another")

    def logical_id(construct: type[Solution | Campaign], path: str, arguments: dict[str, Any]) -> str:
        given = {**CHANGES[construct][1], **arguments}
        if "provider" in given:
            given["provider"] = another
        resource = construct(stack, f"{construct.__name__}.{path}", **given).node.default_child
        assert isinstance(resource, CfnResource)
        return stack.get_logical_id(resource)

    pairs = {
        (construct, argument): (
            logical_id(construct, f"{argument}.old", before),
            logical_id(construct, f"{argument}.new", {**before, **change}),
        )
        for construct, (changes, _) in CHANGES.items()
        for argument, (before, change) in changes.items()
    }
    resources = assertions.Template.from_stack(stack).to_json()["Resources"]
    found: dict[type, dict[str, str]] = {construct: {} for construct in CHANGES}
    for (construct, argument), (old, new) in pairs.items():
        found[construct][argument] = effect(resources[old], resources[new])
    return found


def effect(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    assert before != after, "the change is not in the template"
    old, new = delivered(before["Properties"]), delivered(after["Properties"])
    if old["ServiceToken"] != new["ServiceToken"]:
        return "refused"  # by CloudFormation
    if old == new:
        return "nothing"
    same = arn_of(before["Type"], old) == arn_of(after["Type"], new)
    return "in place" if same else "replacement"


def arn_of(type_: str, properties: dict[str, Any]) -> str:
    """What the handler answers an update to these properties with."""
    desired = desired_by(update(type_, properties), KINDS)
    return desired.identify(lambda _: None, lambda *_: False, is_rolling_back=False)  # nothing has its name


@RESOURCES
def test_effects__of_each_changed_argument__are_those_of_the_table(
    effects: dict[type, dict[str, str]], construct: type, document: Path
) -> None:
    documented = {code(row["Argument"])[0]: row["On a change"] for row in table(document, "Arguments")}
    tried = {argument: done for argument, done in effects[construct].items() if argument != EVENTS_CONFIG}
    assert documented == tried


def test_effects__of_a_changed_events_config__are_in_place(effects: dict[type, dict[str, str]]) -> None:
    assert effects[Solution][EVENTS_CONFIG] == "in place"
