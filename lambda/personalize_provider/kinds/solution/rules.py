"""Rules on a CreateSolution request that the service may not enforce.

AWS doesn't document what the service does with a request that breaks one of these: it may ignore a part of
it, or a training may fail hours later. So they are checked here, on values that may have been unknown at
synthesis. The service checks all other rules: CreateSolution and UpdateSolution apply a request as a whole or
refuse it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

_SCHEDULE = re.compile(r"rate\((\d{1,2}) days?\)", re.ASCII)
_DAYS = range(1, 31)
_JOBS = {"maxNumberOfTrainingJobs": 40, "maxParallelTrainingJobs": 10}
_CONFIG = "solutionConfig"
_HPO = f"{_CONFIG}.hpoConfig"
_COLUMNS = f"{_CONFIG}.trainingDataConfig"


def broken(request: Mapping[str, Any]) -> Iterator[str]:
    """A message for each rule that a request breaks.

    Args:
        request: A request whose values all have the right types.
    """
    config = request.get(_CONFIG, {})
    yield from _schedule(config)
    if request.get("performAutoML"):
        return  # the service skips the rest of the configuration (rule 20)
    yield from _optimization(request, config)
    yield from _events(request, config)
    yield from _columns(config.get("trainingDataConfig", {}))


def _schedule(config: Mapping[str, Any]) -> Iterator[str]:
    expression = config.get("autoTrainingConfig", {}).get("schedulingExpression")
    match = _SCHEDULE.fullmatch(expression) if expression is not None else None
    if expression is not None and (match is None or int(match[1]) not in _DAYS):  # rule 16
        at = f"{_CONFIG}.autoTrainingConfig.schedulingExpression"
        valid = f"rate(N days), N from {_DAYS[0]} to {_DAYS[-1]}"
        yield f"Invalid value for parameter {at}, value: {expression}, valid: {valid}"


def _optimization(request: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    if "hpoConfig" in config and not request.get("performHPO"):  # rule 24
        yield f"Invalid value for parameter {_HPO}, it needs performHPO to be true"
    hpo = config.get("hpoConfig", {})
    for name, most in _JOBS.items():  # rule 10
        jobs = hpo.get("hpoResourceConfig", {}).get(name)
        if jobs is not None and not (re.fullmatch(r"\d{1,3}", jobs, re.ASCII) and 1 <= int(jobs) <= most):
            yield (
                f"Invalid value for parameter {_HPO}.hpoResourceConfig.{name}, value: {jobs}, "
                f"valid: a whole number from 1 to {most}"
            )
    for member, ranges in hpo.get("algorithmHyperParameterRanges", {}).items():
        for index, tried in enumerate(ranges):
            at = f"{_HPO}.algorithmHyperParameterRanges.{member}[{index}]"
            if tried.get("name") in config.get("algorithmHyperParameters", {}):  # rule 28
                yield f"Invalid value for parameter {at}, {tried['name']} has a fixed value as well"
            if tried.get("minValue", -math.inf) > tried.get("maxValue", math.inf):
                yield f"Invalid value for parameter {at}, its minValue is above its maxValue"


def _events(request: Mapping[str, Any], config: Mapping[str, Any]) -> Iterator[str]:
    threshold = config.get("eventValueThreshold")
    if threshold is not None and not _is_number(threshold):  # rule 7
        yield (
            f"Invalid value for parameter {_CONFIG}.eventValueThreshold, value: {threshold}, valid: a number"
        )
    if "eventsConfig" not in config:
        return
    for at, given in {"eventType": request, f"{_CONFIG}.eventValueThreshold": config}.items():  # rule 38
        if at.rpartition(".")[2] in given:
            yield f"Invalid value for parameter {at}, it must be left out beside {_CONFIG}.eventsConfig"


def _columns(data: Mapping[str, Any]) -> Iterator[str]:
    included = {dataset.lower() for dataset in data.get("includedDatasetColumns", {})}  # rule 15
    for dataset in data.get("excludedDatasetColumns", {}):
        if dataset.lower() in included:  # rule 41
            yield (
                f"Invalid value for parameter {_COLUMNS}.excludedDatasetColumns.{dataset}, "
                "the same dataset has columns to include as well"
            )


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
