"""The output of a synthesis, and the assets that an account needs before a deploy."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from personalize_local.address import ACCOUNT, REGION

if TYPE_CHECKING:
    from aws_cdk import Stack

_BOOTSTRAP_PARAMETERS = "/cdk-bootstrap/"
_BOOTSTRAP_VERSION = "1000000"  # newer than any that a template asks for
_PLACEHOLDERS = {"${AWS::AccountId}": ACCOUNT, "${AWS::Region}": REGION, "${AWS::Partition}": "aws"}


@dataclass(frozen=True)
class StackArtifact:
    """A stack of a cloud assembly.

    Attributes:
        name: The stack's name.
        template: Its template.
        folder: The assembly's folder.
        assets: Its asset manifests.
    """

    name: str
    template: dict[str, Any]
    folder: Path
    assets: tuple[dict[str, Any], ...]


def stacks_for(stack: Stack) -> list[StackArtifact]:
    """Synthesize, and return the stacks to deploy: those that the stack depends on, then the stack."""
    from aws_cdk import Stage  # noqa: PLC0415 (slow, and needed only for CDK stacks)

    folder = Path(Stage.of(stack).synth().directory)  # type: ignore[union-attr] # an app is a stage
    artifacts = _read(folder / "manifest.json")["artifacts"]
    return [
        _stack(folder, artifacts, name)
        for name in _in_order(stack.artifact_id, artifacts)
        if artifacts[name]["type"] == "aws:cloudformation:stack"
    ]


def publish(artifact: StackArtifact, s3: Any, ssm: Any) -> None:
    """Upload the assets of a stack, and create what `cdk bootstrap` would.

    Args:
        artifact: The stack.
        s3: A boto3 client of the account.
        ssm: Another boto3 client of it.

    Raises:
        ValueError: An asset is a container image.
    """
    for parameter in artifact.template.get("Parameters", {}).values():
        default = str(parameter.get("Default"))
        if default.startswith(_BOOTSTRAP_PARAMETERS):
            ssm.put_parameter(Name=default, Value=_BOOTSTRAP_VERSION, Type="String", Overwrite=True)
    for manifest in artifact.assets:
        if manifest.get("dockerImages"):
            raise ValueError(
                f"stack {artifact.name} has container images as assets: the local AWS runs no containers; "
                "leave them out of a local deploy"
            )
        for key, asset in manifest.get("files", {}).items():
            body = _body(key, artifact.folder, asset["source"])
            for destination in asset["destinations"].values():
                bucket = _resolved(destination["bucketName"])
                s3.create_bucket(Bucket=bucket)
                s3.put_object(Bucket=bucket, Key=_resolved(destination["objectKey"]), Body=body)


def _stack(folder: Path, artifacts: Mapping[str, Any], name: str) -> StackArtifact:
    properties = artifacts[name]["properties"]
    manifests = (
        _read(folder / artifacts[other]["properties"]["file"])
        for other in artifacts[name].get("dependencies", ())
        if artifacts[other]["type"] == "cdk:asset-manifest"
    )
    return StackArtifact(
        name=properties.get("stackName", name),
        template=_read(folder / properties["templateFile"]),
        folder=folder,
        assets=tuple(manifests),
    )


def _in_order(name: str, artifacts: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> list[str]:
    """The artifacts that an artifact depends on, then the artifact. The CDK refuses cycles."""
    found: dict[str, None] = {}
    for other in artifacts[name].get("dependencies", ()):
        if other in artifacts and other not in seen:
            found |= dict.fromkeys(_in_order(other, artifacts, seen | {name}))
    return [*found, name]


def _body(key: str, folder: Path, source: Mapping[str, str]) -> bytes:
    path = folder / source["path"]
    return _zipped(key, path) if source["packaging"] == "zip" else path.read_bytes()


_zips: dict[str, bytes] = {}


def _zipped(key: str, folder: Path) -> bytes:
    if key not in _zips:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        _zips[key] = buffer.getvalue()
    return _zips[key]


def _resolved(text: str) -> str:
    for placeholder, value in _PLACEHOLDERS.items():
        text = text.replace(placeholder, value)
    return text


def _read(path: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value
