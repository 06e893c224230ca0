"""What the bench reads from public tools, run for real."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest
from bench.processes import Command, by_package, counts, in_turn, said, system_calls


def python(code: str, *options: str) -> Command:
    return Command([sys.executable, *options, "-c", code], os.environ)


def test_in_turn__of_two_commands__runs_them_alternately_after_a_round_to_warm_up(tmp_path: Path) -> None:
    log = tmp_path / "log"
    commands = {name: python(f"print({name!r}, end='', file=open({str(log)!r}, 'a'))") for name in "ab"}

    taken = in_turn(commands, 2)

    assert log.read_text() == "ab" * 3
    assert taken.keys() == {"a", "b"}


def test_in_turn__of_a_command_that_sleeps_and_one_that_fills_memory__sees_both() -> None:
    taken = in_turn(
        {
            "small": python("pass"),
            "slow": python("import time; time.sleep(0.3)"),
            "large": python("held = b'x' * 2**26"),
        },
        1,
    )

    assert taken["slow"].seconds > 0.3
    assert taken["large"].megabytes - taken["small"].megabytes == pytest.approx(64, abs=4)


def test_in_turn__of_a_command_that_fails__says_what_it_said() -> None:
    with pytest.raises(RuntimeError, match="no such film"):
        in_turn({"a": python("raise SystemExit('no such film')")}, 1)


def test_by_package__of_what_python_tells__has_each_package_with_its_modules() -> None:
    told = said(python("import json.decoder", "-X", "importtime"))

    assert {"json", "encodings"} <= by_package(told).keys()
    assert by_package(
        "import time:       400 |        900 |   json.decoder\nimport time: 100 | 500 | json"
    ) == {"json": 0.5}


def test_system_calls__of_a_command__are_counted_where_there_is_strace() -> None:
    counted = system_calls({"a": python("[open('/dev/null') for _ in range(1000)]")})

    assert counted.keys() == ({"a"} if shutil.which("strace") else set())
    for calls in counted.values():
        assert 1000 < calls["openat"] < min(calls["total"], 3000)


def test_counts__of_lines_with_and_without_errors__are_the_calls() -> None:
    summary = """\
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 60.00    0.000600          13      1379       589 openat
 40.00    0.000400                    12           mmap
------ ----------- ----------- --------- --------- ----------------
100.00    0.001000          13      1391       589 total
"""
    assert counts(summary) == {"openat": 1379, "mmap": 12, "total": 1391}
