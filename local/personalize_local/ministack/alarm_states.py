"""When an alarm fires: the periods that count, and those without data.

ministack judges an alarm only when metric data is put: by all data of a metric's name whatever its
dimensions, in one sum over all periods. It ignores `DatapointsToAlarm` and `TreatMissingData`. Here an alarm
is judged as in "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data" in the
CloudWatch User Guide, except that its periods end at the moment of the judgment.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch

from personalize_local.ministack import metric_math
from personalize_local.ministack.metric_math import Series
from personalize_local.simulator import Clock

Alarm = dict[str, Any]

BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
"""Whether a value breaches a threshold, by `ComparisonOperator`."""

# CloudWatch looks at more periods than it needs, because some have no data. AWS doesn't say at how many more.
_MORE_PERIODS = 2
_STEP_SECONDS = 60
_MOST_STEPS = 100


class Judge:
    """Judges each alarm once a minute of a clock.

    Args:
        clock: The clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._judged: dict[str, float] = {}
        self._lock = threading.RLock()

    def judge(self, alarm: Alarm) -> None:
        """Judge an alarm at each minute since the last time, and now."""
        with self._lock:
            now, step = self._clock.now().timestamp(), _step(alarm)
            since = self._judged.get(alarm["AlarmArn"], now)
            self._judged[alarm["AlarmArn"]] = now
            for number in range(1, min(int((now - since) / step), _MOST_STEPS) + 1):
                _judge_at(alarm, since + number * step)
            _judge_at(alarm, now)

    def judge_all(self) -> None:
        """Judge the alarms of every account and Region that are due."""
        now = self._clock.now().timestamp()
        for (account, region, _name), alarm in list(cloudwatch._alarms._data.items()):
            if now - self._judged.get(alarm["AlarmArn"], 0) >= _step(alarm):
                with responses.request_scope(account, region):
                    self.judge(alarm)

    def forget(self) -> None:
        """Forget when alarms were judged."""
        self._judged.clear()


def state(alarm: Mapping[str, Any], values: Series) -> str:
    """The state of an alarm.

    Args:
        alarm: Its configuration, and its current `StateValue`.
        values: The values of the periods that CloudWatch looks at, oldest first.
    """
    wanted = int(alarm.get("EvaluationPeriods", 1))
    needed = int(alarm.get("DatapointsToAlarm") or wanted)
    breaches = BREACHES[alarm["ComparisonOperator"]]
    present = [breaches(value, alarm["Threshold"]) for value in values if value is not None][-wanted:]
    breaching, missing = sum(present), wanted - len(present)
    treatment = alarm.get("TreatMissingData") or "missing"
    if treatment == "breaching":
        breaching += missing
    if breaching >= needed:
        return "ALARM"
    if treatment in {"breaching", "notBreaching"} or not all(present):
        return "OK"
    # Too little data, and all of it is breaching.
    if treatment == "ignore":
        return str(alarm["StateValue"])
    return "ALARM" if present else "INSUFFICIENT_DATA"


def _judge_at(alarm: Alarm, moment: float) -> None:
    if alarm.get("ComparisonOperator") not in BREACHES or not (
        alarm.get("Metrics") or alarm.get("MetricName")
    ):
        return
    values = _values(alarm, moment)
    old, new = alarm["StateValue"], state(alarm, values)
    if old == new:
        return
    present = [str(value) for value in values if value is not None][-alarm.get("EvaluationPeriods", 1) :]
    reason = (
        f"Threshold Crossed: {len(present)} datapoints [{', '.join(present)}] were compared with "
        f"{alarm['ComparisonOperator']} {alarm['Threshold']}."
    )
    alarm |= {"StateValue": new, "StateReason": reason, "StateUpdatedTimestamp": int(moment)}
    cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
    cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
    cloudwatch._evaluate_parent_alarms(alarm)


def _values(alarm: Mapping[str, Any], moment: float) -> Series:
    """The values of an alarm's periods up to a moment."""
    seconds = _period(alarm)
    length = int(alarm.get("EvaluationPeriods", 1)) + _MORE_PERIODS
    ends = [moment - seconds * number for number in range(length, -1, -1)]
    queries = alarm.get("Metrics")
    if not queries:
        return _series(alarm, alarm.get("ExtendedStatistic") or alarm["Statistic"], alarm.get("Unit"), ends)
    data = {
        query["Id"]: _series(
            query["MetricStat"]["Metric"], query["MetricStat"]["Stat"], query["MetricStat"].get("Unit"), ends
        )
        for query in queries
        if "MetricStat" in query
    }
    return metric_math.evaluate(queries, data, length)


def _series(metric: Mapping[str, Any], statistic: str, unit: str | None, ends: Sequence[float]) -> Series:
    """The statistic of a metric in the periods between moments."""
    name, namespace = metric["MetricName"], metric["Namespace"]
    dimensions = cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or []))
    points = [
        point
        for (of_namespace, of_name, of_dimensions), found in list(cloudwatch._metrics.items())
        if (of_namespace, of_name) == (namespace, name) and (not dimensions or dimensions == of_dimensions)
        for point in found
        if not unit or unit == point["Unit"]
    ]
    return [
        _value([point for point in points if start < point["Timestamp"] <= end], statistic)
        for start, end in pairwise(ends)
    ]


def _value(points: Sequence[Mapping[str, Any]], statistic: str) -> float | None:
    found = cloudwatch._calc_stats(points)
    return cloudwatch._stat_value(found, statistic, points) if found else None


def _period(alarm: Mapping[str, Any]) -> int:
    periods = [metric_math.period(query) for query in alarm.get("Metrics") or [] if "MetricStat" in query]
    return max(periods, default=int(alarm.get("Period") or _STEP_SECONDS))


def _step(alarm: Mapping[str, Any]) -> int:
    return min(_period(alarm), _STEP_SECONDS)
