"""What released versions promised: logical ids and properties stay as they are.

`GOLDEN=update` writes the file of the version that pyproject.toml names, which is done before its release and
never after it.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.requests import golden
from support.requests.golden import Resources, broken_promises

MAJOR = golden.current_version().partition(".")[0]
FILES = sorted(golden.FOLDER.glob(f"{MAJOR}.*.json"))

PROVIDER = "PersonalizeProviderFrameworkframeworkonEvent12F39CCC"
ROLE = "PersonalizeProviderIsCompleteRole4F052490"


@pytest.fixture(scope="module")
def now() -> dict[str, Resources]:
    return golden.written()


def test_golden__of_the_current_version__is_stored(now: dict[str, Resources]) -> None:
    file = golden.FOLDER / f"{golden.current_version()}.json"
    if os.environ.get("GOLDEN") == "update":
        golden.store(file, now)
    assert file.exists(), "write it with GOLDEN=update"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_golden__of_each_version__still_holds(file: Path, now: dict[str, Resources]) -> None:
    broken = {name: broken_promises(then, now[name]) for name, then in golden.stored(file).items()}
    assert broken == {name: [] for name in now}


def renamed(resources: Any) -> None:
    resources["Renamed"] = resources.pop(PROVIDER)


def solution_of(resources: Any) -> dict[str, Any]:
    return next(r for r in resources.values() if r["Properties"].get("name") == "weighted")


def property_renamed(resources: Any) -> None:
    properties = solution_of(resources)["Properties"]
    properties["recipe"] = properties.pop("recipeArn")


def value_changed(resources: Any) -> None:
    solution_of(resources)["Properties"]["ServiceTimeout"] = "60"


def member_changed(resources: Any) -> None:
    solution_of(resources)["Properties"]["solutionConfig"]["eventsConfig"]["eventParametersList"][0][
        "weight"
    ] = 0


def property_added(resources: Any) -> None:
    solution_of(resources)["Properties"]["version"] = "2"


def member_added(resources: Any) -> None:
    solution_of(resources)["Properties"]["solutionConfig"]["version"] = "2"


def function_named(resources: Any) -> None:
    resources[PROVIDER]["Properties"]["FunctionName"] = "mine"


def statement_before_the_others(resources: Any) -> None:
    resources[ROLE]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].insert(0, {"Action": "a:b"})


def type_changed(resources: Any) -> None:
    solution_of(resources)["Type"] = "Custom::Solution"


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        (renamed, f"{PROVIDER} is gone"),
        (property_renamed, "/Properties/recipeArn"),
        (value_changed, "/Properties/ServiceTimeout is '60': it was '2100'"),
        (member_changed, "/Properties/solutionConfig/eventsConfig/eventParametersList/0/weight is 0"),
        (property_added, "/Properties/version is new: every deployed solution would be updated"),
        (member_added, "/Properties/solutionConfig/version is new"),
        (function_named, f"{PROVIDER}/Properties/FunctionName is new: it means a replacement"),
        (statement_before_the_others, f"{ROLE}/Properties/Policies/0/PolicyDocument/Statement/0/Action is "),
        (type_changed, "/Type is 'Custom::Solution'"),
    ],
)
def test_promises__a_broken_one__is_named(
    now: dict[str, Resources], change: Callable[[Any], None], broken: str
) -> None:
    then, later = now["EveryProperty"], copy.deepcopy(now["EveryProperty"])
    change(later)

    assert broken in "\n".join(broken_promises(then, later))


def resource_added(resources: Any) -> None:
    resources["PersonalizeProviderNew"] = {"Type": "AWS::SNS::Topic", "Properties": {}}


def function_described(resources: Any) -> None:
    resources[PROVIDER]["Properties"]["Tags"] = [{"Key": "a", "Value": "b"}]


def statement_after_the_others(resources: Any) -> None:
    resources[ROLE]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append({"Action": "a:b"})


@pytest.mark.parametrize("change", [resource_added, function_described, statement_after_the_others])
def test_promises__a_harmless_addition__breaks_none(
    now: dict[str, Resources], change: Callable[[Any], None]
) -> None:
    later = copy.deepcopy(now["EveryProperty"])
    change(later)

    assert later != now["EveryProperty"]
    assert broken_promises(now["EveryProperty"], later) == []
