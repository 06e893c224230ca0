"""Whether an answer of an operation is one that botocore's model of the service has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator

from personalize_local.simulator.engine.errors import NOT_SIMULATED
from personalize_local.simulator.engine.model import operation_model
from personalize_local.simulator.engine.patterns import compile_pattern

_NOT_HELD_TO_THE_PATTERN = {
    # A version without a name of its own is described as SOLUTION/ID, which the model's pattern forbids.
    "DescribeSolutionVersion.solutionVersion.name",
    # The model has the pattern of Personalize's own ARNs for this ARN of a role (rule 149).
    "DescribeDatasetImportJob.datasetImportJob.roleArn",
}


def misfits(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """What botocore's validator leaves unchecked: patterns, enums and maxima."""
    limits = shape.metadata
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield from misfits(item, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, MapShape):
        for name, item in value.items():
            yield from misfits(item, shape.value, f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from misfits(item, shape.member, f"{path}[]")
    if isinstance(value, str | list | dict) and len(value) > limits.get("max", len(value)):
        yield f"{path} is too long"
    if (
        isinstance(value, str)
        and "pattern" in limits
        and path not in _NOT_HELD_TO_THE_PATTERN
        and not compile_pattern(limits["pattern"]).fullmatch(value)
    ):
        yield f"{path} does not match: {value}"
    if isinstance(value, str) and limits.get("enum") and value not in limits["enum"]:
        yield f"{path} is not in the enum: {value}"


def problems(operation: str, answer: dict[str, object]) -> list[str]:
    shape = operation_model(operation).output_shape
    if shape is None:
        return [] if answer == {} else [f"{operation} answers nothing: {answer}"]
    report = ParamValidator().validate(answer, shape)
    return [report.generate_report()] if report.has_errors() else list(misfits(answer, shape, operation))


def declared_errors(operation: str) -> set[str]:
    """The codes that an operation may refuse a request with once its shapes are right."""
    return {shape.name for shape in operation_model(operation).error_shapes} | {NOT_SIMULATED}
