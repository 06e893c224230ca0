"""What an app declares in each dataset group, in all its stacks."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Reference, Stack, Tokenization
from constructs import Construct, DependencyGroup, IConstruct

from cdk_personalize.dataset_group.arn import DatasetGroupArn
from cdk_personalize.model.tokens import is_token


class _Members:
    """The constructs of a kind in a dataset group."""

    def __init__(self) -> None:
        self.constructs: list[Any] = []
        self.by_stack: defaultdict[str, DependencyGroup] = defaultdict(DependencyGroup)


# By the app, then by the dataset group and the kind of resource.
_BY_APP: WeakKeyDictionary[IConstruct, defaultdict[tuple[str, str], _Members]] = WeakKeyDictionary()


def add(construct: Construct, dataset_group: Any, kind: str) -> None:
    """Record that a construct is in a dataset group.

    Args:
        construct: The construct.
        dataset_group: The dataset group, as constructs take it.
        kind: What the construct is, such as `event tracker`.
    """
    members = _members(construct, dataset_group, kind)
    members.constructs.append(construct)
    members.by_stack[Stack.of(construct).node.path].add(construct)


def of_group(scope: Construct, dataset_group: Any, kind: str) -> list[Any]:
    """Return the constructs of a kind in a dataset group, in the order of their creation.

    A dataset group that is only known at deploy time, such as one in a parameter, is one for each stack.

    Args:
        scope: A construct of the app, in the stack that refers to the dataset group.
        dataset_group: The dataset group, as constructs take it.
        kind: What the constructs are.
    """
    return _members(scope, dataset_group, kind).constructs


def depend_on_all(construct: Construct, dataset_group: Any, kind: str) -> None:
    """Create a construct after those of a kind, and delete it before them.

    It depends on all in its own stack, also on those that are defined later.

    Args:
        construct: The construct.
        dataset_group: The dataset group, as constructs take it.
        kind: What the others are.
    """
    members = _members(construct, dataset_group, kind)
    construct.node.add_dependency(members.by_stack[Stack.of(construct).node.path])


def _members(scope: Construct, dataset_group: Any, kind: str) -> _Members:
    of_app = _BY_APP.setdefault(scope.node.root, defaultdict(_Members))
    return of_app[_identity(scope, dataset_group), kind]


def _identity(scope: Construct, dataset_group: Any) -> str:
    """The same text wherever an app refers to the same dataset group."""
    arn = DatasetGroupArn().wire(dataset_group)
    if not is_token(arn):
        return arn
    owner = dataset_group if isinstance(dataset_group, Construct) else _referenced(arn) or scope
    stack = Stack.of(owner)
    return json.dumps([stack.node.path, stack.resolve(arn)], sort_keys=True)


def _referenced(arn: str) -> IConstruct | None:
    """The construct that a token refers to, if it is nothing but a reference."""
    token = Tokenization.reverse_string(arn).first_token
    return token.target if isinstance(token, Reference) else None
