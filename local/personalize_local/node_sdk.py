"""The AWS SDK for Lambda functions in Node.js: Lambda's runtime brings it, so here it has to be found.

Node.js looks for a package in the folders above the file that asks for it, for `require` and for `import`.
Functions are unpacked in the server's data folder, so a link there is enough. Only the scopes that Lambda has
are linked: what else is installed on this machine stays unknown to a function, as on AWS.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_SCOPES = ("@aws-sdk", "@smithy")


def link_sdk(data: Path, folders: Iterable[Path]) -> None:
    """Let functions find the SDK that is installed in the first of some folders that has it.

    Args:
        data: The folder in which functions are unpacked.
        folders: Where `npm install` may have been run.
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
