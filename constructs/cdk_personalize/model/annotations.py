"""What the synthesis says about a solution that is no error."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Annotations
from constructs import Construct

from cdk_personalize.model.errors import Doubt, Problem
from cdk_personalize.model.notes import Note

_PREFIX = "cdk-personalize"


def annotate(solution: Construct, findings: Iterable[Problem]) -> None:
    """Warn of each doubt."""
    for finding in findings:
        if isinstance(finding, Doubt):
            Annotations.of(solution).add_warning_v2(f"{_PREFIX}:{finding.id}", str(finding))


def inform(solution: Construct, note: Note) -> None:
    """Add an info annotation."""
    Annotations.of(solution).add_info_v2(f"{_PREFIX}:{note.id}", note.text)
