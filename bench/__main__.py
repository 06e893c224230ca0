"""Measure all parts, or those named, and write the page: `python -m bench start imports`."""

from __future__ import annotations

import importlib
import subprocess
import sys

from bench.page import PAGE, page
from bench.record import PARTS, write
from bench.row import Row


def _measure(part: str) -> None:
    measured = importlib.import_module(f"bench.{part}").rows()
    write(part, measured)
    for row in (row for row in measured if isinstance(row, Row)):
        print(f"{row.verdict.strip('*') or '-':7} {row.measured:10,.2f} {row.unit:10} {row.name}", flush=True)


def main(arguments: list[str]) -> None:
    """Run each part in a process of its own: a large one would hide how little memory a small one takes."""
    match arguments:
        case ["--part", part]:
            _measure(part)
        case _:
            if unknown := [name for name in arguments if name not in PARTS]:
                sys.exit(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
            for part in arguments or PARTS:
                subprocess.run([sys.executable, "-m", "bench", "--part", part], check=True)
            PAGE.write_text(page())


if __name__ == "__main__":
    main(sys.argv[1:])
