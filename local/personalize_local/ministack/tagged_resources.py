"""The state machines of the Resource Groups Tagging API, which ministack leaves out of GetResources."""

from __future__ import annotations

from collections.abc import Iterator

from ministack.services import stepfunctions, tagging


def register() -> None:
    """Let GetResources find state machines by their tags."""
    tagging._COLLECTORS["states"] = _state_machines


def _state_machines() -> Iterator[tuple[str, list[dict[str, str]]]]:
    for arn, tags in stepfunctions._tags.items():
        yield arn, tagging._normalise_ecs(tags)
