"""A stack's template without the parts that change by themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from aws_cdk import Stack, Stage
from aws_cdk.assertions import Template

from cdk_personalize.testing import _marks


def template_of(source: Stack | Template | Mapping[str, Any]) -> dict[str, Any]:
    """Return a template with stable marks in place of what changes without you.

    The marks replace hashes of assets (`[HASH]`), the runtimes that aws-cdk-lib and this library choose for
    the provider's functions (`[RUNTIME]`), the check of the bootstrap version (`[BOOTSTRAP]`), what
    aws-cdk-lib reports about itself (`[CDK METADATA]`) and the paths of assets on this machine (`[PATH]`).
    Everything else is as deployed, so your changes show, and so do changes of a solution or of the provider.

    Args:
        source: A stack, which may be nested or in a stage; its whole stage is synthesized. Or a template:
            object keys and image tags then show which hashes are those of assets, less exactly than the list
            of assets of a stack.
    """
    if isinstance(source, Stack):
        stage = cast(Stage, Stage.of(source))  # an app is one
        folder = Path(stage.synth().directory)
        template = json.loads((folder / source.template_file).read_text(encoding="utf-8"))
        return _marks.marked(template, _asset_hashes(folder) | _marks.hashes_of_parameters(template))
    template = source.to_json() if isinstance(source, Template) else source
    return _marks.marked(template, _marks.hashes_in(template) | _marks.hashes_of_parameters(template))


def _asset_hashes(assembly: Path) -> set[str]:
    """The hashes of all assets of a cloud assembly; a nested stack's are in its parent's manifest."""
    manifests = (json.loads(path.read_text(encoding="utf-8")) for path in assembly.glob("*.assets.json"))
    return {
        name
        for manifest in manifests
        for kind in ("files", "dockerImages")
        for name in manifest.get(kind, {})
    }
