"""What is accepted as the schema of a dataset, against the simulator's own rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_personalize.model.findings import Doubt, problems_in
from cdk_personalize.schema.columns import DatasetType, Domain, columns_of, type_of_record
from cdk_personalize.schema.field import Field
from cdk_personalize.schema.rules import find_problems
from personalize_local.simulator.kinds.dataset import schema_rules as simulator
from support.requests.avro import avro

COMBINATIONS = [
    pytest.param(dataset_type, domain, id=f"{dataset_type}-{domain}")
    for domain in (None, *Domain)
    for dataset_type in DatasetType
    if columns_of(dataset_type, domain)
]
TYPES = st.sampled_from(["string", "int", "long", "float", "double", "boolean"])
OWN = Field.string("KIND", categorical=True)


def record(dataset_type: DatasetType, *fields: Any) -> dict[str, Any]:
    return {"type": "record", "name": dataset_type.record_name, "fields": list(fields)}


def smallest(dataset_type: DatasetType, domain: Domain | None) -> list[Field]:
    """The fewest fields that a dataset can have."""
    columns = columns_of(dataset_type, domain)
    assert columns is not None
    return [*columns.required, *([OWN] if columns.fewest_metadata else [])]


@st.composite
def entries(draw: st.DrawFn, name: str, *, text: bool) -> dict[str, Any]:
    """A field that one of the two could mistake: any type, null or not, with a mark that it can have."""
    type_ = draw(TYPES)
    types = draw(st.sampled_from([type_, [type_], ["null", type_], [type_, "null"]]))
    marks = ["categorical", "textual"] if text else ["categorical"]
    mark = draw(st.sampled_from([None, *marks])) if type_ == "string" else None
    return {"name": name, "type": types} | ({mark: True} if mark else {})


@st.composite
def schemas(draw: st.DrawFn) -> tuple[dict[str, Any], DatasetType, Domain | None]:
    """A schema that is nearly right."""
    domain = draw(st.sampled_from([None, *Domain]))
    dataset_type = draw(st.sampled_from([each for each in DatasetType if columns_of(each, domain)]))
    columns = columns_of(dataset_type, domain)
    assert columns is not None
    right = [field.avro() for field in smallest(dataset_type, domain)]
    kept = [entry for entry in right if draw(st.integers(0, 9))]
    more = draw(st.sets(st.sampled_from([*(f.name for f in columns.reserved), "AGE", "A_GE", "SHOP", "age"])))
    text = dataset_type is DatasetType.ITEMS and "PRODUCT_DESCRIPTION" not in more
    added = [draw(entries(name, text=text and name == "SHOP")) for name in sorted(more)]
    many = draw(st.sampled_from([0, 0, 0, 4, 5, 6, 9, 10, 11, 24, 25, 26, 99, 100, 101]))
    filler = [{"name": f"X{number}", "type": "int"} for number in range(many)]
    changed = [
        draw(entries(entry["name"], text=False)) if not draw(st.integers(0, 9)) else entry for entry in kept
    ]
    return record(dataset_type, *changed, *added, *filler), dataset_type, domain


@given(schemas())
def test_schema__nearly_right__is_rejected_if_the_simulator_rejects_it(
    drawn: tuple[dict[str, Any], DatasetType, Domain | None],
) -> None:
    document, dataset_type, domain = drawn

    ours = problems_in(find_problems(document, dataset_type, domain))
    theirs = simulator.problems(document, dataset_type, domain) if document["fields"] else ["no fields"]

    assert bool(ours) == bool(theirs), (ours, theirs)


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["record", "Items", "ITEM_ID", "string", "null"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "name", "fields", "categorical"]), inner, max_size=4)
    ),
)


@given(JUNK, st.sampled_from([None, *DatasetType]), st.sampled_from([None, *Domain]))
def test_schema__of_any_json__is_checked_without_an_exception(
    document: Any, dataset_type: DatasetType | None, domain: Domain | None
) -> None:
    assert all(str(problem) for problem in find_problems(document, dataset_type, domain))


@pytest.mark.parametrize(("dataset_type", "domain"), COMBINATIONS)
def test_schema__with_the_required_columns__is_accepted(
    dataset_type: DatasetType, domain: Domain | None
) -> None:
    fields = [field.avro() for field in smallest(dataset_type, domain)]

    assert find_problems(record(dataset_type, *fields), domain=domain) == []


@pytest.mark.parametrize(("dataset_type", "domain"), COMBINATIONS)
def test_schema__with_every_reserved_column__is_accepted(
    dataset_type: DatasetType, domain: Domain | None
) -> None:
    columns = columns_of(dataset_type, domain)
    assert columns is not None
    reserved = (*columns.reserved, *columns.reserved_metadata)
    fields = [field.avro() for field in (*smallest(dataset_type, domain), *reserved)]

    assert find_problems(record(dataset_type, *fields), domain=domain) == []


@pytest.mark.parametrize("name", ["Interactions", "Items", "Users", "Actions", "Action_Interactions"])
def test_type_of_record__of_a_type__is_that_type_however_it_is_spelled(name: str) -> None:
    expected = DatasetType[name.upper()]

    assert type_of_record(name) is type_of_record(name.replace("_", "").lower()) is expected
    assert find_problems(json.loads(avro(name))) == []


def test_schema__with_many_mistakes__names_all_of_them() -> None:
    document = {
        "type": "Record",
        "name": "Clicks",
        "fields": [
            {"name": "USER_ID", "type": {"type": "array"}},
            {"name": "2ND", "type": "string"},
            {"name": "Device", "type": "string"},
            {"name": "DEV_ICE", "type": "string", "categorical": "yes"},
            "TIMESTAMP",
        ],
    }

    assert [problem.argument for problem in find_problems(document)] == [
        "schema.type",
        "schema.name",
        "schema.fields[0].type",
        "schema.fields[1].name",
        "schema.fields[3].categorical",
        "schema.fields[3].name",
        "schema.fields[4]",
    ]


@pytest.mark.parametrize(
    ("dataset_type", "field", "says"),
    [
        (DatasetType.INTERACTIONS, {"type": "string", "textual": True}, "only items have text"),
        (DatasetType.ITEMS, {"type": "int", "categorical": True}, "must be a string to be categorical"),
        (
            DatasetType.ITEMS,
            {"type": "string", "categorical": True, "textual": True},
            "must be either categorical or textual",
        ),
    ],
    ids=["text of interactions", "number", "both"],
)
def test_mark__on_a_field_that_cannot_have_it__is_a_problem(
    dataset_type: DatasetType, field: dict[str, Any], says: str
) -> None:
    fields = [each.avro() for each in smallest(dataset_type, None)]

    [problem] = problems_in(find_problems(record(dataset_type, *fields, {"name": "NOTE", **field})))

    assert says in problem.rule


def test_text__in_two_columns__is_a_problem_of_the_second() -> None:
    texts = [Field.string(name, textual=True).avro() for name in ("TITLE", "PLOT")]

    [problem] = find_problems(record(DatasetType.ITEMS, Field.string("ITEM_ID").avro(), *texts))

    assert problem.argument == "schema.fields[2]"


@pytest.mark.parametrize("field", [Field.string("DEVICE"), Field.boolean("LOGGED_IN")], ids=lambda f: f.name)
def test_column__that_the_service_does_not_train_on__is_a_warning(field: Field) -> None:
    required = [each.avro() for each in smallest(DatasetType.INTERACTIONS, None)]

    [doubt] = find_problems(record(DatasetType.INTERACTIONS, *required, field.avro()))

    assert isinstance(doubt, Doubt)
    assert doubt.id == "unused-column"


def test_column__missing__is_added_by_pasting_the_next_step() -> None:
    document = record(DatasetType.ITEMS)
    document["fields"] = [{"name": "KIND", "type": "string", "categorical": True}]
    domain = Domain.ECOMMERCE

    for problem in find_problems(document, domain=domain):
        document["fields"].append(json.loads(problem.fix.removeprefix("add ")))

    assert find_problems(document, domain=domain) == []
    assert len(document["fields"]) == 4
