"""Snapshot tests of stacks with syrupy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_cdk import Stack
from aws_cdk.assertions import Template
from syrupy.extensions.json import JSONSnapshotExtension

from cdk_personalize.testing import template_of


class TemplateSnapshotExtension(JSONSnapshotExtension):
    """Compares stacks and templates in the form of `template_of`, with one JSON file for each assertion.

    `assert stack == snapshot.use_extension(TemplateSnapshotExtension)` is a whole test. Anything other than a
    `Stack`, a `Template` of the CDK or a mapping is compared as JSON.
    """

    def serialize(self, data: Any, **options: Any) -> Any:
        """Write a stack or a template as it is stored."""
        if isinstance(data, Stack | Template | Mapping):
            data = template_of(data)
        return super().serialize(data, **options)
