"""Findings that are not errors, as annotations of the construct tree."""

from __future__ import annotations

from collections.abc import Iterable

from aws_cdk import Annotations
from constructs import Construct

from cdk_personalize.model.findings import Doubt, Note, Problem

_PREFIX = "cdk-personalize"


def annotate(construct: Construct, findings: Iterable[Problem | Note]) -> None:
    """Add a warning for each doubt, and an info for each note."""
    for finding in findings:
        if isinstance(finding, Doubt):
            Annotations.of(construct).add_warning_v2(f"{_PREFIX}:{finding.id}", str(finding))
        elif isinstance(finding, Note):
            Annotations.of(construct).add_info_v2(f"{_PREFIX}:{finding.id}", finding.text)
