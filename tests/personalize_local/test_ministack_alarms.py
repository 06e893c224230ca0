"""CloudWatch alarms on the local AWS, and the metrics of Amazon Personalize that they watch."""

from __future__ import annotations

import inspect
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from ministack.services import cloudwatch, eventbridge
from ministack.services.cloudformation import provisioners

from personalize_local.address import ACCOUNT, REGION
from personalize_local.ministack import alarm_states
from personalize_local.testing.server_process import LocalAws
from support.processes.state_machines import machine, one, run, task

CAMPAIGN = f"arn:aws:personalize:{REGION}:{ACCOUNT}:campaign/films"
MINUTE = 60
X, O, _ = 1.0, 0.0, None  # noqa: E741 - as in AWS's tables


def personalize_metric(name: str, of: str) -> dict[str, Any]:
    dimensions = [{"Name": "CampaignArn", "Value": CAMPAIGN}]
    metric = {"Namespace": "AWS/Personalize", "MetricName": of, "Dimensions": dimensions}
    return {
        "Id": name,
        "MetricStat": {"Metric": metric, "Period": MINUTE, "Stat": "Sum"},
        "ReturnData": False,
    }


ERROR_RATE: dict[str, Any] = {
    "AlarmName": "errors",
    "Metrics": [
        personalize_metric("good", "GetRecommendations"),
        personalize_metric("bad", "GetRecommendations5xxErrors"),
        {"Id": "rate", "Expression": "FILL(bad, 0) / (FILL(good, 0) + FILL(bad, 0))", "ReturnData": True},
    ],
    "EvaluationPeriods": 1,
    "Threshold": 0.5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def state_of(aws: LocalAws, name: str) -> str:
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def states_of(aws: LocalAws, name: str) -> list[str]:
    """The states that an alarm went through, oldest first."""
    history = aws.client("cloudwatch").describe_alarm_history(
        AlarmName=name, HistoryItemType="StateUpdate", ScanBy="TimestampAscending"
    )
    changes = [json.loads(item["HistoryData"]) for item in history["AlarmHistoryItems"]]
    return [change["newState"]["stateValue"] for change in changes]


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def recommend(aws: LocalAws) -> None:
    aws.client("personalize-runtime").get_recommendations(campaignArn=CAMPAIGN, userId="u")


# The two tables of "Configuring how CloudWatch alarms treat missing data": three evaluation periods, and
# three or two datapoints to alarm. X is breaching. "Retain" is INSUFFICIENT_DATA here.
@pytest.mark.parametrize(
    ("needed", "values", "missing", "ignore", "breaching", "not_breaching"),
    [
        (3, [O, _, X, _, X], "OK", "OK", "OK", "OK"),
        (3, [O, _, _, _, _], "OK", "OK", "OK", "OK"),
        (3, [_, _, _, _, _], "INSUFFICIENT_DATA", "INSUFFICIENT_DATA", "ALARM", "OK"),
        (3, [O, X, X, _, X], "ALARM", "ALARM", "ALARM", "ALARM"),
        (3, [_, _, X, _, _], "ALARM", "INSUFFICIENT_DATA", "ALARM", "OK"),
        (2, [O, _, X, _, X], "ALARM", "ALARM", "ALARM", "ALARM"),
        (2, [O, O, X, O, X], "ALARM", "ALARM", "ALARM", "ALARM"),
        (2, [O, _, X, _, _], "OK", "OK", "ALARM", "OK"),
        (2, [_, _, _, _, O], "OK", "OK", "ALARM", "OK"),
        (2, [_, _, _, X, _], "ALARM", "INSUFFICIENT_DATA", "ALARM", "OK"),
    ],
)
def test_state__periods_without_data__is_that_of_the_documented_table(
    needed: int, values: list[float | None], missing: str, ignore: str, breaching: str, not_breaching: str
) -> None:
    alarm = {
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": needed,
        "Threshold": 0.5,
        "ComparisonOperator": "GreaterThanThreshold",
        "StateValue": "INSUFFICIENT_DATA",
    }
    treatments = {
        "missing": missing,
        "ignore": ignore,
        "breaching": breaching,
        "notBreaching": not_breaching,
    }
    states = {name: alarm_states.state(alarm | {"TreatMissingData": name}, values) for name in treatments}
    assert states == treatments


def test_error_rate__service_fails_then_recovers__alarm_fires_and_ends(local_aws: LocalAws) -> None:
    sqs, sns = local_aws.client("sqs"), local_aws.client("sns")
    queue = sqs.create_queue(QueueName="alarms")["QueueUrl"]
    topic = sns.create_topic(Name="alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:alarms")
    local_aws.client("cloudwatch").put_metric_alarm(**ERROR_RATE, AlarmActions=[topic])
    assert state_of(local_aws, "errors") == "OK"
    fault = {"operation": "GetRecommendations", "code": "InternalServerException", "times": None}
    local_aws.control("POST", "faults", fault)
    with pytest.raises(ClientError):
        recommend(local_aws)
    # Each minute on the way counts, so a failure between two looks isn't missed. CloudWatch looks back
    # further than the alarm's one period while there is no newer data.
    local_aws.control("POST", "clock", {"advance": 4 * MINUTE})
    eventually(lambda: states_of(local_aws, "errors")[-2:] == ["ALARM", "OK"])
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=5)["Messages"]
    assert json.loads(json.loads(message["Body"])["Message"])["NewStateValue"] == "ALARM"


@pytest.mark.parametrize("calls", [True, False], ids=["in-use", "idle"])
def test_alarm_of_a_template__campaign_is_idle__fires_where_nobody_calls(
    local_aws: LocalAws, calls: bool
) -> None:
    query = personalize_metric("calls", "GetRecommendations4xxErrors")
    query["MetricStat"]["Period"] = "3600"  # CloudFormation makes a string of each scalar
    properties = {
        "AlarmName": "idle",
        "Metrics": [
            query | {"ReturnData": "false"},
            {"Id": "tps", "Expression": "FILL(calls, 0) / PERIOD(calls)", "ReturnData": "true"},
        ],
        "EvaluationPeriods": "2",
        "Threshold": "0",
        "ComparisonOperator": "LessThanOrEqualToThreshold",
    }
    template = {"Resources": {"Idle": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}}
    if calls:
        # There is no campaign, so this is an error, and data all the same.
        with pytest.raises(ClientError):
            recommend(local_aws)
    assert local_aws.apply("idle", template) == "CREATE_COMPLETE"
    eventually(lambda: state_of(local_aws, "idle") == ("OK" if calls else "ALARM"))
    local_aws.control("POST", "clock", {"advance": 7201})
    eventually(lambda: state_of(local_aws, "idle") == "ALARM")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"MetricName": "m", "Namespace": "n"}, "Metrics cannot be used with MetricName, Namespace"),
        ({"Metrics": ERROR_RATE["Metrics"][:2]}, "Exactly one element"),
        ({"Metrics": [{"Id": "e", "Expression": "RATE(m1)"}]}, "can't evaluate RATE"),
        ({"ThresholdMetricId": "rate"}, "no anomaly detection"),
    ],
    ids=["two-kinds", "no-result", "unknown-function", "anomaly"],
)
def test_alarm__cannot_be_judged__is_refused_in_a_call_and_in_a_template(
    local_aws: LocalAws, change: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ClientError, match=reason):
        local_aws.client("cloudwatch").put_metric_alarm(**{**ERROR_RATE, **change})
    resource = {"Type": "AWS::CloudWatch::Alarm", "Properties": {**ERROR_RATE, **change}}
    local_aws.apply("refused", {"Resources": {"Alarm": resource}})
    assert reason in " ".join(local_aws.reasons("refused"))


def test_alarm__state_machine_describes_it__has_its_state_and_metrics(local_aws: LocalAws) -> None:
    local_aws.client("cloudwatch").put_metric_alarm(**ERROR_RATE)
    described = task("cloudwatch:describeAlarms", {"AlarmNames": ["errors"]})
    execution = run(local_aws, machine(local_aws, one(described)))
    (alarm,) = json.loads(execution["output"])["MetricAlarms"]
    assert alarm["StateValue"] == "OK"
    assert alarm["Metrics"][2]["Expression"].startswith("FILL(bad, 0)")


def test_seams__are_where_alarms_are_judged() -> None:
    assert list(inspect.signature(cloudwatch._put_metric_alarm).parameters) == [
        "params",
        "cbor_data",
        "is_cbor",
        "is_json",
    ]
    assert list(inspect.signature(provisioners._cw_metric_alarm_record).parameters) == ["name", "props"]
    assert list(inspect.signature(cloudwatch._evaluate_alarm).parameters) == ["alarm"]
    assert list(inspect.signature(cloudwatch._record_history).parameters)[:4] == [
        "alarm_name",
        "old_state",
        "new_state",
        "reason",
    ]
    assert list(inspect.signature(cloudwatch._dispatch_alarm_actions).parameters) == [
        "alarm",
        "old_state",
        "new_state",
        "reason",
    ]
    assert list(inspect.signature(cloudwatch.record_metric).parameters) == [
        "namespace",
        "metric_name",
        "value",
        "unit",
        "dimensions",
    ]
    assert '"PutMetricAlarm": _put_metric_alarm' in inspect.getsource(cloudwatch.handle_request)
    assert "_cw_metric_alarm_record(name, props)" in inspect.getsource(provisioners._cw_metric_alarm_put)
    assert "_tick_scheduled_rules()" in inspect.getsource(eventbridge._scheduler_loop)
    for function in (cloudwatch._record_history, cloudwatch.record_metric):
        assert "time.time()" in inspect.getsource(function)
