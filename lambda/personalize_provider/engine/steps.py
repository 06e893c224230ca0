"""The steps that can follow a look at a resource. Each kind adds its own effects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from personalize_provider.aws.errors import LifecycleError


@dataclass(frozen=True)
class Wait:
    """Look again later.

    Attributes:
        reason: What the request waits for.
        throttled: The service throttled a call.
        next_step: What the user should do if the wait ends at the deadline; empty if more time may help.
    """

    reason: str
    throttled: bool = False
    next_step: str = ""


@dataclass(frozen=True)
class Done:
    """The resource is in the desired state.

    Attributes:
        attributes: Values for Fn::GetAtt: every attribute of the kind, empty if it has no value.
    """

    attributes: Mapping[str, str]


@dataclass(frozen=True)
class Effect:
    """A call that changes something in the account."""


@dataclass(frozen=True)
class Fail:
    """The request fails.

    Attributes:
        error: The failure to report to CloudFormation.
        discard: Cleans up what this request made before it fails. CloudFormation sends a Delete after a
            failed create or replacement, but not every emulator does; a second one is harmless.
    """

    error: LifecycleError
    discard: Effect | None = None


Step = Wait | Done | Fail | Effect
