"""PutEvents, PutItems and PutUsers: what is kept of them, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from support.virtual_time.simulated import Simulated

EVENT = {"eventType": "buy", "sentAt": 1767225600.5, "itemId": "jaws"}


@pytest.fixture
def tracking_id(sim: Simulated) -> str:
    answer = sim.call("CreateEventTracker", name="site", datasetGroupArn=sim.group)
    sim.advance(1)
    return str(answer["trackingId"])


def kept(sim: Simulated) -> list[dict[str, Any]]:
    return list(sim.service.state()["accounts"][0]["datasets"][0]["events"])


def records(sim: Simulated) -> dict[str, Any]:
    return dict(sim.service.state()["accounts"][0]["datasets"][0]["records"])


def test_put_events__of_a_user__are_kept_in_order_with_all_that_was_sent(
    sim: Simulated, tracking_id: str
) -> None:
    more = {"eventValue": 7, "properties": '{"deviceType": "tv"}', "impression": ["jaws", "heat"]}
    sent = {"trackingId": tracking_id, "userId": "ann", "sessionId": "s"}
    assert sim.call("PutEvents", **sent, eventList=[EVENT | more, EVENT]) == {}
    first = {
        "userId": "ann",
        "sessionId": "s",
        "eventType": "buy",
        "itemId": "jaws",
        "sentAt": datetime(2026, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC).isoformat(),
    }
    assert kept(sim) == [
        first | {"eventValue": 7.0, "properties": {"deviceType": "tv"}, "impression": ["jaws", "heat"]},
        first,
    ]


def test_put_events__of_an_anonymous_session__have_no_user(sim: Simulated, tracking_id: str) -> None:
    sim.call("PutEvents", trackingId=tracking_id, sessionId="s", eventList=[EVENT])
    assert "userId" not in kept(sim)[0]


def test_put_events__tracker_deleted__are_refused_and_what_was_put_stays(
    sim: Simulated, tracking_id: str
) -> None:
    sim.call("PutEvents", trackingId=tracking_id, sessionId="s", eventList=[EVENT])
    [tracker] = sim.call("ListEventTrackers")["eventTrackers"]
    sim.call("DeleteEventTracker", eventTrackerArn=tracker["eventTrackerArn"])
    for _ in range(2):
        code, message = sim.refusal("PutEvents", trackingId=tracking_id, sessionId="s", eventList=[EVENT])
        assert (code, tracking_id in message) == ("InvalidInputException", True)
        sim.advance(1)
    assert len(kept(sim)) == 1


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"trackingId": "nobody"}, "InvalidInputException", "got nobody"),
        ({"eventList": []}, "ValidationException", "eventList"),
        ({"eventList": [EVENT] * 11}, "ValidationException", "less than or equal to 10"),
        ({"eventList": [{"eventType": "buy"}]}, "ValidationException", "eventList.1.member.sentAt"),
        ({"eventList": [EVENT | {"sentAt": "today"}]}, "SerializationException", "a Timestamp"),
        ({"eventList": [EVENT | {"sentAt": 1e30}]}, "SerializationException", "a Timestamp"),
        ({"eventList": [EVENT | {"sentAt": True}]}, "SerializationException", "a Timestamp"),
        ({"eventList": [EVENT | {"eventValue": "7"}]}, "SerializationException", "a Double"),
        ({"eventList": [EVENT, EVENT | {"properties": "[1]"}]}, "InvalidInputException", "JSON object"),
        ({"eventList": [EVENT | {"properties": "{"}]}, "InvalidInputException", "JSON object"),
        ({"eventList": [EVENT | {"properties": "{" + " " * 1024}]}, "ValidationException", "properties"),
        ({"eventList": [EVENT | {"impression": []}]}, "ValidationException", "impression"),
    ],
)
def test_put_events__that_do_not_fit__are_refused_and_none_is_kept(
    sim: Simulated, tracking_id: str, change: dict[str, object], code: str, words: str
) -> None:
    request = {"trackingId": tracking_id, "sessionId": "s", "eventList": [EVENT]} | change
    refused, message = sim.refusal("PutEvents", **request)
    assert (refused, words in message) == (code, True), message
    assert kept(sim) == []


KINDS = [("Items", "PutItems", "items", "itemId"), ("Users", "PutUsers", "users", "userId")]


@pytest.mark.parametrize(("kind", "operation", "member", "key"), KINDS)
def test_put_records__again__replace_those_with_the_same_id(
    sim: Simulated, kind: str, operation: str, member: str, key: str
) -> None:
    arn = sim.dataset(kind)
    first, second = {key: "a", "properties": '{"genre": "horror"}'}, {key: "b"}
    assert sim.call(operation, datasetArn=arn, **{member: [first, second]}) == {}
    sim.call(operation, datasetArn=arn, **{member: [{key: "a", "properties": '{"age": 7}'}]})
    assert records(sim) == {"a": {"age": 7}, "b": {}}


@pytest.mark.parametrize(("kind", "operation", "member", "key"), KINDS)
def test_put_records__into_the_wrong_dataset__are_refused(
    sim: Simulated, kind: str, operation: str, member: str, key: str
) -> None:
    arn = sim.dataset("Interactions")
    put = {member: [{key: "a"}]}
    code, message = sim.refusal(operation, datasetArn=arn, **put)
    assert (code, f"need a dataset of type {kind.upper()}" in message) == ("InvalidInputException", True)
    assert sim.refusal(operation, datasetArn=f"{arn}-2", **put)[0] == "ResourceNotFoundException"
    sim.service.set_durations(dataset=9)
    code, message = sim.refusal(operation, datasetArn=sim.dataset(kind), **put)
    assert (code, "CREATE IN_PROGRESS" in message) == ("ResourceInUseException", True)


def test_put_items__more_than_ten_or_broken_properties__are_refused_and_none_is_kept(sim: Simulated) -> None:
    arn = sim.dataset("Items")
    for items, code in (
        ([{"itemId": "a"}] * 11, "ValidationException"),
        ([{"itemId": "a"}, {"itemId": "b", "properties": "no"}], "InvalidInputException"),
    ):
        assert sim.refusal("PutItems", datasetArn=arn, items=items)[0] == code
    assert records(sim) == {}
