"""Against botocore's own validator, which checks less but must never be contradicted."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.validate import ParamValidator
from hypothesis import given, settings
from hypothesis import strategies as st

from personalize_local.simulator import ServiceError
from personalize_local.simulator.engine.model import checked, operation_model

OPERATIONS = ["CreateSolution", "UpdateSolution", "CreateCampaign", "TagResource", "ListSolutions"]

# Whole floats are JSON integers to AWS and errors to botocore, which is no matter of the service's.
_NOISE = st.one_of(
    st.booleans(),
    st.integers(-5, 5),
    st.just(0.5),
    st.text(max_size=4),
    st.just([]),
    st.just({}),
    st.just("arn"),
)


def _values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values that mostly fit a shape; now and then anything."""
    if isinstance(shape, StructureShape):
        members = {name: _values(member) for name, member in shape.members.items()}
        required = {name: members.pop(name) for name in shape.required_members}
        whole = st.fixed_dictionaries(required, optional=members)
        fitting: st.SearchStrategy[Any] = whole | whole | st.fixed_dictionaries({}, optional=members)
    elif isinstance(shape, ListShape):
        fitting = st.lists(_values(shape.member), max_size=3)
    elif isinstance(shape, MapShape):
        fitting = st.dictionaries(
            st.sampled_from(["a", "ITEMS", "POPULARITY", "-"]), _values(shape.value), max_size=3
        )
    elif shape.type_name == "string":
        enum = shape.metadata.get("enum") or ["name"]
        arn = "arn:aws:personalize:us-east-1:1:solution/x"
        likely = arn if shape.name == "Arn" else enum[0]
        fitting = st.just(likely) | st.sampled_from([*enum, arn, "rate(3 days)", "a b", ""])
    elif shape.type_name == "boolean":
        fitting = st.booleans()
    elif shape.type_name == "integer":
        fitting = st.integers(-1, 200)
    else:
        fitting = st.floats(-2, 2).filter(lambda number: not number.is_integer())
    return st.one_of(fitting, fitting, fitting, fitting, fitting, fitting, _NOISE)


@cache
def _requests(operation: str) -> st.SearchStrategy[dict[str, Any]]:
    """Made once: to make it anew for each example takes longer than to draw from it."""
    return _values(operation_model(operation).input_shape).filter(lambda value: isinstance(value, dict))


@pytest.mark.parametrize("operation", OPERATIONS)
@settings(deadline=None)  # the first example loads the service model
@given(data=st.data())
def test_checked__any_request__agrees_with_botocore(operation: str, data: st.DataObject) -> None:
    shape = operation_model(operation).input_shape
    params = data.draw(_requests(operation))
    botocore_objects = ParamValidator().validate(params, shape).has_errors()
    answer = _answer(operation, params)
    if isinstance(answer, ServiceError):
        assert answer.code in {"ValidationException", "SerializationException"}
    else:
        assert not botocore_objects
        assert answer == params


def _answer(operation: str, params: object) -> object:
    try:
        return checked(operation, params)
    except ServiceError as error:
        return error
