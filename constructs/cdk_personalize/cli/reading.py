"""Which CreateSolution requests stand in a file, whatever its format and shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cdk_personalize.cli.described import misshapen, request_of

_YAML = (".yaml", ".yml")
_SHAPES = (
    "expected a CreateSolution request, a list of them, an answer of DescribeSolution, or a configuration of "
    "Maintaining Personalized Experiences"
)
# What takes the place of the dataset group that such a configuration leaves to its deployment.
_DATASET_GROUP = "arn:aws:personalize:us-east-1:000000000000:dataset-group/of-the-configuration"


class UnreadableError(Exception):
    """A file, or a part of it, holds no request. The text says why, and what to do."""


def parsed(file: str, content: bytes) -> Any:
    """Return what a file holds: JSON, or YAML if its name or its first character says so.

    Args:
        file: The file's name.
        content: What is in it.

    Returns:
        Its value; for YAML of several documents, a list of theirs.

    Raises:
        UnreadableError: It is neither.
    """
    try:
        text = content.decode(json.detect_encoding(content)).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise UnreadableError("is not text in UTF-8 or UTF-16; give a file of JSON or YAML") from error
    if not text.strip():
        raise UnreadableError(f"is empty; {_SHAPES}")
    if file.lower().endswith(_YAML):
        return _yaml(text)
    try:
        return json.loads(text)
    except RecursionError as error:
        raise UnreadableError("is not JSON: it is nested too deeply") from error
    except ValueError as error:
        if text.lstrip()[0] not in '{["' and "\0" not in text:
            return _yaml(text)
        raise UnreadableError(f"is not JSON: {error}") from error


def requests_in(value: Any) -> Iterator[Any]:
    """Yield each request of what a file holds.

    Args:
        value: A request or a list of them, an answer of DescribeSolution, what `export --json` writes, or a
            configuration of Maintaining Personalized Experiences with Machine Learning, an AWS solution. Its
            `solutions[].serviceConfig` are requests without a dataset group.

    Yields:
        A request; or an `UnreadableError` where there is none.
    """
    if isinstance(value, list):
        for item in value:
            yield from _requests_in(item) if isinstance(item, Mapping) else [item]
    elif isinstance(value, Mapping):
        yield from _requests_in(value)
    else:
        yield UnreadableError(f"holds no request: {_SHAPES}")


def _requests_in(value: Mapping[Any, Any]) -> Iterator[Any]:
    solution, solutions = value.get("solution"), value.get("solutions")
    if isinstance(solutions, list):
        for item in solutions:
            yield _of_configuration(item)
    elif isinstance(solution, Mapping):
        yield _of_description(solution)
    elif "solutionVersion" in value and "recipeArn" not in value:
        yield UnreadableError(
            "is an answer of DescribeSolutionVersion; give that of DescribeSolution for its solution"
        )
    elif "solutionArn" in value:
        yield _of_description(value)
    elif "serviceConfig" in value:
        yield _of_configuration(value)
    elif isinstance(value.get("request"), Mapping) and "code" in value:
        yield value["request"]
    elif isinstance(value.get("Resources"), Mapping):
        yield UnreadableError(
            "is a CloudFormation template, whose solutions the synthesis has checked; give a request instead"
        )
    elif isinstance(value.get("datasetGroup"), Mapping):
        yield UnreadableError("is a configuration without `solutions`; there is nothing to check in it")
    else:
        yield value


def _of_description(solution: Mapping[str, Any]) -> Any:
    wrong = misshapen(solution)
    if wrong:
        return UnreadableError(
            f"looks like an answer of DescribeSolution, but {wrong}; give the whole answer, as in: "
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
        return UnreadableError(
            "is an answer of ListSolutions, which has no configurations; give that of DescribeSolution"
        )
    return UnreadableError("has an item of `solutions` without a mapping `serviceConfig`; add it")


def _yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 (JSON does without)

    try:
        documents = list(yaml.safe_load_all(text))
    except RecursionError as error:
        raise UnreadableError("is not YAML: it is nested too deeply") from error
    except yaml.YAMLError as error:
        raise UnreadableError(f"is not YAML: {' '.join(str(error).split())}") from error
    except ValueError as error:  # a timestamp that is none
        raise UnreadableError(f"is not YAML: {error}") from error
    held = [document for document in documents if document is not None]
    if not held:
        raise UnreadableError(f"is empty; {_SHAPES}")
    return held[0] if len(held) == 1 else held
