"""Identity over meaning: every spelling of a configuration has one hash, and no two meanings share one.

A meaning is drawn, and then written twice, each time in words of chance. The writer varies what the rules
document as the same. It knows nothing of the code that is tested.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from hypothesis import assume, given
from hypothesis import strategies as st

from personalize_provider.aws.sdk import input_shape
from personalize_provider.kinds.solution.config import (
    UPDATABLE_CONFIG_MEMBERS,
    UPDATABLE_MEMBERS,
    immutable_hash,
    scalar_text,
)
from support.virtual_time.provider_world import GROUP, SIMS, V2, physical_id, request

Draw = Callable[[st.SearchStrategy[Any]], Any]

_HPO = "solutionConfig.hpoConfig"
_RANGES = f"{_HPO}.algorithmHyperParameterRanges"
_KINDS = {
    "datasetGroupArn": "exact",
    "recipeArn": "exact",
    "eventType": "exact",
    "performHPO": "off unless said",
    "performAutoML": "off unless said",
    "solutionConfig.eventValueThreshold": "number",
    f"{_HPO}.hpoObjective.type": "exact",
    f"{_HPO}.hpoObjective.metricName": "exact",
    f"{_HPO}.hpoObjective.metricRegex": "exact",
    f"{_HPO}.hpoResourceConfig.maxNumberOfTrainingJobs": "number",
    f"{_HPO}.hpoResourceConfig.maxParallelTrainingJobs": "number",
    f"{_RANGES}.integerHyperParameterRanges[].name": "exact",
    f"{_RANGES}.integerHyperParameterRanges[].minValue": "number",
    f"{_RANGES}.integerHyperParameterRanges[].maxValue": "number",
    f"{_RANGES}.continuousHyperParameterRanges[].name": "exact",
    f"{_RANGES}.continuousHyperParameterRanges[].minValue": "number",
    f"{_RANGES}.continuousHyperParameterRanges[].maxValue": "number",
    f"{_RANGES}.categoricalHyperParameterRanges[].name": "exact",
    f"{_RANGES}.categoricalHyperParameterRanges[].values[]": "scalar, in any order",
    "solutionConfig.algorithmHyperParameters{}": "scalar",
    "solutionConfig.featureTransformationParameters{}": "scalar",
    "solutionConfig.autoMLConfig.metricName": "exact",
    "solutionConfig.autoMLConfig.recipeList[]": "exact, in any order",
    "solutionConfig.optimizationObjective.itemAttribute": "exact",
    "solutionConfig.optimizationObjective.objectiveSensitivity": "exact",
    "solutionConfig.trainingDataConfig.excludedDatasetColumns{}[]": "exact, in any order, keys of any case",
    "solutionConfig.trainingDataConfig.includedDatasetColumns{}[]": "exact, in any order, keys of any case",
}


def leaves(shape: Shape, path: str = "") -> Iterator[str]:
    match shape:
        case StructureShape():
            for name, member in shape.members.items():
                yield from leaves(member, f"{path}.{name}".removeprefix("."))
        case ListShape():
            yield from leaves(shape.member, f"{path}[]")
        case MapShape():
            yield from leaves(shape.value, f"{path}{{}}")
        case _:
            yield path


def test_spellings__every_member_of_the_service_model_that_cannot_be_changed__are_decided() -> None:
    """A member that the model gets: say which spellings of it mean the same, and draw it below."""
    updatable = (
        *UPDATABLE_MEMBERS,
        *(f"solutionConfig.{name}" for name in UPDATABLE_CONFIG_MEMBERS),
        "name",
        "tags",
    )
    there = {path for path in leaves(input_shape("CreateSolution")) if not path.startswith(updatable)}
    assert there == set(_KINDS)


@dataclass(frozen=True)
class Meaning:
    """What a configuration says, whatever its words."""

    group: str
    recipe: str
    event_type: str | None
    hpo: bool
    threshold: Decimal | None
    hyper: Mapping[str, Any]
    features: Mapping[str, Any]
    jobs: Mapping[str, Any]
    integers: Mapping[str, tuple[int | None, int | None]]
    continuous: Mapping[str, tuple[float | None, float | None]]
    categories: Mapping[str, tuple[Any, ...]]
    hpo_objective: Mapping[str, str]
    objective: Mapping[str, str]
    excluded: Mapping[str, frozenset[str]]
    included: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class AutoMeaning:
    """What AutoML heeds (rules 20 and 21)."""

    group: str
    event_type: str | None
    metric: str | None
    recipes: frozenset[str]


_NUMBERS = st.sampled_from([Decimal(n) for n in ("0", "0.5", "5", "-1", "0.01", "100", "55", "0.25", "1e21")])
_SCALARS = st.one_of(_NUMBERS, st.booleans(), st.sampled_from(["mean", "Mean", "1.2.3", "1e", "rue"]))
_NAMES = st.sampled_from(["bptt", "training.bptt", "rate", "Rate"])
_EVENTS = st.sampled_from([None, "watch", "Watch", "1", "1.0", "true", "True"])
_GROUPS = st.sampled_from([GROUP, f"{GROUP}-2"])
_RECIPES = st.sampled_from([V2, SIMS])
_COLUMNS = st.frozensets(st.sampled_from(["A", "B", "a", "TRUE", "true"]), max_size=3)
_DATASETS = st.sampled_from(["items", "users", "action_interactions"])


def _named(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(_NAMES, values, max_size=2)


def _ends(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(st.none() | values, st.none() | values)


meanings = st.builds(
    Meaning,
    group=_GROUPS,
    recipe=_RECIPES,
    event_type=_EVENTS,
    hpo=st.booleans(),
    threshold=st.none() | _NUMBERS,
    hyper=_named(_SCALARS),
    features=_named(_SCALARS),
    jobs=st.dictionaries(
        st.sampled_from(["maxNumberOfTrainingJobs", "maxParallelTrainingJobs"]),
        st.integers(1, 3).map(Decimal),
    ),
    integers=_named(_ends(st.integers(-1, 2))),
    continuous=_named(_ends(st.sampled_from([0.0, 0.5, 1.0, -1.0]))),
    categories=_named(st.lists(_SCALARS, max_size=3).map(tuple)),
    hpo_objective=st.dictionaries(
        st.sampled_from(["type", "metricName"]), st.sampled_from(["Maximize", "maximize"])
    ),
    objective=st.dictionaries(
        st.sampled_from(["itemAttribute", "objectiveSensitivity"]), st.sampled_from(["PRICE", "price", "LOW"])
    ),
    excluded=st.dictionaries(_DATASETS, _COLUMNS.filter(bool), max_size=2),
    included=st.dictionaries(_DATASETS, _COLUMNS, max_size=2),
)
auto_meanings = st.builds(
    AutoMeaning,
    group=_GROUPS,
    event_type=_EVENTS,
    metric=st.sampled_from([None, "precision", "Precision"]),
    recipes=st.frozensets(_RECIPES),
)


def shuffled(draw: Draw, items: Any) -> list[Any]:
    return list(draw(st.permutations(list(items))))


def number(draw: Draw, value: Decimal) -> str:
    plain = f"{value:f}"
    longer = plain + ("0" if "." in plain else ".0")
    signed = longer if longer.startswith("-") else f"+{longer}"
    return str(
        draw(st.sampled_from([plain, longer, signed, f"{value:e}", f"{value:E}", f"{value * 10:f}e-1"]))
    )


def scalar(draw: Draw, value: Any) -> str:
    match value:
        case bool():
            return str(
                draw(st.sampled_from(["true", "True", "TRUE"] if value else ["false", "False", "FALSE"]))
            )
        case Decimal():
            return number(draw, value)
    return str(value)


def said(draw: Draw, members: Mapping[str, Any]) -> dict[str, Any]:
    """Members in any order, those that say nothing there or not."""
    is_nothing = {name: value in (None, {}, []) for name, value in members.items()}
    kept = [
        name
        for name, value in members.items()
        if not is_nothing[name] or (value is not None and draw(st.booleans()))
    ]
    return {name: members[name] for name in shuffled(draw, kept)}


def columns(draw: Draw, meant: Mapping[str, frozenset[str]], *, empties: bool) -> dict[str, list[str]]:
    written = {
        draw(st.sampled_from([name, name.upper(), name.capitalize()])): shuffled(draw, names)
        for name, names in meant.items()
    }
    unused = {"users", "items"} - set(meant)
    if empties and unused and draw(st.booleans()):
        written[min(unused)] = []
    return {name: written[name] for name in shuffled(draw, written)}


def spans(draw: Draw, ranges: Mapping[str, tuple[Any, Any]]) -> list[dict[str, Any]]:
    written = [
        said(draw, {"name": name, "minValue": low, "maxValue": high}) for name, (low, high) in ranges.items()
    ]
    return shuffled(draw, written)


def write(draw: Draw, meant: Meaning) -> dict[str, Any]:
    """A request that says this, in words of chance."""
    categories = [
        said(draw, {"name": name, "values": shuffled(draw, [scalar(draw, value) for value in values])})
        for name, values in meant.categories.items()
    ]
    ranges = {
        "integerHyperParameterRanges": spans(draw, meant.integers),
        "continuousHyperParameterRanges": spans(draw, meant.continuous),
        "categoricalHyperParameterRanges": shuffled(draw, categories),
    }
    hpo = {
        "hpoObjective": dict(meant.hpo_objective),
        "hpoResourceConfig": said(draw, {name: scalar(draw, jobs) for name, jobs in meant.jobs.items()}),
        "algorithmHyperParameterRanges": said(draw, ranges),
    }
    data = {
        "excludedDatasetColumns": columns(draw, meant.excluded, empties=True),
        "includedDatasetColumns": columns(draw, meant.included, empties=False),
    }
    config = {
        "eventValueThreshold": None if meant.threshold is None else number(draw, meant.threshold),
        "algorithmHyperParameters": {name: scalar(draw, value) for name, value in meant.hyper.items()},
        "featureTransformationParameters": {n: scalar(draw, value) for n, value in meant.features.items()},
        "hpoConfig": said(draw, hpo),
        "optimizationObjective": dict(meant.objective),
        "trainingDataConfig": said(draw, data),
    }
    return _whole(
        draw,
        {
            "datasetGroupArn": meant.group,
            "recipeArn": meant.recipe,
            "eventType": meant.event_type,
            "performHPO": meant.hpo or draw(st.sampled_from([None, False])),
            "performAutoML": draw(st.sampled_from([None, False])),
        },
        said(draw, config),
    )


def write_auto(draw: Draw, meant: AutoMeaning, ignored: Meaning) -> dict[str, Any]:
    auto = said(draw, {"metricName": meant.metric, "recipeList": shuffled(draw, meant.recipes)})
    others = write(draw, ignored).get("solutionConfig", {}) if draw(st.booleans()) else {}
    return _whole(
        draw,
        {
            "datasetGroupArn": meant.group,
            "eventType": meant.event_type,
            "performHPO": draw(st.sampled_from([None, False, True])),
            "performAutoML": True,
        },
        said(draw, {**others, "autoMLConfig": auto}),
    )


def _whole(draw: Draw, members: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, Any]:
    """With what can be changed later, which must not matter."""
    updatable = {
        "name": draw(st.sampled_from([None, "movies"])),
        "performAutoTraining": draw(st.sampled_from([None, True])),
        "performIncrementalUpdate": draw(st.sampled_from([None, True])),
        "tags": draw(st.sampled_from([None, [{"tagKey": "a", "tagValue": "b"}]])),
    }
    changeable = {
        "autoTrainingConfig": draw(st.sampled_from([None, {"schedulingExpression": "rate(1 day)"}]))
    }
    return said(draw, {**members, **updatable, "solutionConfig": said(draw, {**config, **changeable})})


@given(meanings, st.data())
def test_hash__same_meaning_in_two_spellings__is_one(meant: Meaning, data: st.DataObject) -> None:
    assert immutable_hash(write(data.draw, meant)) == immutable_hash(write(data.draw, meant))


@given(auto_meanings, meanings, st.data())
def test_hash__same_meaning_with_auto_ml__is_one(
    meant: AutoMeaning, ignored: Meaning, data: st.DataObject
) -> None:
    first, second = (write_auto(data.draw, meant, ignored) for _ in "ab")
    assert immutable_hash(first) == immutable_hash(second)


def unordered(meant: Meaning) -> dict[str, Any]:
    """A meaning as a value that compares by what it means."""
    categories = {name: sorted(map(repr, values)) for name, values in meant.categories.items()}
    return {**asdict(meant), "categories": categories}


@given(meanings, meanings, st.sampled_from(list(Meaning.__dataclass_fields__)), st.data())
def test_hash__one_part_means_something_else__is_another(
    meant: Meaning, other: Meaning, part: str, data: st.DataObject
) -> None:
    changed = Meaning(**{**meant.__dict__, part: getattr(other, part)})
    assume(unordered(changed) != unordered(meant))
    assert immutable_hash(write(data.draw, changed)) != immutable_hash(write(data.draw, meant))


@given(auto_meanings, auto_meanings, meanings, st.data())
def test_hash__auto_ml_means_something_else__is_another(
    meant: AutoMeaning, other: AutoMeaning, ignored: Meaning, data: st.DataObject
) -> None:
    assume(meant != other)
    first, second = (write_auto(data.draw, each, ignored) for each in (meant, other))
    assert immutable_hash(first) != immutable_hash(second)


def config(**members: Any) -> dict[str, Any]:
    return {"solutionConfig": members}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"performHPO": "false"}),
        ({}, {"performAutoML": "False"}),
        ({}, {"solutionConfig": {}}),
        (config(eventValueThreshold="0.5"), config(eventValueThreshold="0.50")),
        (config(algorithmHyperParameters={"a": "1e-2"}), config(algorithmHyperParameters={"a": "0.01"})),
        (config(algorithmHyperParameters={"a": "true"}), config(algorithmHyperParameters={"a": "True"})),
        (
            config(trainingDataConfig={"excludedDatasetColumns": {"Items": ["A", "B"]}}),
            config(trainingDataConfig={"excludedDatasetColumns": {"ITEMS": ["B", "A"]}}),
        ),
    ],
)
def test_physical_id__another_spelling_in_the_template__is_the_same_solution(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert physical_id(request("Create", one)) == physical_id(request("Create", other))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.50", "0.5"),
        ("-0.0", "0"),
        ("007", "7"),
        ("+.5", "0.5"),
        ("5.", "5"),
        ("1E2", "100"),
        ("9" * 40 + ".0", "9" * 40),
        ("0." + "0" * 40 + "1", "0." + "0" * 40 + "1"),
        ("1e9999", "1e9999"),
        ("NaN", "NaN"),
        ("\uff11", "\uff11"),
        ("1_0", "1_0"),
        (" 1", " 1"),
        ("TRUE", "true"),
        ("yes", "yes"),
        (True, "true"),
        (0.5, "0.5"),
        (2, "2"),
    ],
)
def test_scalar_text__number_or_boolean__has_one_spelling(text: Any, expected: str) -> None:
    assert scalar_text(text) == expected


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ({"datasetGroupArn": GROUP, "recipeArn": V2}, "0597ae194b36"),
        (
            {
                "datasetGroupArn": GROUP,
                "recipeArn": V2,
                **config(trainingDataConfig={"excludedDatasetColumns": {"Items": ["A", "B"]}}),
            },
            "6336888ed815",
        ),
    ],
)
def test_hash__usual_spelling__never_changes(configuration: dict[str, Any], expected: str) -> None:
    """Everybody's generated names depend on it."""
    assert immutable_hash(configuration) == expected
