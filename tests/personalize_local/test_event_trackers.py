"""Event trackers: one in a dataset group."""

from __future__ import annotations

import re

from support.virtual_time.simulated import Simulated


def tracker(sim: Simulated, **members: object) -> dict[str, str]:
    return dict(sim.call("CreateEventTracker", **({"name": "site", "datasetGroupArn": sim.group} | members)))


def test_create__of_a_group_without_one__becomes_active_and_is_listed(sim: Simulated) -> None:
    answer = tracker(sim)
    arn = answer["eventTrackerArn"]
    assert re.fullmatch(r"arn:aws:personalize:us-east-1:123456789012:event-tracker/[0-9a-f]{8}", arn)
    described = sim.call("DescribeEventTracker", eventTrackerArn=arn)["eventTracker"]
    assert described["status"] == "CREATE PENDING"
    sim.advance(1)
    described = sim.call("DescribeEventTracker", eventTrackerArn=arn)["eventTracker"]
    del described["creationDateTime"], described["lastUpdatedDateTime"]
    assert described == {
        "name": "site",
        "eventTrackerArn": arn,
        "status": "ACTIVE",
        "accountId": "123456789012",
        "trackingId": answer["trackingId"],
        "datasetGroupArn": sim.group,
    }
    other = sim.create_group("books")
    tracker(sim, datasetGroupArn=other)
    [listed] = sim.call("ListEventTrackers", datasetGroupArn=sim.group)["eventTrackers"]
    assert (listed["eventTrackerArn"], "trackingId" in listed) == (arn, False)
    assert len(sim.call("ListEventTrackers")["eventTrackers"]) == 2


def test_create__second_of_a_group__is_refused_until_the_first_is_gone(sim: Simulated) -> None:
    first = tracker(sim)["eventTrackerArn"]
    refused = sim.refusal("CreateEventTracker", name="other", datasetGroupArn=sim.group)
    assert refused == (
        "ResourceAlreadyExistsException",
        f"Another resource with Arn {first} already exists.",
    )
    sim.advance(1)
    sim.call("DeleteEventTracker", eventTrackerArn=first)
    assert sim.refusal("CreateEventTracker", name="other", datasetGroupArn=sim.group) == refused
    sim.advance(1)
    assert tracker(sim)["eventTrackerArn"] != first


def test_create__in_a_group_that_is_not_there_or_not_active__is_refused(sim: Simulated) -> None:
    pending = sim.call("CreateDatasetGroup", name="books")["datasetGroupArn"]
    for arn, code in ((f"{sim.group}-2", "ResourceNotFoundException"), (pending, "InvalidInputException")):
        assert sim.refusal("CreateEventTracker", name="site", datasetGroupArn=arn)[0] == code


def test_create__told_to_fail__ends_failed_and_can_be_deleted(sim: Simulated) -> None:
    sim.fail("event_tracker", name="site", reason="no luck")
    arn = tracker(sim)["eventTrackerArn"]
    sim.advance(1)
    assert sim.call("DescribeEventTracker", eventTrackerArn=arn)["eventTracker"]["status"] == "CREATE FAILED"
    [account] = sim.service.state()["accounts"]
    assert account["eventTrackers"][0]["failureReason"] == "no luck"
    sim.call("DeleteEventTracker", eventTrackerArn=arn)


EVENTS = "arn:aws:personalize:us-east-1:123456789012:dataset/films/EVENT_INTERACTIONS"


def test_group__with_a_tracker_or_its_dataset__cannot_be_deleted(sim: Simulated) -> None:
    arn = tracker(sim)["eventTrackerArn"]
    sim.advance(1)
    for left, operation, member in (
        (arn, "DeleteEventTracker", "eventTrackerArn"),
        (EVENTS, "DeleteDataset", "datasetArn"),
    ):
        code, message = sim.refusal("DeleteDatasetGroup", datasetGroupArn=sim.group)
        assert (code, left in message) == ("ResourceInUseException", True)
        sim.call(operation, **{member: left})
        sim.advance(1)
    assert sim.refusal("DescribeEventTracker", eventTrackerArn=arn)[0] == "ResourceNotFoundException"
    sim.call("DeleteDatasetGroup", datasetGroupArn=sim.group)


def test_dataset_of_events__is_made_with_the_tracker_and_stays_without_it(sim: Simulated) -> None:
    arn = tracker(sim)["eventTrackerArn"]
    [dataset] = sim.call("ListDatasets", datasetGroupArn=sim.group)["datasets"]
    assert (dataset["datasetArn"], dataset["status"]) == (EVENTS, "CREATE PENDING")
    sim.advance(1)
    sim.call("DeleteEventTracker", eventTrackerArn=arn)
    sim.advance(1)
    described = sim.call("DescribeDataset", datasetArn=EVENTS)["dataset"]
    assert (described["datasetType"], described["status"]) == ("EVENT_INTERACTIONS", "ACTIVE")
    assert described["datasetGroupArn"] == sim.group
    tracker(sim)
    assert len(sim.call("ListDatasets")["datasets"]) == 1


def test_dataset_of_events__deleted__takes_the_events_with_it(sim: Simulated) -> None:
    first = tracker(sim)
    sim.advance(1)
    event = {"eventType": "buy", "sentAt": 1}
    sim.call("PutEvents", trackingId=first["trackingId"], sessionId="s", eventList=[event])
    code, message = sim.refusal("DeleteDataset", datasetArn=EVENTS)
    assert (code, first["eventTrackerArn"] in message) == ("ResourceInUseException", True)
    sim.call("DeleteEventTracker", eventTrackerArn=first["eventTrackerArn"])
    sim.advance(1)
    sim.call("DeleteDataset", datasetArn=EVENTS)
    code, message = sim.refusal("CreateEventTracker", name="site", datasetGroupArn=sim.group)
    assert (code, EVENTS in message) == ("ResourceInUseException", True)
    sim.advance(1)
    tracker(sim)
    [account] = sim.service.state()["accounts"]
    assert [kept["events"] for kept in account["datasets"]] == [[]]


def test_dataset_of_events__cannot_be_created_or_imported_into(sim: Simulated) -> None:
    tracker(sim)
    sim.advance(1)
    other = sim.call("DescribeDataset", datasetArn=sim.dataset("Items"))["dataset"]
    code, message = sim.refusal(
        "CreateDataset",
        name="events",
        datasetType="EVENT_INTERACTIONS",
        datasetGroupArn=sim.group,
        schemaArn=other["schemaArn"],
    )
    assert (code, "datasetType must be one of" in message) == ("InvalidInputException", True)
    source = {"dataLocation": "s3://in/events"}
    code, message = sim.refusal(
        "CreateDatasetImportJob",
        jobName="j",
        datasetArn=EVENTS,
        dataSource=source,
        roleArn="arn:aws:iam::123456789012:role/r",
    )
    assert (code, EVENTS in message) == ("InvalidInputException", True)
