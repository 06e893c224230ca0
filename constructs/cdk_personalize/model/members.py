"""What an app declares for each dataset group and each solution, in all its stacks."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Stack
from constructs import Construct, IConstruct

from cdk_personalize.model.places import referenced, stack_of
from cdk_personalize.model.tokens import is_token
from cdk_personalize.model.value_types import ValueType

# A look-up in the construct tree is two round trips to jsii, for each construct.
_APPS: WeakKeyDictionary[Stack, IConstruct] = WeakKeyDictionary()


class _OfKind:
    """The constructs of a kind that an owner has, those that depend on them, and the stack of each."""

    def __init__(self) -> None:
        self.constructs: dict[Any, Stack] = {}
        self.dependents: dict[Any, Stack] = {}


class Members:
    """The constructs that belong to owners of one type, such as the datasets of dataset groups.

    An owner is what constructs take as an argument: an ARN, a token, or a construct. One that is only known
    at deploy time, such as an ARN in a parameter, is another one in each stack.

    Args:
        arn: The type of those arguments.
    """

    def __init__(self, arn: ValueType) -> None:
        self._arn = arn
        # By the app, then by the owner and the kind of construct.
        self._by_app: WeakKeyDictionary[IConstruct, defaultdict[tuple[str, str], _OfKind]] = (
            WeakKeyDictionary()
        )

    def add(self, scope: Construct, construct: Construct, owner: Any, kind: str) -> None:
        """Record that a construct belongs to an owner.

        Args:
            scope: The construct's parent.
            construct: The construct.
            owner: Its owner, as constructs take it.
            kind: What the construct is, such as `event tracker`.
        """
        found, stack = self._find(scope, owner, kind)
        found.constructs[construct] = stack
        for dependent, its_stack in found.dependents.items():
            if its_stack is stack:
                _depend(dependent, construct)

    def of(self, scope: Construct, owner: Any, kind: str) -> list[Any]:
        """Return the constructs of a kind that an owner has, in the order of their creation.

        Args:
            scope: A construct of the app, in the stack that refers to the owner.
            owner: The owner, as constructs take it.
            kind: What the constructs are.
        """
        return list(self._find(scope, owner, kind)[0].constructs)

    def depend_on_all(self, scope: Construct, construct: Construct, owner: Any, kind: str) -> None:
        """Create a construct after those of a kind, and delete it before them.

        It depends on all in its own stack, also on those that are defined later.

        Args:
            scope: The construct's parent.
            construct: The construct.
            owner: The owner, as constructs take it.
            kind: What the others are.
        """
        found, stack = self._find(scope, owner, kind)
        found.dependents[construct] = stack
        for other, its_stack in found.constructs.items():
            if its_stack is stack:
                _depend(construct, other)

    def _find(self, scope: Construct, owner: Any, kind: str) -> tuple[_OfKind, Stack]:
        stack = stack_of(scope)
        if stack not in _APPS:
            _APPS[stack] = stack.node.root
        of_app = self._by_app.setdefault(_APPS[stack], defaultdict(_OfKind))
        return of_app[self._identity(stack, owner), kind], stack

    def _identity(self, referring: Stack, owner: Any) -> str:
        """The same text wherever an app refers to the same owner."""
        arn = str(self._arn.wire(owner))
        if not is_token(arn):
            return arn
        construct = owner if isinstance(owner, Construct) else referenced(arn)
        stack = referring if construct is None else Stack.of(construct)
        return json.dumps([stack.node.path, stack.resolve(arn)], sort_keys=True)


def _depend(construct: Any, other: Any) -> None:
    """Let the resource of a construct depend on that of another one.

    Not the whole constructs: a role in a dataset's construct may have rights on its solution.
    """
    construct._resource.node.add_dependency(other._resource)
