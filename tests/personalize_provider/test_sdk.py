"""The calls that the provider makes, and the clients that it makes them with."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name

import personalize_provider
from cdk_personalize._timing import IS_COMPLETE_SECONDS
from personalize_provider import sdk

SOURCES = sorted(Path(personalize_provider.__path__[0]).rglob("*.py"))
METHODS = {
    xform_name(operation)
    for service in ("personalize", "cloudformation")
    for operation in botocore.session.Session().get_service_model(service).operation_names
}


def declared(protocol: type) -> set[str]:
    """The operations that a Protocol has."""
    return {name for name in vars(protocol) if not name.startswith("_")}


def used(*, by_solution: bool) -> set[str]:
    """Botocore's methods named in the code of resources, or anywhere else."""
    return {
        node.attr
        for path in SOURCES
        if ("solution" in path.parts) is by_solution
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in METHODS
    }


def test_protocols__code__declare_exactly_what_it_calls() -> None:
    assert used(by_solution=True) == declared(sdk.Personalize)
    assert used(by_solution=False) == declared(sdk.CloudFormation)


def test_protocols__botocore__knows_every_operation() -> None:
    assert declared(sdk.Personalize) | declared(sdk.CloudFormation) <= METHODS


# A look and an effect: the solution, its tags, its versions, the stack, the effect, what blocks a delete.
CALLS_OF_A_TICK = 6


@pytest.mark.parametrize("make", [sdk.personalize, sdk.cloudformation])
def test_clients__made_once__with_bounded_time(make: Any) -> None:
    client = make()
    assert client is make()
    config = client.meta.config
    assert config.retries["total_max_attempts"] == 1
    assert (config.connect_timeout + config.read_timeout) * CALLS_OF_A_TICK < IS_COMPLETE_SECONDS
    assert "cdk-personalize" in config.user_agent_extra


def test_import__no_client_is_made() -> None:
    for path in SOURCES:
        for statement in ast.parse(path.read_text()).body:
            if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
                named = {node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
                assert not named & {"create_client", "Session", "environ"}, path
