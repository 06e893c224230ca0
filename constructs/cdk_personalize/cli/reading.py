"""Finds the CreateSolution requests in a file, whatever its format and shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_personalize.cli.described import misshapen, request_of

_YAML = (".yaml", ".yml")
_SHAPES = (
    "expected a CreateSolution request, a list of them, a response of DescribeSolution, or a configuration "
    "of Maintaining Personalized Experiences"
)
# Replaces the dataset group that such a configuration leaves to its deployment.
_DATASET_GROUP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/of-the-configuration"


class ObjectsError(Exception):
    """A file, or a part of it, contains no request. The text says why, and what to do."""


def parsed(file: str, content: bytes) -> Any:
    """Return the content of a file: JSON, or YAML if its name or its first character shows that.

    Args:
        file: The file's name.
        content: Its bytes.

    Returns:
        Its value; for YAML of several documents, a list of theirs.

    Raises:
        ObjectsError: It is neither.
    """
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise ObjectsError("is not text in UTF-8 or UTF-16; pass a file of JSON or YAML") from error
    if not text.strip():
        raise ObjectsError(f"is empty; {_SHAPES}")
    if file.lower().endswith(_YAML):
        return _yaml(text)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ObjectsError("is not JSON: it is nested too deeply") from error
    except ValueError as error:
        if text.lstrip()[0] not in '{["' and "\0" not in text:
            return _yaml(text)
        raise ObjectsError(f"is not JSON: {error}") from error


def requests_in(value: Any) -> Iterator[Any]:
    """Yield each request in the content of a file.

    Args:
        value: A request or a list of them, a response of DescribeSolution, output of `export --json`, or a
            configuration of Maintaining Personalized Experiences with Machine Learning, an AWS solution. Its
            `solutions[].serviceConfig` are requests without a dataset group.

    Yields:
        A request; or an `ObjectsError` where there is none.
    """
    if isinstance(value, list):
        for item in value:
            yield from _requests_in(item) if isinstance(item, Mapping) else [item]
    elif isinstance(value, Mapping):
        yield from _requests_in(value)
    else:
        yield ObjectsError(f"contains no request: {_SHAPES}")


def _requests_in(value: Mapping[Any, Any]) -> Iterator[Any]:
    solution, solutions = value.get("solution"), value.get("solutions")
    if isinstance(solutions, list):
        for item in solutions:
            yield _of_configuration(item)
    elif isinstance(solution, Mapping):
        yield _of_description(solution)
    elif "solutionVersion" in value and "recipeArn" not in value:
        yield ObjectsError(
            "is a response of DescribeSolutionVersion; pass the response of DescribeSolution for its solution"
        )
    elif "solutionArn" in value:
        yield _of_description(value)
    elif "serviceConfig" in value:
        yield _of_configuration(value)
    elif isinstance(value.get("request"), Mapping) and "code" in value:
        yield value["request"]
    elif isinstance(value.get("Resources"), Mapping):
        yield ObjectsError(
            "is a CloudFormation template, whose solutions were checked at synthesis; pass a request instead"
        )
    elif isinstance(value.get("datasetGroup"), Mapping):
        yield ObjectsError("is a configuration without `solutions`; it contains nothing to check")
    else:
        yield value


def _of_description(solution: Mapping[str, Any]) -> Any:
    wrong = misshapen(solution)
    if wrong:
        return ObjectsError(
            f"looks like a response of DescribeSolution, but {wrong}; pass the whole response, as in: "
            "aws personalize describe-solution --solution-arn ARN"
        )
    return request_of(solution, tags=())


def _of_configuration(item: Any) -> Any:
    service = item.get("serviceConfig") if isinstance(item, Mapping) else None
    if isinstance(service, Mapping):
        # The tags of its versions; CreateSolution has no such member.
        request = {name: value for name, value in service.items() if name != "solutionVersion"}
        return {"datasetGroupArn": _DATASET_GROUP, **request}
    if isinstance(item, Mapping) and "solutionArn" in item:
        return ObjectsError(
            "is a response of ListSolutions, which has no configurations; pass the response of "
            "DescribeSolution"
        )
    return ObjectsError("has an item of `solutions` without a mapping `serviceConfig`; add it")


def _yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 (JSON does without)

    try:
        documents = list(yaml.safe_load_all(text))
    except RecursionError as error:
        raise ObjectsError("is not YAML: it is nested too deeply") from error
    except yaml.YAMLError as error:
        raise ObjectsError(f"is not YAML: {' '.join(str(error).split())}") from error
    except ValueError as error:  # an invalid timestamp
        raise ObjectsError(f"is not YAML: {error}") from error
    held = [document for document in documents if document is not None]
    if not held:
        raise ObjectsError(f"is empty; {_SHAPES}")
    return held[0] if len(held) == 1 else held
