"""What a look at a resource can lead to. Each kind of resource adds its own effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from personalize_provider.aws.errors import LifecycleError


@dataclass(frozen=True)
class Wait:
    """Nothing to do but to look again later.

    Attributes:
        reason: What is waited for.
        throttled: The service asks to be called less.
        next_step: What the reader should do if it is waited for in vain; empty where more time may do.
    """

    reason: str
    throttled: bool = False
    next_step: str = ""


@dataclass(frozen=True)
class Done:
    """The resource is as the request wants it.

    Attributes:
        attributes: What Fn::GetAtt finds; every attribute of the kind, empty where there is no value.
    """

    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Effect:
    """A call that changes something in the account."""


@dataclass(frozen=True)
class Fail:
    """The request can't be met.

    Attributes:
        error: What CloudFormation is told.
        discard: Clean up what this request made before saying so. Not every engine sends the Delete
            that CloudFormation sends after a failed create or replacement; a second one is harmless.
    """

    error: LifecycleError
    discard: Effect | None = None


Step = Wait | Done | Fail | Effect
