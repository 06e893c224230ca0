"""The AWS SDK for Lambda functions in Node.js, which is part of Lambda's runtime.

Node.js looks for a package in the folders above the importing file, for `require` and for `import`.
Functions are unpacked in the server's data folder, so a link there is enough. Only the scopes that Lambda has
are linked, so that functions cannot import other packages of this machine, as on AWS.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_SCOPES = ("@aws-sdk", "@smithy")


def link_sdk(data: Path, folders: Iterable[Path]) -> None:
    """Link the SDK from the first of some folders in which it is installed.

    Args:
        data: The folder where functions are unpacked.
        folders: Folders where `npm install` can have been run.
    """
    installed = (folder / "node_modules" for folder in folders)
    found = next((packages for packages in installed if (packages / "@aws-sdk").is_dir()), None)
    if found is None:
        return
    links = data / "node_modules"
    links.mkdir()
    for scope in _SCOPES:
        if (found / scope).is_dir():
            (links / scope).symlink_to((found / scope).resolve(), target_is_directory=True)
