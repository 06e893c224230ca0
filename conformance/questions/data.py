"""Dataset groups, schemas, datasets and filters."""

from __future__ import annotations

from collections.abc import Callable

from conformance.account import ACCEPTED, IN_USE, INVALID, TAKEN
from conformance.question import Question, Seen
from conformance.resources import KINDS
from conformance.shared import Shared, once, schema_text

_INTERACTION = ["USER_ID", "ITEM_ID", ("TIMESTAMP", "long")]


def _schema(label: str, text: str) -> Callable[[Shared], Seen]:
    """Try to create a schema."""
    return lambda shared: shared.account.outcome(
        "CreateSchema", name=shared.account.named(label), schema=text
    )


def _schema_taken(shared: Shared) -> Seen:
    name = shared.interactions_schema().rpartition("/")[2]
    return shared.account.outcome("CreateSchema", name=name, schema=schema_text("Interactions", _INTERACTION))


def _schema_again(shared: Shared) -> Seen:
    text = schema_text("Interactions", _INTERACTION)
    arn = shared.schema("again", text)
    shared.account.call("DeleteSchema", schemaArn=arn)
    return shared.account.outcome("CreateSchema", name=shared.account.named("again"), schema=text)


def _schema_used(shared: Shared) -> Seen:
    shared.group()
    return shared.account.outcome("DeleteSchema", schemaArn=shared.interactions_schema())


def _schema_tags(shared: Shared) -> Seen:
    tags = [{"tagKey": "key", "tagValue": "value"}]
    return shared.account.outcome("TagResource", resourceArn=shared.interactions_schema(), tags=tags)


@once
def _too_small(shared: Shared) -> str:
    return shared.schema("too-small", schema_text("Interactions", _INTERACTION[1:]))


def _dataset(
    label: str,
    kind: str,
    schema: Callable[[Shared], str],
    group: Callable[[Shared], str] = Shared.empty_group,
) -> Callable[[Shared], Seen]:
    """Try to create a dataset."""

    def ask(shared: Shared) -> Seen:
        return shared.account.outcome(
            "CreateDataset",
            name=shared.account.named(label),
            datasetGroupArn=group(shared),
            datasetType=kind,
            schemaArn=schema(shared),
        )

    return ask


def _dataset_arn(shared: Shared) -> Seen:
    group = shared.group()
    listed = shared.account.call("ListDatasets", datasetGroupArn=group)["datasets"]
    name = group.rpartition("/")[2]
    ends = sorted(each["datasetArn"].rpartition(":")[2].replace(name, "GROUP") for each in listed)
    return Seen(next((end for end in ends if end.endswith("/INTERACTIONS")), ", ".join(ends)))


def _key_without_role(shared: Shared) -> Seen:
    shared.empty_group()
    number = shared.account.arn("").split(":")[4]
    place = f"arn:{shared.account.partition}:kms:{shared.account.region}:{number}"
    key = f"{place}:key/00000000-0000-0000-0000-000000000000"
    return shared.account.outcome("CreateDatasetGroup", name=shared.account.named("key"), kmsKeyArn=key)


def _filter(label: str, expression: str) -> Callable[[Shared], Seen]:
    """Try to create a filter in the group with datasets."""

    def ask(shared: Shared) -> Seen:
        return shared.account.outcome(
            "CreateFilter",
            name=shared.account.named(f"filter-{label}"),
            datasetGroupArn=shared.group(),
            filterExpression=expression,
        )

    return ask


@once
def _tracker(shared: Shared) -> dict[str, str]:
    """The answer of CreateEventTracker."""
    answer = shared.account.call(
        "CreateEventTracker", name=shared.account.named("tracker"), datasetGroupArn=shared.group()
    )
    shared.account.wait_until_active("EventTracker", answer["eventTrackerArn"])
    return answer


def _second_tracker(shared: Shared) -> Seen:
    _tracker(shared)
    name = shared.account.named("second-tracker")
    return shared.account.outcome("CreateEventTracker", name=name, datasetGroupArn=shared.group())


def _tracking_id(shared: Shared) -> Seen:
    answer = _tracker(shared)
    described = shared.described("EventTracker", answer["eventTrackerArn"])
    return Seen("yes" if described.get("trackingId", "") == answer.get("trackingId") else "no")


@once
def _events_dataset(shared: Shared) -> str:
    """The ARN of the dataset that an event tracker makes (rule 168)."""
    _tracker(shared)
    return f"{shared.group().replace(':dataset-group/', ':dataset/')}/EVENT_INTERACTIONS"


def _exists(shared: Shared, arn: str) -> Seen:
    found = shared.account.described(KINDS["Dataset"], arn)
    return Seen("no" if found is None or str(found["status"]).startswith("DELETE") else "yes")


def _events_made(shared: Shared) -> Seen:
    return _exists(shared, _events_dataset(shared))


@once
def _without_tracker(shared: Shared) -> str:
    """Delete the event tracker, and return the ARN of its dataset."""
    dataset, tracker = _events_dataset(shared), _tracker(shared)["eventTrackerArn"]
    shared.account.call("DeleteEventTracker", eventTrackerArn=tracker)
    shared.account.wait_until_gone("EventTracker", tracker)
    return dataset


def _events_stay(shared: Shared) -> Seen:
    return _exists(shared, _without_tracker(shared))


def _events_deleted(shared: Shared) -> Seen:
    return shared.account.outcome("DeleteDataset", datasetArn=_without_tracker(shared))


_WATCHED = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'


def _filter_taken(shared: Shared) -> Seen:
    create = _filter("taken", _WATCHED)
    first = create(shared)
    return create(shared) if first.answer == ACCEPTED else first


def _filter_question(
    label: str, rules: tuple[int, ...], text: str, expected: str, expression: str
) -> Question:
    return Question(f"filter-{label}", rules, text, expected, _filter(label, expression))


QUESTIONS: tuple[Question, ...] = (
    Question("group-key", (178,), "CreateDatasetGroup with a key and no role", INVALID, _key_without_role),
    Question(
        "schema-text", (179,), "CreateSchema with text that is no JSON", INVALID, _schema("bad", "no JSON")
    ),
    Question(
        "schema-fields",
        (179,),
        "CreateSchema without a field that each dataset needs",
        ACCEPTED,
        _schema("fields", schema_text("Interactions", _INTERACTION[:1])),
    ),
    Question("schema-taken", (98,), "CreateSchema with a name that is taken", TAKEN, _schema_taken),
    Question(
        "schema-again",
        (98,),
        "CreateSchema with the name of one that was just deleted",
        ACCEPTED,
        _schema_again,
    ),
    Question("schema-used", (80,), "DeleteSchema of a dataset's schema", IN_USE, _schema_used),
    Question("schema-tags", (130,), "TagResource of a schema", INVALID, _schema_tags),
    Question("dataset-arn", (98,), "The end of a dataset's ARN", "dataset/GROUP/INTERACTIONS", _dataset_arn),
    Question(
        "dataset-fields",
        (179,),
        "CreateDataset with a schema without USER_ID",
        INVALID,
        _dataset("small", "INTERACTIONS", _too_small),
    ),
    Question(
        "dataset-record",
        (179,),
        "CreateDataset of items with a schema of interactions",
        INVALID,
        _dataset("record", "ITEMS", Shared.interactions_schema),
    ),
    Question(
        "dataset-twice",
        (98,),
        "A second dataset of a type in a group",
        TAKEN,
        _dataset("twice", "INTERACTIONS", Shared.interactions_schema, Shared.group),
    ),
    Question(
        "dataset-type",
        (15,),
        "CreateDataset of a type that does not exist",
        INVALID,
        _dataset("type", "MOVIES", Shared.interactions_schema),
    ),
    Question(
        "dataset-case",
        (15,),
        "CreateDataset with the type Items",
        ACCEPTED,
        _dataset("case", "Items", Shared.items_schema),
    ),
    Question("tracker-second", (166,), "A second event tracker in a dataset group", TAKEN, _second_tracker),
    Question("tracker-id", (166,), "Do Create and Describe return the same trackingId?", "yes", _tracking_id),
    Question(
        "tracker-dataset",
        (168,),
        "Does an event tracker make a dataset EVENT_INTERACTIONS?",
        "yes",
        _events_made,
    ),
    Question(
        "tracker-dataset-stays",
        (168,),
        "Does that dataset stay when the tracker is deleted?",
        "yes",
        _events_stay,
    ),
    Question(
        "tracker-dataset-deleted",
        (168,),
        "DeleteDataset of it when the tracker is gone",
        ACCEPTED,
        _events_deleted,
    ),
    Question("filter-taken", (176,), "CreateFilter with a name that is taken", TAKEN, _filter_taken),
    _filter_question("grammar", (172,), "A filter that is no expression", INVALID, "EVERYTHING"),
    _filter_question(
        "unknown-field",
        (172,),
        "A filter by a field that no dataset has",
        ACCEPTED,
        'INCLUDE ItemID WHERE Items.ABSENT IN ("x")',
    ),
    _filter_question(
        "two-datasets",
        (174,),
        "A filter with Interactions and Items in one expression",
        INVALID,
        'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch") AND Items.GENRE IN ("drama")',
    ),
    _filter_question(
        "not-in-placeholder",
        (174,),
        "A filter with a placeholder after NOT IN",
        INVALID,
        "INCLUDE ItemID WHERE Items.GENRE NOT IN ($GENRE)",
    ),
    _filter_question(
        "interaction-field",
        (174,),
        "A filter by an interaction's EVENT_VALUE",
        INVALID,
        "EXCLUDE ItemID WHERE Interactions.EVENT_VALUE > 1",
    ),
    _filter_question(
        "chained",
        (172, 173),
        "A filter of two chained expressions",
        ACCEPTED,
        f'{_WATCHED} | INCLUDE ItemID WHERE Items.GENRE IN ("drama")',
    ),
)
