"""The output of `cdk synth`: the stacks of a cloud assembly, and their templates."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_STACK, _NESTED = "aws:cloudformation:stack", "cdk:cloud-assembly"
_ENVIRONMENT = re.compile(r"aws://([^/]+)/(.+)")


class NoAssemblyError(Exception):
    """A folder or file does not hold what was expected."""


@dataclass(frozen=True)
class SynthesizedStack:
    """A stack as it was synthesized.

    Attributes:
        name: The stack's name.
        id: Its id in the app, by which the CDK CLI calls it.
        template: Its template.
        account: The account that it is for, if that is known.
        region: The Region that it is for, if that is known.
    """

    name: str
    id: str
    template: Mapping[str, Any]
    account: str | None
    region: str | None


def stacks(folder: Path) -> Iterator[SynthesizedStack]:
    """The stacks of a cloud assembly, those of its stages included.

    Args:
        folder: The assembly, such as `cdk.out`.

    Raises:
        NoAssemblyError: The folder holds none, or one that can't be read.
    """
    manifest = read_json(folder / "manifest.json", "run `cdk synth` first, or name its folder with --app")
    try:
        yield from _stacks_of(folder, manifest)
    except (AttributeError, KeyError, TypeError) as error:
        raise NoAssemblyError(f"{folder} is not what `cdk synth` writes: run it again") from error


def _stacks_of(folder: Path, manifest: Mapping[str, Any]) -> Iterator[SynthesizedStack]:
    for id, artifact in manifest.get("artifacts", {}).items():
        properties = artifact.get("properties", {})
        if artifact.get("type") == _NESTED:
            yield from stacks(folder / properties["directoryName"])
        elif artifact.get("type") == _STACK:
            place = _ENVIRONMENT.fullmatch(artifact.get("environment", ""))
            account, region = (_known(part) for part in place.groups()) if place else (None, None)
            file = folder / properties["templateFile"]
            template = read_template(file, "run `cdk synth` again")
            name = properties.get("stackName", id)
            yield SynthesizedStack(name, artifact.get("displayName", id), template, account, region)


def read_json(file: Path, fix: str) -> Mapping[str, Any]:
    """Read the JSON object in a file.

    Args:
        file: The file.
        fix: What to do if there is none.

    Raises:
        NoAssemblyError: There is none.
    """
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError as error:
        raise NoAssemblyError(f"there is no {file}: {fix}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise NoAssemblyError(f"{file} can't be read as JSON ({error}): {fix}") from error
    if not isinstance(content, dict):
        raise NoAssemblyError(f"{file} does not contain a JSON object: {fix}")
    return content


def read_template(file: Path, fix: str) -> Mapping[str, Any]:
    """Read the CloudFormation template in a file.

    Args:
        file: The file.
        fix: What to do if there is none.

    Raises:
        NoAssemblyError: There is none.
    """
    template = read_json(file, fix)
    parts = [template.get(name, {}) for name in ("Resources", "Parameters")]
    found = [*parts, *(each for part in parts if isinstance(part, dict) for each in part.values())]
    resources = parts[0].values() if isinstance(parts[0], dict) else ()
    found += [each.get("Properties", {}) for each in resources if isinstance(each, dict)]
    if not all(isinstance(part, dict) for part in found):
        raise NoAssemblyError(f"{file} is not a CloudFormation template: {fix}")
    return template


def _known(part: str) -> str | None:
    return None if part.startswith("unknown-") else part
