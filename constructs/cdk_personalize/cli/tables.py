"""The command's output for people: tables and summaries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from itertools import zip_longest

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import DownloadColumn, Progress
from rich.table import Table
from rich.text import Text

from cdk_personalize.cli.check_data.checker import DataReport
from cdk_personalize.cli.checking import Checked
from cdk_personalize.cli.comparing import Change
from cdk_personalize.cli.runs.run import RUNNING, Metric, Run, metrics
from cdk_personalize.recipe.facts import RecipeFacts, RecipeParameter
from cdk_personalize.recipe.recipe import spelling

_STYLES = {"error": "bold red", "warning": "yellow", "info": "cyan"}
_NOT_A_TERMINAL = 1_000_000  # columns: a row is a line there, to search in and to compare
_MOST_EVENT_TYPES = 20  # rows of a table
_NARROW = 60  # columns: below that, words of a table would break
_CHANGES = {
    "created": ("created", "green"),
    "in-place": ("updated in place", "cyan"),
    "replaced": ("REPLACED", "bold red"),
    "refused": ("REFUSED", "bold red"),
    "unknown": ("MAY BE REPLACED", "yellow"),
    "deleted": ("deleted", "bold red"),
    "unchanged": ("unchanged", ""),
}
_OUTCOMES = {
    "PROMOTED": "green",
    "MEASURED": "green",
    "DRY_RUN": "green",
    "REJECTED": "yellow",
    "ROLLED_BACK": "yellow",
    "FAILED": "bold red",
    "TIMED_OUT": "bold red",
    "ABORTED": "bold red",
    RUNNING: "cyan",
}
_CHECKS = {"PASS": "green", "UNKNOWN": "yellow", "FAIL": "bold red"}

_ALLOWED = {
    "HPO": "allows_hpo",
    "events config": "allows_events_config",
    "objective": "allows_optimization_objective",
    "columns": "allows_training_data_config",
    "incremental updates": "allows_incremental_update",
    "campaign": "allows_campaign",
    "batch inference": "allows_batch_inference",
    "batch segments": "allows_batch_segment",
}


def show_findings(checked: Sequence[Checked]) -> None:
    """Show the findings and their number."""
    rows = [
        (_place(request), Text(finding.severity, _STYLES[finding.severity]), finding.message)
        for request in checked
        for finding in request.findings
    ]
    if rows:
        _show_table(("Request", "", "Finding"), rows)
    severities: list[str] = [finding.severity for request in checked for finding in request.findings]
    counts = [_count(severities.count(severity), severity) for severity in ("error", "warning")]
    requests = sum(request.index is not None for request in checked)
    _show(Text(f"{_count(requests, 'request')}: {', '.join(counts)}"))


def progress(text: str) -> AbstractContextManager[object]:
    """Show progress on the standard error while something runs, if that is a terminal."""
    return Console(stderr=True).status(Text(_printable(text)))


@contextmanager
def progress_bar(text: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on the standard error while something runs, if that is a terminal.

    Args:
        text: What runs.
        total: The bytes that it reads.

    Returns:
        A function that takes the bytes that it has read.
    """
    bar = Progress(
        *Progress.get_default_columns(),
        DownloadColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(escape(_printable(text)), total=total)
        yield lambda done: bar.update(task, completed=done)


def show_data(report: DataReport) -> None:
    """Show the problems of a data file, and what is in it."""
    rows = [
        (
            ", ".join(map(str, finding.lines)) + (" ..." if finding.count > len(finding.lines) > 0 else ""),
            Text(finding.severity, _STYLES[finding.severity]),
            finding.message + (f" ({finding.count:,} times)" if finding.count > 1 else ""),
        )
        for finding in report.findings
    ]
    if rows:
        _show_table(("Lines", "", "Finding"), rows)
    if report.event_types:
        counted = [(kind, f"{count:,}") for kind, count in report.event_types.items()]
        _show_table(("Event type", "Records"), counted[:_MOST_EVENT_TYPES])
    severities: list[str] = [finding.severity for finding in report.findings]
    counts = [_count(severities.count(severity), severity) for severity in ("error", "warning")]
    _show(Text(f"{'; '.join(_contents(report))}: {', '.join(counts)}"))


def _contents(report: DataReport) -> Iterator[str]:
    yield _count(report.records, "record")
    if report.users is not None:
        yield f"{_count(report.users, 'user')}, {report.users_with_two:,} with at least 2 interactions"
    if report.first is not None and report.last is not None:
        yield f"from {_day(report.first)} to {_day(report.last)}"


def _day(seconds: int) -> str:
    """The day of a timestamp, or the number itself if no calendar has it."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def show_changes(changes: Sequence[Change]) -> None:
    """Show what happens to each solution."""
    rows = [
        (
            change.stack,
            change.path or change.logical_id,
            Text(_CHANGES[change.change][0], _CHANGES[change.change][1]),
            "; ".join(_consequences(change)),
        )
        for change in changes
    ]
    if rows:
        _show_table(("Stack", "Solution", "", "What"), rows)
    kinds = [change.change for change in changes]
    counts = [f"{kinds.count(kind)} {words}" for kind, (words, _) in _CHANGES.items() if kind in kinds]
    _show(Text(f"{_count(len(changes), 'solution')}{': ' if counts else ''}{', '.join(counts)}"))


def _consequences(change: Change) -> Iterator[str]:
    if change.members:
        yield ", ".join(change.members)
    yield from change.unknown
    goes = change.change in ("replaced", "unknown", "deleted")
    if goes and change.keeps_old:
        yield "the old solution stays in the account"
    elif goes and change.versions is not None:
        yield f"{'' if change.change != 'unknown' else 'if so, '}{_count(change.versions, 'version')} lost"
    elif goes:
        yield "its versions are lost"
    if change.campaigns:
        one = len(change.campaigns) == 1
        yield (
            f"{'if so, ' if change.change == 'unknown' else ''}{', '.join(change.campaigns)}"
            f" {'is' if one else 'are'} replaced too, and requests fail until a version is promoted"
        )
    if change.change == "refused" and "ServiceToken" in change.members:
        yield "CloudFormation can't move a resource to another provider: keep the provider"
    elif change.change == "refused":
        yield "needs a new solution, and solution_name is taken by the old one: change solution_name as well"


def show_runs(runs: Sequence[Run]) -> None:
    """Show runs, and the metrics of their versions side by side."""
    rows = [
        (
            _minute(one.started_at),
            one.started_by,
            Text(one.outcome, _OUTCOMES.get(one.outcome, "")),
            _verdict((one.record or {}).get("verdict")),
            "; ".join(one.reasons),
        )
        for one in runs
    ]
    if not rows:
        _show(Text("There are no runs yet."))
        return
    _show_table(("Started (UTC)", "Started by", "Outcome", "Verdict", "Reasons"), rows)
    measured = [(one, metric) for one in runs for metric in metrics(one)]
    if not measured:
        return
    width = max(1, *(len(metric.baselines) for _, metric in measured))
    baselines = ["Baseline"] if width == 1 else [f"Baseline {number}" for number in range(1, width + 1)]
    columns = ("Started (UTC)", "Metric", "Candidate", *baselines, "In service", "Required", "Check")
    _show(Text())
    _show_table(columns, [_measured(one, metric, width) for one, metric in measured])


def _measured(one: Run, metric: Metric, width: int) -> tuple[str | Text, ...]:
    baselines = [*map(_number, metric.baselines), *[""] * (width - len(metric.baselines))]
    return (
        _minute(one.started_at),
        metric.name,
        _number(metric.candidate),
        *baselines,
        _number(metric.in_service),
        metric.required,
        _verdict(metric.outcome),
    )


def _verdict(verdict: str | None) -> Text:
    """A verdict, or the outcome of a check. `NONE` is that of a pipeline without a gate."""
    return Text("" if verdict in (None, "NONE") else str(verdict), _CHECKS.get(str(verdict), ""))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _minute(moment: str) -> str:
    return f"{datetime.fromisoformat(moment):%Y-%m-%d %H:%M}"


def show_recipes(recipes: Iterable[RecipeFacts]) -> None:
    """Show each recipe's purpose and what it allows, in a row."""
    rows = [(recipe.name, recipe.recipe_type, ", ".join(_allowed(recipe))) for recipe in recipes]
    _show_table(("Recipe", "Type", "Allows"), rows)


def show_recipe(recipe: RecipeFacts) -> None:
    """Show everything about a recipe."""
    datasets = [*recipe.required_datasets, *map("{} (optional)".format, recipe.optional_datasets)]
    facts = [
        ("In Python", spelling(recipe.name)),
        ("Type", recipe.recipe_type),
        ("Datasets", ", ".join(datasets)),
        ("Allows", ", ".join(_allowed(recipe))),
        *zip_longest(["Notes"], recipe.notes, fillvalue=""),
    ]
    _show(Text(recipe.name, "bold"))
    _show_table(("", ""), [row for row in facts if row[1]])
    for heading, parameters in (
        ("algorithm_hyper_parameters", recipe.algorithm_hyper_parameters),
        ("feature_transformation_parameters", recipe.feature_transformation_parameters),
    ):
        columns = (heading, "Kind", "Default", "Allowed", "HPO", "Notes")
        if parameters:
            _show_table(columns, [_parameter(parameter) for parameter in parameters.values()])
        else:
            _show(Text(f"It has no {heading}."))


def _parameter(parameter: RecipeParameter) -> tuple[str, ...]:
    allowed = ", ".join(parameter.values) or f"{parameter.min} to {parameter.max}"
    notes = [] if parameter.is_settable else ["takes a range only"]
    if parameter.disputed_values:
        notes.append(f"some sources also name {', '.join(parameter.disputed_values)}")
    default = (
        str(parameter.default).lower() if isinstance(parameter.default, bool) else str(parameter.default)
    )
    tunable = "yes" if parameter.is_tunable else ""
    return parameter.name, parameter.kind, default, allowed, tunable, "; ".join(notes)


def _allowed(recipe: RecipeFacts) -> Iterator[str]:
    for word, fact in _ALLOWED.items():
        allowed = getattr(recipe, fact)
        if allowed is not False:
            yield word if allowed else f"{word} (not documented)"


def _place(checked: Checked) -> str:
    if checked.index is None:
        return checked.file
    return f"{checked.file}[{checked.index}] {checked.name or ''}".strip()


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _show_table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    """Show rows as a table: folded where a terminal ends, and below one another where it is narrow."""
    cells = [[_cell(cell) for cell in row] for row in rows]
    console = _console()
    if any(columns) and console.width < _NARROW:
        _show(Text(columns[0], "bold"))
        for row in cells:
            _show(row[0])
            for column, cell in zip(columns[1:], row[1:], strict=True):
                label = f"{column}: " if column else ""
                if cell:
                    _show(Padding(Text.assemble(label, cell), (0, 0, 0, 2)))
        return
    table = Table(box=None, pad_edge=False, show_header=any(columns), header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in cells:
        table.add_row(*row)
    _show(table)


def _cell(cell: str | Text) -> Text:
    return cell if isinstance(cell, Text) else Text(_printable(cell))


def _printable(text: str) -> str:
    """Text from a file, without what would move the cursor of a terminal or end a row."""
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def _show(shown: Padding | Table | Text) -> None:
    """Write to the standard output, without the spaces that a table ends its lines with."""
    console = _console()
    with console.capture() as captured:
        console.print(shown)
    sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def _console() -> Console:
    return Console(width=None if sys.stdout.isatty() else _NOT_A_TERMINAL)
