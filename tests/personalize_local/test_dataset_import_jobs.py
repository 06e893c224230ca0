"""Dataset import jobs: CSV files become records of a dataset, or the job says why not."""

from __future__ import annotations

import threading

import pytest

from personalize_local.authorization import permissions
from personalize_local.simulator import Clock, Personalize
from personalize_local.simulator.engine.objects import Location, StoredObject
from support.requests.sample_data import INTERACTIONS_SCHEMA, csv_of
from support.virtual_time import imported_data
from support.virtual_time.imported_data import URI, dataset, imported, job, small, start
from support.virtual_time.simulated import START, Simulated

ARN = "arn:aws:personalize:us-east-1:123456789012:dataset-import-job/first"
ROLE = "arn:aws:iam::123456789012:role/reader"
DATASET = "arn:aws:personalize:us-east-1:123456789012:dataset/films/INTERACTIONS"


def test_job__good_file__goes_through_its_statuses_to_active(sim: Simulated) -> None:
    data = dataset(sim)
    sim.service.put_object(URI, small().interactions_csv)
    arn = start(
        sim, data, roleArn="arn:aws:iam::123456789012:role/reader", publishAttributionMetricsToS3=False
    )
    assert arn == ARN
    assert job(sim, arn)["status"] == "CREATE PENDING"
    sim.advance(1)
    assert job(sim, arn)["status"] == "CREATE IN_PROGRESS"
    sim.advance(4)
    found = job(sim, arn)
    assert (found["status"], found["importMode"], found["datasetArn"]) == ("ACTIVE", "FULL", DATASET)
    assert found["dataSource"] == {"dataLocation": URI}
    assert found["roleArn"] == ROLE
    assert found["publishAttributionMetricsToS3"] is False
    assert "failureReason" not in found
    (entry,) = sim.call("ListDatasetImportJobs", datasetArn=data)["datasetImportJobs"]
    assert (entry["jobName"], entry["status"]) == ("first", "ACTIVE")
    assert sim.call("ListDatasetImportJobs", datasetArn=f"{data}-2")["datasetImportJobs"] == []


HEADER, _, ROWS = small().interactions_csv.partition(b"\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(HEADER + b"\n" + b"u1,i1,1,View,1\n" * 999, "at least 1000", id="few"),
        pytest.param(
            HEADER.replace(b"ITEM_ID", b"ITEM") + b"\n" + ROWS,
            "Input csv is missing the following columns: [ITEM_ID]",
            id="missing column",
        ),
        pytest.param(b"\xef\xbb\xbf" + HEADER + b"\n" + ROWS, "byte order mark", id="byte order mark"),
        pytest.param("é".encode("latin-1") * 10 + b"\n", "not encoded in UTF-8", id="encoding"),
        pytest.param(HEADER + b'\n"u\n1",i1,1,View,1\n', "must be on a single line", id="quoted newline"),
        pytest.param(HEADER + b"\nu1,i1,soon,View,1\n", "TIMESTAMP must be", id="wrong type"),
        pytest.param(b"", "missing the following columns", id="empty"),
    ],
)
def test_job__bad_file__fails_with_the_reason(sim: Simulated, content: bytes, reason: str) -> None:
    found = imported(sim, content, dataset(sim))
    assert found["status"] == "CREATE FAILED"
    assert reason in found["failureReason"]
    (entry,) = sim.call("ListDatasetImportJobs")["datasetImportJobs"]
    assert entry["failureReason"] == found["failureReason"]


def test_job__nothing_at_the_location__fails_with_the_reason(sim: Simulated) -> None:
    arn = start(sim, dataset(sim), "s3://films/elsewhere.csv")
    sim.advance(5)
    assert job(sim, arn)["failureReason"] == "There is no data at s3://films/elsewhere.csv."


def test_job__folder__reads_its_first_level(sim: Simulated) -> None:
    data = small()
    half = len(data.interactions) // 2
    rows = (data.interactions[:half], data.interactions[half:])
    for number, part in enumerate(rows):
        sim.service.put_object(f"s3://films/all/{number}.csv", csv_of(INTERACTIONS_SCHEMA, part))
    sim.service.put_object("s3://films/all/deeper/bad.csv", b"bad")
    sim.service.put_object("s3://films/allowed.csv", b"bad")
    arn = start(sim, dataset(sim), "s3://films/all")
    sim.advance(5)
    assert job(sim, arn)["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("a.csv", ["a.csv"]),
        ("f", ["f/1", "f/2"]),
        ("f/", ["f/1", "f/2"]),
        ("", ["a.csv"]),
        ("f/g", ["f/g/3"]),
        ("x", []),
    ],
)
def test_location__key__names_an_object_or_the_first_level_of_a_folder(key: str, keys: list[str]) -> None:
    location = Location.of(f"s3://films/{key}")
    assert location.bucket == "films"
    assert location.keys(["a.csv", "f/", "f/2", "f/1", "f/g/3"]) == keys


def test_put_object__not_an_object__is_refused(sim: Simulated) -> None:
    for uri in ("s3://films", "s3:///key", "https://films/key"):
        with pytest.raises(ValueError, match="expected s3://BUCKET/KEY"):
            sim.service.put_object(uri, b"")


def test_create__incremental_first__is_invalid(sim: Simulated) -> None:
    data = dataset(sim)
    code, message = sim.refusal(
        "CreateDatasetImportJob",
        jobName="first",
        datasetArn=data,
        dataSource={"dataLocation": URI},
        importMode="INCREMENTAL",
    )
    assert (code, "importMode must be FULL" in message) == ("InvalidInputException", True)


@pytest.mark.parametrize("source", [{"dataLocation": "https://films/a.csv"}, {}])
def test_create__location_not_in_s3__is_invalid(sim: Simulated, source: dict[str, str]) -> None:
    refused = sim.refusal(
        "CreateDatasetImportJob", jobName="first", datasetArn=dataset(sim), dataSource=source
    )
    assert refused[0] == "InvalidInputException"


def test_create__name_taken_or_no_dataset__is_refused(sim: Simulated) -> None:
    data = dataset(sim)
    imported(sim, small().interactions_csv, data)
    again = {"jobName": "first", "datasetArn": data, "dataSource": {"dataLocation": URI}}
    assert sim.refusal("CreateDatasetImportJob", **again)[0] == "ResourceAlreadyExistsException"
    missing = again | {"datasetArn": f"{data}-2"}
    assert sim.refusal("CreateDatasetImportJob", **missing)[0] == "ResourceNotFoundException"


def test_create__sixth_at_once__exceeds_the_limit(sim: Simulated) -> None:
    data = dataset(sim)
    for number in range(5):
        start(sim, data, name=f"job-{number}")
    request = {"jobName": "job-5", "datasetArn": data, "dataSource": {"dataLocation": URI}}
    assert sim.refusal("CreateDatasetImportJob", **request)[0] == "LimitExceededException"
    sim.advance(5)
    start(sim, data, name="job-5")


def test_delete_dataset__job_runs__is_in_use(sim: Simulated) -> None:
    data = dataset(sim)
    sim.service.put_object(URI, small().interactions_csv)
    start(sim, data)
    code, message = sim.refusal("DeleteDataset", datasetArn=data)
    assert (code, ARN in message) == ("ResourceInUseException", True)
    sim.advance(5)
    sim.call("DeleteDataset", datasetArn=data)


def test_job__planned_to_fail__fails_with_that_reason(sim: Simulated) -> None:
    sim.fail("dataset_import_job", "no luck")
    found = imported(sim, small().interactions_csv, dataset(sim))
    assert (found["status"], found["failureReason"]) == ("CREATE FAILED", "no luck")


def test_job__tags__are_listed(sim: Simulated) -> None:
    arn = start(sim, dataset(sim), tags=[{"tagKey": "team", "tagValue": "films"}])
    assert sim.call("ListTagsForResource", resourceArn=arn)["tags"] == [
        {"tagKey": "team", "tagValue": "films"}
    ]


def test_permissions__of_a_job__are_on_the_job_the_dataset_and_the_role(sim: Simulated) -> None:
    request = {"jobName": "first", "datasetArn": DATASET, "roleArn": ROLE}
    needed = permissions("CreateDatasetImportJob", request, sim.scope, lambda _: {})
    assert {(one.action, one.resource) for one in needed} == {
        ("personalize:CreateDatasetImportJob", ARN),
        ("personalize:CreateDatasetImportJob", DATASET),
        ("iam:PassRole", ROLE),
    }
    assert needed[-1].keys == {"iam:PassedToService": "personalize.amazonaws.com"}


def test_state__with_imported_data__has_the_job_and_not_the_data(sim: Simulated) -> None:
    imported_data.with_data(sim)
    (account,) = sim.service.state()["accounts"]
    assert [entry["jobName"] for entry in account["datasetImportJobs"]] == ["first", "items"]
    assert "item-00" not in str(account)


def test_running_clock__work_that_is_not_done__keeps_the_job_in_progress_and_blocks_no_call() -> None:
    """The file arrives only after other calls were answered."""
    go = threading.Event()

    def content() -> bytes:
        assert go.wait(10)
        return small().interactions_csv

    service = Personalize(Clock(), read_objects=lambda *_: [StoredObject("slow.csv", content)])
    service.set_durations(dataset_group=0, dataset=0, dataset_import_job=0)
    sim = Simulated(service)
    sim.create_group("films")
    arn = start(sim, dataset(sim))
    assert job(sim, arn)["status"] == "CREATE IN_PROGRESS"
    go.set()
    service.advance(1)
    assert job(sim, arn)["status"] == "ACTIVE"


def test_mistake_of_the_reader__is_the_reason_and_ends_no_other_call() -> None:
    def content() -> bytes:
        raise RuntimeError("disk on fire")

    service = Personalize(Clock.frozen(START), read_objects=lambda *_: [StoredObject("a.csv", content)])
    sim = Simulated(service)
    sim.create_group("films")
    arn = start(sim, dataset(sim))
    sim.advance(5)
    assert job(sim, arn)["failureReason"] == "The simulator failed: RuntimeError('disk on fire')"
