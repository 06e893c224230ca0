"""The files in S3 that jobs read and write. Whoever starts the simulator decides where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from personalize_local.simulator.engine.scope import Scope


class FilesError(Exception):
    """Files cannot be read or written. The text is the failure reason of the job."""


class Files(Protocol):
    """The S3 of an account, as a role sees it."""

    def read(self, uri: str, scope: Scope, role_arn: str) -> Mapping[str, bytes]:
        """Return the content of each object whose key begins as in `s3://BUCKET/KEY`, by its key.

        Raises:
            FilesError: There is none, or the role or the bucket does not allow it.
        """

    def write(self, uri: str, content: bytes, scope: Scope, role_arn: str) -> None:
        """Write the object at `s3://BUCKET/KEY`.

        Raises:
            FilesError: There is no such bucket, or the role or the bucket does not allow it.
        """
