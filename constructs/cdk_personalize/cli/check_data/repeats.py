"""Repeated keys among any number of records, found in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile

_PARTS = 64  # of 20 million keys, 300,000 are in memory at a time
_IN_MEMORY = 1 << 14  # bytes of a part: more go to a file


class Keys(ExitStack):
    """The keys of records, as 64-bit hashes, in temporary files by their last bits.

    Two different keys have the same hash in one of 100,000 files with 20 million records.
    """

    def __init__(self) -> None:
        super().__init__()
        files = (SpooledTemporaryFile(max_size=_IN_MEMORY) for _ in range(_PARTS))  # noqa: SIM115 (see below)
        self._parts = [self.enter_context(file) for file in files]

    def add(self, keys: Iterable[Hashable], lines: Sequence[int]) -> None:
        """Add the keys of records, with the lines of the records."""
        entries = [array("q") for _ in self._parts]
        for entry in zip(map(hash, keys), lines, strict=True):
            entries[entry[0] % _PARTS].extend(entry)
        for part, added in zip(self._parts, entries, strict=True):
            part.write(added.tobytes())

    def repeated(self) -> Iterator[int]:
        """Yield the line of each record whose key an earlier one has."""
        for entries in self._entries():
            seen: set[int] = set()
            for key, line in zip(entries[::2], entries[1::2], strict=True):
                if key in seen:
                    yield line
                seen.add(key)

    def counts(self) -> tuple[int, int]:
        """Return how many different keys there are, and how many of them more than one record has."""
        different = several = 0
        for entries in self._entries():
            seen: set[int] = set()
            again: set[int] = set()
            for key in entries[::2]:
                (again if key in seen else seen).add(key)
            different += len(seen)
            several += len(again)
        return different, several

    def _entries(self) -> Iterator[array[int]]:
        """Yield the keys and lines of each part in turn."""
        for part in self._parts:
            part.seek(0)
            yield array("q", part.read())
