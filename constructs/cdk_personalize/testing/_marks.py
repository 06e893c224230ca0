"""Replaces the parts of a template that change by themselves with marks: JSON in, JSON out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Set
from typing import Any

from cdk_personalize import kinds

HASH = "[HASH]"
RUNTIME = "[RUNTIME]"
BOOTSTRAP = "[BOOTSTRAP]"
CDK_METADATA = "[CDK METADATA]"
PATH = "[PATH]"

_HASH = re.compile(r"[0-9a-f]{64}")
# The object key of a file, or the tag of an image in the repository of the CDK's bootstrap.
_ASSET = re.compile(
    r"(?:(?:\A|/)(?P<file>[0-9a-f]{64})\.[a-z0-9.]+|container-assets-[^:]*:(?P<image>[0-9a-f]{64}))\Z"
)
# The synthesizer of CDK v1 names parameters after hashes, and ends each name with a hash of its own.
_PARAMETER = re.compile(r"AssetParameters([0-9a-f]{64})(S3Bucket|S3VersionKey|ArtifactHash)[0-9A-F]{8}")
_FRAMEWORK = "AWS CDK resource provider framework - "
_HANDLERS = "personalize_provider."
_RUNTIMES = "LatestNodeRuntimeMap"


def marked(template: Mapping[str, Any], hashes: Set[str]) -> dict[str, Any]:
    """Return a template with marks.

    Args:
        template: The template. It stays as it is.
        hashes: What to mark as the hash of an asset, wherever it stands.
    """
    numbers = {name: number for number, name in enumerate(_parameter_hashes(template), 1)}
    result: dict[str, Any] = _without_hashes(template, hashes, numbers)
    for resource in result.get("Resources", {}).values():
        _mark_resource(resource)
    if _RUNTIMES in result.get("Mappings", {}):
        result["Mappings"][_RUNTIMES] = RUNTIME
    if "CDKMetadataAvailable" in result.get("Conditions", {}):
        result["Conditions"]["CDKMetadataAvailable"] = CDK_METADATA
    if "CheckBootstrapVersion" in result.get("Rules", {}):
        result["Rules"]["CheckBootstrapVersion"] = BOOTSTRAP
    bootstrap = result.get("Parameters", {}).get("BootstrapVersion", {})
    if "Description" in bootstrap:
        bootstrap["Description"] = BOOTSTRAP
    return result


def hashes_in(template: Mapping[str, Any]) -> set[str]:
    """The hashes that look like those of assets, except in the properties of Personalize resources."""
    others = {
        name: resource
        for name, resource in template.get("Resources", {}).items()
        if resource.get("Type") not in kinds.KINDS
    }
    return {
        match["file"] or match["image"]
        for text in _texts({**template, "Resources": others})
        for match in _ASSET.finditer(text)
    }


def hashes_of_parameters(template: Mapping[str, Any]) -> set[str]:
    """The hashes that parameters are named after."""
    return set(_parameter_hashes(template))


def _parameter_hashes(template: Mapping[str, Any]) -> list[str]:
    names = " ".join(template.get("Parameters", {}))
    return list(dict.fromkeys(match[1] for match in _PARAMETER.finditer(names)))


def _without_hashes(value: Any, hashes: Set[str], numbers: Mapping[str, int]) -> Any:
    def text(value: str) -> str:
        # Numbered: one mark for all would make one parameter of many.
        named = _PARAMETER.sub(lambda m: f"AssetParameters[HASH {numbers.get(m[1], '')}]{m[2]}", value)
        return _HASH.sub(lambda m: HASH if m[0] in hashes else m[0], named)

    if isinstance(value, str):
        return text(value)
    if isinstance(value, Mapping):
        return {text(key): _without_hashes(item, hashes, numbers) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_hashes(item, hashes, numbers) for item in value]
    return value


def _mark_resource(resource: dict[str, Any]) -> None:
    properties, metadata = resource.get("Properties", {}), resource.get("Metadata", {})
    if resource["Type"] == "AWS::Lambda::Function" and _is_of_provider(properties):
        properties["Runtime"] = RUNTIME
    if resource["Type"] == "AWS::CDK::Metadata":
        properties["Analytics"] = CDK_METADATA
    if "aws:asset:path" in metadata:
        metadata["aws:asset:path"] = PATH


def _is_of_provider(function: Mapping[str, Any]) -> bool:
    """Whether aws-cdk-lib or this library chooses the runtime of a function."""
    description, handler = function.get("Description"), function.get("Handler")
    return str(description).startswith(_FRAMEWORK) or str(handler).startswith(_HANDLERS)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ():
        yield from _texts(item)
