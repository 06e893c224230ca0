"""What there is to say of a solution that is neither an error nor a doubt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Note:
    """An information.

    Attributes:
        id: By which it is acknowledged, like a warning's.
        text: One or two sentences, without the last full stop.
    """

    id: str
    text: str


TRAINING_IS_OFF = Note(
    "auto-training-off",
    "The request does not say performAutoTraining. The service would train every 7 days, and bill it; "
    "this solution does not train by itself. Say performAutoTraining, or give auto_training, to choose",
)
"""A request that is silent on automatic training means none here (rule 33)."""
