"""The table of the fault matrix as a document: the tests read it, and rewrite it on request."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

COLUMNS: Mapping[str, int | None] = {"once": 1, "three times": 3, "every time": None}
"""How many calls a fault applies to; None for all."""

_HEAD = """# The fault matrix

The outcome of every fault in every call of the provider, in every phase of a resource's life: a solution's,
or that of the kind that the phase names. The faults are injected on the wire, between the SDK in the handler
and the service. The tests in `tests/faults` write this file and fail when an outcome differs:
`FAULT_MATRIX=all pytest tests/faults` runs the whole matrix, `make test` a fixed part of it, and
`FAULT_MATRIX=update pytest tests/faults` rewrites it.

The fault applies to the first call of the operation, the first three, or every call, until CloudFormation
has finished its reaction to the response.

| Outcome | |
|---|---|
| succeeds | With retries where a call that changes something was made again |
| fails: X | The request fails at once with this code of the service's |
| fails at the deadline | The provider retries until then, and says what failed |
| rolls back | CloudFormation's reaction to the failure succeeds: everything is as before |
| rollback fails | The fault hits the reaction too; once it is gone, repeating that succeeds |
| clean-up fails | The update succeeds; what it replaced can't be deleted while the fault lasts |
| the log names what is left | Only the provider knows what a cancelled update made |

Whatever the outcome, the tests also see that

- the request ends with one final answer by its deadline, with the physical id that it is about;
- a failure names the resource, the operation, what the service said and what to do, in fewer than 1,000
  bytes;
- throttles, quotas, faults of the service or the network, new denials and `ResourceInUseException` are waited
  out while they may pass;
- nothing is left over that the stack doesn't own, at most one resource was created, and the old one of a
  failed replacement is as it was;
- a foreign resource of the kind is unchanged.
"""


class Combination(NamedTuple):
    """What a line of the table is about."""

    operation: str
    fault: str
    phase: str


Table = dict[Combination, tuple[str, ...]]


def read(path: Path) -> Table:
    """The outcomes of each row, by column."""
    table: Table = {}
    operation = ""
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("## "):
            operation = line.removeprefix("## ")
        elif operation and line.startswith("| ") and not line.startswith("| Fault "):
            fault, phase, *outcomes = (cell.strip() for cell in line.strip("|").split("|"))
            table[Combination(operation, fault, phase)] = tuple(outcomes)
    return table


def rewrite(path: Path, order: Iterable[Combination], change: Callable[[Table], Table]) -> None:
    """Change the table; workers that do so at the same time wait for one another."""
    with _locked(path.parent):
        new = path.with_suffix(".new")
        new.write_text(_text(change(read(path)), order))
        new.replace(path)  # at once: others may be reading


def _text(table: Table, order: Iterable[Combination]) -> str:
    parts = [_HEAD]
    rows = [row for row in order if row in table]
    for operation, of_one in groupby(rows, key=lambda row: row.operation):
        parts.append(f"\n## {operation}\n")
        parts.append(f"| Fault | Phase | {' | '.join(COLUMNS)} |\n|---|---|{'---|' * len(COLUMNS)}")
        parts += [f"| {row.fault} | {row.phase} | {' | '.join(table[row])} |" for row in of_one]
    return "\n".join(parts) + "\n"


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
