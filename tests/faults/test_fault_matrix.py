"""Every fault of every call in every phase of a resource's life: outcomes.md.

`make test` runs a fixed part that has each fault, each phase and each duration of every operation in it.
The environment variable FAULT_MATRIX selects more: `all` runs the whole matrix, and `update` also
writes what it sees to the document.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.wire import fault_table
from support.wire import faults as wire_faults
from support.wire.fault_run import Run, identity_problems, outcome, run
from support.wire.fault_table import COLUMNS, Combination, Table
from support.wire.faults import WireFault
from support.wire.lifecycles import PHASES, Phase
from support.wire.servers import Wire

DOCUMENT = Path(__file__).with_name("outcomes.md")

_PHASES = {phase.name: phase for phase in PHASES}
_MODE = os.environ.get("FAULT_MATRIX", "")


def _rows() -> list[Combination]:
    return [
        Combination(operation, fault.name, phase.name)
        for operation in wire_faults.operations()
        for fault in wire_faults.faults(operation)
        for phase in PHASES
        if operation in phase.operations
    ]


def _part() -> Iterator[tuple[Combination, tuple[str, ...]]]:
    """Each fault of each operation once, in the operation's next phase and for the next duration."""
    columns = itertools.cycle(COLUMNS)
    for operation in wire_faults.operations():
        phases = itertools.cycle(phase.name for phase in PHASES if operation in phase.operations)
        next(columns)  # so that the same fault of the next operation has another duration
        for fault in wire_faults.faults(operation):
            yield Combination(operation, fault.name, next(phases)), (next(columns),)


ROWS = _rows()
RUN = [(row, tuple(COLUMNS)) for row in ROWS] if _MODE else list(_part())


def fault_of(row: Combination) -> WireFault:
    return next(fault for fault in wire_faults.faults(row.operation) if fault.name == row.fault)


@pytest.mark.parametrize(
    ("row", "columns"), RUN, ids=[" / ".join([*row, *(columns if not _MODE else ())]) for row, columns in RUN]
)
def test_request__fault_on_the_wire__keeps_its_promises(
    row: Combination,
    columns: tuple[str, ...],
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
    usual: Callable[[Phase], Run],
) -> None:
    phase = _PHASES[row.phase]
    seen, problems = {}, []
    for column in columns:
        times = COLUMNS[column]
        result = run(wire, monkeypatch, phase, fault_of(row), row.operation, times)
        assert result.fired > 0, f"{column}: the fault was never met"
        seen[column] = outcome(result, usual(phase), row.operation, times)
        found = [*identity_problems(result, usual(phase)), *result.problems]
        problems += [f"{column}: {problem}" for problem in found]
    if _MODE == "update":
        _write(row, tuple(seen.values()))
    assert not problems, "\n".join(problems)
    documented = dict(zip(COLUMNS, fault_table.read(DOCUMENT).get(row, ()), strict=False))
    assert seen == {column: documented.get(column) for column in columns}, (
        f"{DOCUMENT.name} says otherwise; if this is as it should be: FAULT_MATRIX=update pytest tests/faults"
    )


def _write(row: Combination, outcomes: tuple[str, ...]) -> None:
    def change(table: Table) -> Table:
        return {**table, row: outcomes}

    fault_table.rewrite(DOCUMENT, ROWS, change)


def test_document__rows__are_those_of_the_matrix() -> None:
    if _MODE == "update":
        fault_table.rewrite(DOCUMENT, ROWS, lambda table: table)  # leaves out what there is no more
        assert set(fault_table.read(DOCUMENT)) <= set(ROWS)
        return
    assert set(fault_table.read(DOCUMENT)) == set(ROWS)


@pytest.mark.parametrize("phase", PHASES, ids=lambda phase: phase.name)
def test_phase__no_fault__calls_what_the_matrix_faults(phase: Phase, usual: Callable[[Phase], Run]) -> None:
    result = usual(phase)
    assert result.problems == []
    assert result.calls.keys() == set(phase.operations)


def test_phases__all__call_every_operation_of_the_provider() -> None:
    called = {operation for phase in PHASES for operation in phase.operations}
    assert called == set(wire_faults.operations())


def test_part__of_the_matrix__has_each_fault_phase_and_duration_of_every_operation() -> None:
    part = dict(_part())
    assert set(part) <= set(ROWS)
    assert {(row.operation, row.fault) for row in part} == {(row.operation, row.fault) for row in ROWS}
    assert {(row.operation, row.phase) for row in part} == {(row.operation, row.phase) for row in ROWS}
    durations = {(row.operation, column) for row, columns in part.items() for column in columns}
    assert durations == {(row.operation, column) for row in ROWS for column in COLUMNS}
