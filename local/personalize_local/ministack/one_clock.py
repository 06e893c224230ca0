"""State machines, schedules, EventBridge rules and CloudWatch keep the time of the simulator.

ministack has real time for each of them. Here a Wait, a retry, the timeout of a state machine or of a task
token, a schedule, a metric, an alarm and a training are all moments of the simulator's clock: its scale and a
push move them together. What does work takes real time: the timeout of a task without a token, Lambda and
CloudFormation.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from ministack.services import cloudwatch, eventbridge, scheduler, stepfunctions

from personalize_local.ministack import executions
from personalize_local.simulator import Clock

_TICK_SECONDS = 0.1
# What ministack waits for a token where the state has no timeout, and what Step Functions does.
_NO_TIMEOUT, _LONGEST_TIMEOUT = 99999, 99999999


def register(clock: Clock) -> None:
    """Let everything that waits in ministack wait for this clock."""
    events = _Threading(threading, clock)
    functions_of_step_functions = stepfunctions._register_sfn_jsonata_functions

    def sleep(seconds: float) -> None:
        executions.wait_until(clock, clock.now() + timedelta(seconds=seconds))

    def sleep_until(timestamp: str) -> None:
        moment = stepfunctions._parse_ts(timestamp)
        if moment is not None:
            executions.wait_until(clock, moment)

    def register_functions(expression: Any) -> None:
        functions_of_step_functions(expression)
        expression.register_lambda("millis", lambda: _millis(clock))
        expression.register_lambda(
            "now",
            lambda picture=None, zone=None: stepfunctions.jsonata.functions.Functions.datetime_from_millis(
                _millis(clock), picture, zone
            ),
        )

    stepfunctions._scaled_sleep = sleep
    stepfunctions._sleep_until = sleep_until
    stepfunctions._register_sfn_jsonata_functions = register_functions
    stepfunctions.threading = events
    stepfunctions.now_iso = lambda: _iso(clock.now())
    eventbridge._now_ts = scheduler._now = lambda: clock.now().timestamp()
    scheduler.time = cloudwatch.time = _Time(time, clock)
    eventbridge._scheduler_loop = _ticking(eventbridge, "_tick_scheduled_rules")
    scheduler._ticker_loop = _ticking(scheduler, "_tick_schedules")


def _millis(clock: Clock) -> int:
    return int(clock.now().timestamp() * 1000)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _ticking(module: ModuleType, tick: str) -> Callable[[], None]:
    """The loop of a thread that looks often what is due: a tick of ministack's is 10 real seconds."""

    def loop() -> None:
        while True:
            time.sleep(_TICK_SECONDS)
            try:
                getattr(module, tick)()
            except Exception:
                scheduler.logger.exception("a schedule could not be looked at")

    return loop


class _Time:
    """The module `time`, with another time of day."""

    def __init__(self, real: ModuleType, clock: Clock) -> None:
        self._real = real
        self.time = lambda: clock.now().timestamp()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Threading:
    """The module `threading`, with events whose timeouts are of the simulator's clock."""

    def __init__(self, real: ModuleType, clock: Clock) -> None:
        self._real = real
        self.Event = lambda: _Event(clock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class _Event(threading.Event):
    """What a task with a token, or an activity, waits for."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def set(self) -> None:
        super().set()
        self._clock.wake()

    def wait(self, timeout: float | None = None) -> bool:
        seconds = _LONGEST_TIMEOUT if timeout in (None, _NO_TIMEOUT) else timeout
        end = self._clock.now() + timedelta(seconds=float(seconds or 0))
        executions.wait_until(self._clock, end, self.is_set)
        return self.is_set()
