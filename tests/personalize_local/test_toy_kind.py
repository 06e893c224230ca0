"""A kind is one record: what is registered has operations, tags, policies, a page and a state."""

from __future__ import annotations

import json

import pytest

from personalize_local.authorization import permissions
from personalize_local.simulator import Clock, Failure, Personalize, StatusOverride
from personalize_local.simulator.engine.page import page
from personalize_local.simulator.kinds import KINDS
from support.virtual_time.simulated import START, Simulated
from support.virtual_time.simulated_toy import KIND, WithToy


@pytest.fixture
def toys(monkeypatch: pytest.MonkeyPatch) -> Simulated:
    """A service that has the kind, with the active toy `ball`."""
    monkeypatch.setitem(KINDS, KIND.noun, KIND)
    sim = Simulated(Personalize(Clock.frozen(START), durations=WithToy()))
    make(sim)
    sim.advance(10)
    return sim


def make(sim: Simulated, name: str = "ball") -> str:
    request = {"metrics": [], "metricsOutputConfig": {"roleArn": "arn:aws:iam::123456789012:role/toy"}}
    answer = sim.call("CreateMetricAttribution", name=name, datasetGroupArn=sim.group, **request)
    return str(answer["metricAttributionArn"])


def status(sim: Simulated, arn: str) -> str:
    answer = sim.call("DescribeMetricAttribution", metricAttributionArn=arn)
    return str(answer["metricAttribution"]["status"])


BALL = Simulated(Personalize()).scope.arn("metric-attribution", "ball")


def test_toy__from_create_to_delete__is_described_and_listed(toys: Simulated) -> None:
    toys.service.set_durations(toy=20)
    arn = make(toys, "doll")
    assert (status(toys, BALL), status(toys, arn)) == ("ACTIVE", "CREATE PENDING")
    toys.advance(20)
    assert status(toys, arn) == "ACTIVE"
    listed = toys.call("ListMetricAttributions")["metricAttributions"]
    assert [entry["name"] for entry in listed] == ["ball", "doll"]

    toys.call("DeleteMetricAttribution", metricAttributionArn=arn)
    assert status(toys, arn) == "DELETE PENDING"
    toys.advance(1)
    refusal = toys.refusal("DescribeMetricAttribution", metricAttributionArn=arn)
    assert refusal[0] == "ResourceNotFoundException"


def test_toy__tagged__has_its_tags_in_policies_too(toys: Simulated) -> None:
    toys.call("TagResource", resourceArn=BALL, tags=[{"tagKey": "color", "tagValue": "red"}])
    tags = toys.call("ListTagsForResource", resourceArn=BALL)["tags"]
    assert tags == [{"tagKey": "color", "tagValue": "red"}]

    request = {"metricAttributionArn": BALL}
    [needed] = permissions(
        "DeleteMetricAttribution",
        request,
        toys.scope,
        lambda arn: toys.service.tags_of(toys.scope, arn),
    )
    assert (needed.resource, needed.keys) == (BALL, {"aws:ResourceTag/color": "red"})


def test_toy__created__is_authorized_by_its_future_arn(toys: Simulated) -> None:
    [needed] = permissions("CreateMetricAttribution", {"name": "ball"}, toys.scope, lambda _: {})
    assert (needed.action, needed.resource) == ("personalize:CreateMetricAttribution", BALL)


def test_toy__in_the_state__comes_back_from_json_and_is_on_the_page(toys: Simulated) -> None:
    state = json.loads(json.dumps(toys.service.state()))
    assert state == toys.service.state()
    [toy] = state["accounts"][0]["metricAttributions"]
    assert (toy["name"], toy["status"], toy["tags"]) == ("ball", "ACTIVE", {})
    assert state["durations"]["toy"] == 10
    text = page(state, [])
    assert "<h3>Toys</h3>" in text
    assert "<td>ball</td>" in text


def test_toy__planned_to_fail_or_with_another_status__does_so(toys: Simulated) -> None:
    toys.service.fail_next(Failure("toy", "doll", "no reason"))
    arn = make(toys, "doll")
    toys.advance(10)
    assert status(toys, arn) == "CREATE FAILED"
    toys.service.override_status(StatusOverride("toy", "doll", "MIGRATING"))
    assert (status(toys, arn), status(toys, BALL)) == ("MIGRATING", "ACTIVE")


def test_toy__with_a_rate_limit__is_limited(toys: Simulated) -> None:
    toys.service.set_limits(requests_per_second=1)
    toys.call("ListMetricAttributions")
    assert toys.refusal("ListMetricAttributions") == ("LimitExceededException", "Rate exceeded")
