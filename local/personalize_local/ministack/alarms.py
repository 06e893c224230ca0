"""CloudWatch alarms with metric math, and the simulator's clock. ministack has neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import cloudwatch, eventbridge
from ministack.services.cloudformation import provisioners

from personalize_local.ministack import alarm_states, metric_math
from personalize_local.ministack.alarm_states import Alarm
from personalize_local.simulator import Clock

Answer = tuple[int, dict[str, str], bytes]

# The members of an alarm on one metric, which an alarm with `Metrics` can't have.
_ONE_METRIC = ("MetricName", "Namespace", "Dimensions", "Period", "Unit", "Statistic", "ExtendedStatistic")


class InvalidAlarmError(Exception):
    """A template has an alarm that CloudWatch refuses."""


def register(clock: Clock) -> None:
    """Let alarms behave as on AWS. After `one_clock`, whose ticks judge them."""
    judge = alarm_states.Judge(clock)
    tick, reset = eventbridge._tick_scheduled_rules, cloudwatch.reset

    def tick_and_judge() -> None:
        tick()
        judge.judge_all()

    def reset_all() -> None:
        judge.forget()
        reset()

    cloudwatch._evaluate_alarm = judge.judge
    cloudwatch.reset = reset_all
    eventbridge._tick_scheduled_rules = tick_and_judge
    _take_metric_math()


def _take_metric_math() -> None:
    put, record = cloudwatch._put_metric_alarm, provisioners._cw_metric_alarm_record

    def put_metric_alarm(params: Any, data: Alarm, is_cbor: bool, is_json: bool = False) -> Answer:
        if any(name.startswith("Metrics.member.") for name in params):
            refusal = "The local AWS takes metric math in CBOR and JSON only: use a newer AWS SDK."
        else:
            refusal = _refusal(data) if data.get("Metrics") else ""
        answer: Answer
        if refusal:
            answer = cloudwatch._error("ValidationError", refusal, 400, use_json=is_json, use_cbor=is_cbor)
            return answer
        answer = put(params, data, is_cbor, is_json)
        alarm = cloudwatch._alarms.get(data.get("AlarmName", ""))
        if alarm and data.get("Metrics"):
            _watch(alarm, data["Metrics"])
            cloudwatch._evaluate_alarm(alarm)
        return answer

    def metric_alarm_record(name: str, properties: Mapping[str, Any]) -> Alarm:
        alarm: Alarm
        if not properties.get("Metrics"):
            alarm = record(name, properties)
            return alarm
        queries = [_query(given) for given in properties["Metrics"]]
        refusal = _refusal({**properties, "Metrics": queries})
        if refusal:
            raise InvalidAlarmError(f"{refusal} (Service: CloudWatch, Status Code: 400)")
        alarm = record(name, {**properties, "Metrics": None, "MetricName": "-", "Namespace": "-"})
        _watch(alarm, queries)
        return alarm

    cloudwatch._put_metric_alarm = put_metric_alarm
    provisioners._cw_metric_alarm_record = metric_alarm_record


def _refusal(alarm: Mapping[str, Any]) -> str:
    """Why CloudWatch, or the local AWS, refuses an alarm with `Metrics`."""
    both = [name for name in _ONE_METRIC if alarm.get(name)]
    if both:
        return f"Metrics cannot be used with {', '.join(both)}."
    if alarm.get("ThresholdMetricId") or alarm.get("ComparisonOperator") not in alarm_states.BREACHES:
        return "The local AWS has no anomaly detection: use a Threshold, and a ComparisonOperator with one."
    queries = alarm["Metrics"]
    if any(bool(query.get("Expression")) is bool(query.get("MetricStat")) for query in queries):
        return "Each element of the metrics list needs either an Expression or a MetricStat."
    try:
        data = {query["Id"]: [1.0] for query in queries if query.get("MetricStat")}
        metric_math.evaluate(queries, data, 1)
    except metric_math.MathError as error:
        return f"Invalid metrics list: {error}"
    return ""


def _watch(alarm: Alarm, queries: list[Mapping[str, Any]]) -> None:
    for name in _ONE_METRIC:
        alarm.pop(name, None)
    alarm["Metrics"] = [dict(query) for query in queries]


def _query(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """An element of `Metrics` in a template, whose scalars can be strings."""
    query = dict(given)
    if "ReturnData" in query:
        query["ReturnData"] = str(query["ReturnData"]).lower() == "true"
    if "Period" in query:
        query["Period"] = int(query["Period"])
    if "MetricStat" in query:
        query["MetricStat"] = {**query["MetricStat"], "Period": int(query["MetricStat"].get("Period", 60))}
    return query
