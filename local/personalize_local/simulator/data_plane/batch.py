"""The work of batch jobs: a line of output for each line of input.

[DG batch-data-upload, filter-batch]
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from personalize_local.simulator.data_plane import choice, filtering, segments, source
from personalize_local.simulator.data_plane.source import Source
from personalize_local.simulator.engine.context import Context
from personalize_local.simulator.engine.errors import ServiceError
from personalize_local.simulator.engine.model import Request
from personalize_local.simulator.engine.objects import Location, ObjectsError, StoredObject
from personalize_local.simulator.engine.resource import members
from personalize_local.simulator.kinds.batch_inference_job import BatchInferenceJob
from personalize_local.simulator.kinds.batch_job import BatchJob
from personalize_local.simulator.kinds.batch_segment_job import BatchSegmentJob
from personalize_local.simulator.kinds.solution import version

_DEFAULT_RESULTS = 25
# What a line must have, by the type of the recipe. Lines for all others have a userId.
_NEEDED = {"RELATED_ITEMS": ("itemId",), "PERSONALIZED_RANKING": ("userId", "itemList")}

Answer = Callable[[Context, Source, Request, dict[str, Any]], dict[str, object]]
"""Returns the output for a line of input. It raises `ValueError` or `ServiceError` if there is none."""


def catch_up(context: Context) -> None:
    """Write the files of the jobs whose time is over."""
    for kind, answer in _ANSWERS.items():
        for job in context.account[kind].live(context.now):
            if job.due(context.now):
                _end(context, job, answer)


def _end(context: Context, job: BatchJob, answer: Answer) -> None:
    job.done = True
    try:
        _run(context, job, answer)
    except (ObjectsError, ServiceError) as error:
        job.fail(error.message if isinstance(error, ServiceError) else str(error))


def _run(context: Context, job: BatchJob, answer: Answer) -> None:
    """Write a file `NAME.out` to the output folder for each file of input."""
    request, role = job.request, job.request["roleArn"]
    served = version.find(context, job.solution_version_arn)
    answering = source.of_version(context, job.arn, served, request.get("batchInferenceJobConfig", {}))
    location = Location.of(request["jobInput"]["s3DataSource"]["path"])
    found = [(one.key, _lines(one)) for one in context.read_objects(location, context.scope, role)]
    if isinstance(job, BatchSegmentJob):
        segments.require_possible(answering, sum(len(lines) for _, lines in found))
    folder = request["jobOutput"]["s3DataDestination"]["path"].rstrip("/")
    for key, lines in found:
        text = "".join(f"{_answered(context, answering, request, line, answer)}\n" for line in lines)
        output = Location.of(f"{folder}/{key.rpartition('/')[2]}.out")
        context.write_object(output, text.encode(), context.scope, role)


def _lines(found: StoredObject) -> list[str]:
    try:
        return [line for line in found.read().decode("utf-8-sig").split("\n") if line.strip()]
    except UnicodeDecodeError as error:
        raise ObjectsError(f"{found.key} is not UTF-8: {error.reason} at byte {error.start}.") from error


def _answered(context: Context, answering: Source, request: Request, line: str, answer: Answer) -> str:
    """The line of output for a line of input. A line that cannot be answered has an error."""
    given: Any = line
    try:
        given = json.loads(line)
        output = answer(context, answering, request, _checked(given, answering))
    except (ValueError, RecursionError) as error:
        return json.dumps({"input": given, "output": None, "error": str(error)})
    except ServiceError as error:
        return json.dumps({"input": given, "output": None, "error": error.message})
    return json.dumps({"input": given, "output": output, "error": None})


def _checked(given: Any, answering: Source) -> dict[str, Any]:
    needed = _needed(answering)
    if not isinstance(given, dict):
        raise ValueError("a line must be a JSON object")  # noqa: TRY004 - every bad line is a ValueError
    for member in needed:
        value = given.get(member)
        items = value if member == "itemList" else [value]
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError(f"a line must have {' and '.join(needed)}")
    values = given.get("filterValues", {})
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise ValueError("filterValues must be strings by the names of parameters")
    return given


def _needed(answering: Source) -> Sequence[str]:
    if answering.recipe_type == "USER_SEGMENTATION":
        return (segments.member_of(answering),)
    return _NEEDED.get(answering.recipe_type, ("userId",))


def _filter_of(request: Request, given: dict[str, Any]) -> Request:
    """The filter of a job with the values of a line."""
    return members(filterArn=request.get("filterArn"), filterValues=given.get("filterValues", {}))


def _items(context: Context, answering: Source, request: Request, given: dict[str, Any]) -> dict[str, object]:
    """The recommended items for a line."""
    keep = filtering.keeps(context, answering, given, _filter_of(request, given))
    if answering.recipe_type == "PERSONALIZED_RANKING":
        items = [item for item in dict.fromkeys(given["itemList"]) if keep(item)]
        asked = {"userId": given["userId"], "inputList": items}
        entries = choice.ranked(context, answering, asked, items)
    else:
        count = request.get("numResults", _DEFAULT_RESULTS)
        entries = choice.recommended(context, answering, given, count=count, keep=keep)
    output: dict[str, object] = {"recommendedItems": [entry["itemId"] for entry in entries]}
    if answering.scored:
        output["scores"] = [entry["score"] for entry in entries]
    return output


def _users(context: Context, answering: Source, request: Request, given: dict[str, Any]) -> dict[str, object]:
    """The segment of users for a line. Its default size is not documented (?)."""
    keep = filtering.keeps_users(context, answering, _filter_of(request, given))
    count = request.get("numResults", _DEFAULT_RESULTS)
    return {"recommendedUsers": segments.users(context, answering, given, count=count, keep=keep)}


_ANSWERS: Mapping[type[BatchJob], Answer] = {BatchInferenceJob: _items, BatchSegmentJob: _users}
