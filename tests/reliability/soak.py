"""Random lives of stacks by the ten thousand, on every core, with one line at the end: `make soak`."""

from __future__ import annotations

import argparse
import logging
import os
import random
import sys
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(_ROOT / root) for root in ("constructs", "lambda", "local", "tests")]

from hypothesis import seed as with_seed
from hypothesis.stateful import run_state_machine_as_test

from support.virtual_time.adopting_machine import RandomAdoptingStacks
from support.virtual_time.campaign_machine import RandomAdoptingCampaigns, RandomCampaigns
from support.virtual_time.event_rules import OneFunction
from support.virtual_time.framework_runtime import framework_runtime
from support.virtual_time.machine import RandomStacks, lives
from support.virtual_time.pipeline_machine import RandomPipelines

_SHORT_SECONDS = 125
_AT_ONCE = 100  # sequences between two lines of progress
_BROKEN = ("leaks", "foreign touches", "stuck waits")


def run(seed: int, sequences: int) -> tuple[Counter[str], str]:
    """Run so many lives; what they met, and the first failure if there was one.

    The seed also says which: half of them behind the provider framework, a quarter with adoption, a quarter
    with the single function, which has time for one look and polls for the rest. Every other four are lives
    of campaigns, of which those without adoption have pipelines every other time.
    """
    logging.disable()  # a life has hundreds of failed requests, which crhelper would log with tracebacks
    solutions: tuple[type[RandomStacks], type[RandomStacks]] = (RandomStacks, RandomAdoptingStacks)
    plain, adopting = (RandomCampaigns, RandomAdoptingCampaigns) if seed // 4 % 2 else solutions
    machine = adopting if seed % 4 == 1 else plain
    if machine is RandomCampaigns and seed // 8 % 2:
        machine = RandomPipelines
    machine.tally.clear()
    with framework_runtime() as framework:
        machine.runtime = OneFunction(_SHORT_SECONDS) if seed % 4 == 3 else framework
        try:
            run_state_machine_as_test(with_seed(seed)(machine), settings=lives(sequences))
        except Exception:  # the parent process reports it with its seed
            return Counter(machine.tally), f"seed {seed}:\n{traceback.format_exc()}"
    return Counter(machine.tally), ""


def main() -> int:
    """Run all and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sequences", type=int, default=10_000, help="how many (default: 10,000)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="where chance begins")
    options = parser.parse_args()
    batches = range(options.seed, options.seed + -(-options.sequences // _AT_ONCE))
    total: Counter[str] = Counter()
    failures = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for tally, failure in pool.map(run, batches, [_AT_ONCE] * len(batches)):
            total += tally
            if failure:  # at once, for a long run may be broken off
                failures.append(failure)
                print(failure, flush=True)
            print(f"{total['sequences']} sequences, {len(failures)} failures", flush=True)
    met = {"sequences", "requests", "faults injected", *_BROKEN}
    print("soak: " + ", ".join(f"{total[name]:,} {name}" for name in sorted(met, key=_order)))
    return 1 if failures else 0


def _order(name: str) -> int:
    return ["sequences", "requests", "faults injected", *_BROKEN].index(name)


if __name__ == "__main__":
    sys.exit(main())
