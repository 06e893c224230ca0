"""The objects in S3 that jobs read and write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from personalize_local.simulator.engine.scope import Scope

_CHUNK = 1024 * 1024


class ObjectsError(Exception):
    """Objects cannot be read or written. The text is the failure reason of the job."""


@dataclass(frozen=True, slots=True)
class Location:
    """What `s3://BUCKET/KEY` names: an object, or a folder of which only the first level counts (rule 183).

    Attributes:
        bucket: The bucket.
        key: The key of an object, or of a folder with or without the slash at its end. Empty for the bucket.
    """

    bucket: str
    key: str

    @classmethod
    def of(cls, uri: str) -> Location:
        """Return the location of a URI that begins with `s3://`."""
        parts = urlsplit(uri)
        # A key can contain what separates the parts of other URIs.
        return cls(parts.netloc, uri.removeprefix("s3://").partition("/")[2])

    def keys(self, existing: Iterable[str]) -> list[str]:
        """Return the keys of the objects that it names, in order."""
        known = set(existing)
        if self.key in known and not self.key.endswith("/"):
            return [self.key]
        folder = f"{self.key.rstrip('/')}/" if self.key else ""
        inside = (key for key in known if key.startswith(folder) and key != folder)
        return sorted(key for key in inside if "/" not in key[len(folder) :])

    def require(self, existing: Iterable[str]) -> list[str]:
        """Return the keys of the objects that it names.

        Raises:
            ObjectsError: There are none. The service's words are not known (?).
        """
        keys = self.keys(existing)
        if not keys:
            raise ObjectsError(f"There is no data at s3://{self.bucket}/{self.key}.")
        return keys


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object.

    Attributes:
        key: Its key in the bucket.
        read: Returns its content. It raises `ObjectsError` if that cannot be read.
    """

    key: str
    read: Callable[[], bytes]

    def chunks(self) -> Iterable[bytes]:
        """Yield the content in pieces."""
        content = self.read()
        for start in range(0, len(content), _CHUNK):
            yield content[start : start + _CHUNK]


ReadObjects = Callable[[Location, Scope, str | None], Sequence[StoredObject]]
"""Returns the objects at a location, for the caller's account and the ARN of a role, if there is one.

It raises `ObjectsError` if the role or the bucket does not allow it, or if there is nothing.
"""

WriteObject = Callable[[Location, bytes, Scope, str | None], None]
"""Writes the object at a location, for the caller's account and the ARN of a role.

It raises `ObjectsError` if there is no such bucket, or if the role or the bucket does not allow it.
"""


class ObjectStore:
    """A small S3 in memory, for a simulator without a local AWS around it. It has no policies."""

    def __init__(self) -> None:
        self._buckets: dict[str, dict[str, bytes]] = {}

    def put(self, uri: str, content: bytes) -> None:
        """Store an object.

        Raises:
            ValueError: `uri` is not `s3://BUCKET/KEY`.
        """
        location = Location.of(uri)
        if not uri.startswith("s3://") or not location.bucket or not location.key:
            msg = f"expected s3://BUCKET/KEY: got {uri!r}"
            raise ValueError(msg)
        self._buckets.setdefault(location.bucket, {})[location.key] = content

    def get(self, uri: str) -> bytes:
        """Return the content of an object.

        Raises:
            KeyError: There is none.
        """
        location = Location.of(uri)
        return self._buckets.get(location.bucket, {})[location.key]

    def write(self, location: Location, content: bytes, _scope: Scope, _role_arn: str | None) -> None:
        """Write an object (see `WriteObject`). Every bucket is there."""
        self._buckets.setdefault(location.bucket, {})[location.key] = content

    def read(self, location: Location, _scope: Scope, _role_arn: str | None) -> Sequence[StoredObject]:
        """Return the objects at a location (see `ReadObjects`)."""
        bucket = self._buckets.get(location.bucket, {})
        return [StoredObject(key, partial(bucket.__getitem__, key)) for key in location.require(bucket)]
