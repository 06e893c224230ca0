"""Where the things are that a solution names: the service looks in the stack's own account and Region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import Construct

from cdk_personalize.model.errors import Doubt
from cdk_personalize.model.tokens import is_token
from cdk_personalize.solution.config import AutoMLConfig, SolutionConfig
from cdk_personalize.solution.request import SolutionRequest

_PARTS = 6  # of an ARN

# To ask a stack is a round trip to jsii for each of the three, and each of its solutions needs them.
_BY_STACK: WeakKeyDictionary[Stack, Mapping[str, str]] = WeakKeyDictionary()


def doubts(scope: Construct, request: SolutionRequest) -> Iterator[Doubt]:
    """Warn of each literal ARN that names another account, Region or partition than the stack's.

    Nothing is said where the stack's are not known before the deploy, nor of an ARN that leaves them empty.

    Args:
        scope: A construct of the stack.
        request: What the solution asks for.
    """
    named = [(at, arn) for at, arn in _arns(request) if isinstance(arn, str) and not is_token(arn)]
    if not named:
        return
    own = _place(scope if isinstance(scope, Stack) else Stack.of(scope))
    for at, arn in named:
        parts = arn.split(":", _PARTS - 1)
        if len(parts) < _PARTS:
            continue  # has its problem already
        named_there = {"partition": parts[1], "Region": parts[3], "account": parts[4]}
        for place, value in named_there.items():
            if value and not is_token(own[place]) and value != own[place]:
                yield Doubt(
                    id="other-place",
                    argument=at,
                    value=arn,
                    rule=f"is of another {place} than {own[place]}, the stack's: the service won't find it",
                    fix=f"give one in {own[place]}, or deploy the stack to {value}",
                )


def _place(stack: Stack) -> Mapping[str, str]:
    if stack not in _BY_STACK:
        place = {"partition": _partition(stack), "Region": stack.region, "account": stack.account}
        _BY_STACK[stack] = place
    return _BY_STACK[stack]


def _partition(stack: Stack) -> str:
    """The stack's partition, also where the template has a token for it though its Region is known."""
    if is_token(stack.partition) and not is_token(stack.region):
        from aws_cdk.region_info import RegionInfo  # noqa: PLC0415 (slow, and most apps never need it)

        return RegionInfo.get(stack.region).partition or stack.partition
    return stack.partition


def _arns(request: SolutionRequest) -> Iterator[tuple[str, Any]]:
    yield "dataset_group", request.dataset_group
    # Of a predefined recipe that is named, the ARN follows the stack (rule 4).
    if request.recipe is not None and not request.recipe.is_named:
        yield "recipe", request.recipe.arn_template
    config = request.solution_config
    auto_ml = config.auto_ml_config if isinstance(config, SolutionConfig) else None
    recipes = auto_ml.recipe_list if isinstance(auto_ml, AutoMLConfig) else None
    for index, arn in enumerate(recipes or ()):
        yield f"solution_config.auto_ml_config.recipe_list[{index}]", arn
