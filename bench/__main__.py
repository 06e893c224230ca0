"""Measure all parts, or those named, and write the page: `python -m bench start imports`."""

from __future__ import annotations

import importlib
import subprocess
import sys

from bench.page import ON_REQUEST, PAGE, PARTS, figure, text, verdict, write

# The parts that share a module with another one; the others are `rows` of a module of their name.
_SHARED = {"synthesis": ("imports", "synthesis_rows"), "scale": ("deploys", "scale_rows")}


def _measure(part: str) -> None:
    module, function = _SHARED.get(part, (part, "rows"))
    measure = getattr(importlib.import_module(f"bench.{module}"), function)
    print(f"\n{part}", flush=True)
    measured = measure()
    write(part, measured)
    for row in measured:
        print(f"  {figure(row.measured):>8} {row.unit:10} {row.verdict:6} {row.name}", flush=True)


def main(arguments: list[str]) -> None:
    """Run each part in a process of its own: one sets its processor, another the log."""
    match arguments:
        case ["--part", part]:
            _measure(part)
        case _:
            if unknown := [name for name in arguments if name not in PARTS + ON_REQUEST]:
                known = ", ".join(PARTS + ON_REQUEST)
                sys.exit(f"no such part: {', '.join(unknown)}; there are {known}")
            for part in arguments or PARTS:
                subprocess.run([sys.executable, "-m", "bench", "--part", part], check=True)
            PAGE.write_text(text())
            print(verdict())


if __name__ == "__main__":
    main(sys.argv[1:])
