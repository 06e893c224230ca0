"""The plots of docs/performance.md, as SVG: the same bytes from the same figures."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from bench.row import Row, figure
from bench.series import Series
from bench.summary import KNOWN

# Okabe and Ito's colours, which colour-blind people can tell apart, and marks and dashes besides. The first
# is ours.
_SIDES = (("#0072B2", "o", "-"), ("#D55E00", "s", "--"), ("#009E73", "^", "-."), ("#CC79A7", "D", ":"))
_INK, _PAPER, _GRID = "#1F2328", "#F6F8FA", "#D1D9E0"

# On paper of its own, for readers with a dark page see the same file. Text stays text.
_STYLE = {
    "axes.axisbelow": True,
    "axes.edgecolor": _INK,
    "axes.facecolor": _PAPER,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": _INK,
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "axes.titlesize": 13,
    "figure.facecolor": _PAPER,
    "font.family": "DejaVu Sans",  # which matplotlib brings: text has the same size everywhere
    "font.size": 11,
    "grid.color": _GRID,
    "legend.edgecolor": "none",
    "legend.facecolor": _PAPER,
    "legend.framealpha": 1,
    "lines.linewidth": 2,
    "svg.fonttype": "none",
    "svg.hashsalt": "cdk-personalize",
    "text.color": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_NOTHING_OF_THE_RUN = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_WIDTH = 8.5  # inches, at 72 points each

_COLOURS = {"met": "#0072B2", "missed": "#D55E00", "": "#8C959F"}
_VERDICTS = {"met": "target met", "missed": "target missed", "": "no target"}
_TARGET: dict[str, Any] = {
    "color": _INK,
    "linestyle": "none",
    "marker": "|",
    "markersize": 15,
    "markeredgewidth": 3,
}
_BEFORE: dict[str, Any] = {
    "color": _INK,
    "linestyle": "none",
    "marker": "D",
    "markersize": 5,
    "markerfacecolor": _PAPER,
}
_EVEN: dict[str, Any] = {"color": _INK, "linewidth": 1, "linestyle": (0, (4, 3))}


def plots(rows: Mapping[str, Sequence[Row]], series: Mapping[str, Series]) -> dict[str, str]:
    """Each plot that there are figures for, by its name.

    Args:
        rows: By part.
        series: By name. What is before the comma says to which plot it belongs, `synthesis`, `lag`, `time` or
            `calls`; what follows names the line in it. The first is ours.
    """

    def of(what: str) -> dict[str, Series]:
        return {
            name.removeprefix(f"{what}, "): line
            for name, line in series.items()
            if name.startswith(f"{what}, ")
        }

    with style.context(_STYLE, after_reset=True):
        drawn = {"ratios": _ratios(rows)}
        if lines := of("synthesis"):
            drawn["synthesis"] = _synthesis(lines)
        if lines := of("lag"):
            drawn["lag"] = _lag(lines)
        if (seconds := of("time")) and (calls := of("calls")):
            drawn["scale"] = _scale(seconds, calls)
        return {name: _svg(plot) for name, plot in drawn.items()}


def _svg(plot: Figure) -> str:
    written = io.StringIO()
    plot.savefig(written, format="svg", metadata=_NOTHING_OF_THE_RUN)
    return written.getvalue()


def _ratios(rows: Mapping[str, Sequence[Row]]) -> Figure:
    """A bar for each ratio, the figure and its name above it."""
    bars = [row for part in rows.values() for row in part if row.unit == "times"]
    plot = Figure(figsize=(_WIDTH, 1.6 + 0.46 * len(bars)), layout="constrained")
    axes = plot.subplots()
    axes.axvline(1, zorder=0, **_EVEN)
    for place, row in enumerate(bars):
        name, before = KNOWN.get(row.name, (row.name, None))
        axes.barh(place, row.measured, height=0.34, color=_COLOURS[row.verdict])
        if row.most is not None:
            axes.plot(row.most, place, **_TARGET)
        if before is not None:
            axes.plot(before, place, **_BEFORE)
        shown = ": ".join(filter(None, [name.replace("`", ""), row.verdict]))
        for text, offset, weight in ((figure(row.measured), 0, "bold"), (shown, 34, "normal")):
            axes.annotate(
                text,
                (0, place - 0.27),
                (offset, 0),
                textcoords="offset points",
                va="bottom",
                weight=weight,
                fontsize=9.5,
                bbox={"facecolor": _PAPER, "edgecolor": "none", "pad": 1},
            )
    axes.set(
        xlim=(0, None),
        ylim=(len(bars) - 0.6, -0.8),
        yticks=[],
        xlabel="times as long, or as much, as the other side",
    )
    axes.spines["left"].set_visible(False)
    axes.set_title("Every ratio of this page, beside its target", pad=34)
    legend = axes.legend(
        handles=[
            *(Patch(color=_COLOURS[word], label=label) for word, label in _VERDICTS.items()),
            Line2D([], [], label="target", **_TARGET),
            Line2D([], [], label="before the work on it", **_BEFORE),
            Line2D([], [], label="as much as the other side", **_EVEN),
        ],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        borderpad=0,
        ncols=6,
        fontsize=9,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    legend.set_in_layout(False)  # else the bars end where it does
    return plot


def _synthesis(lines: Mapping[str, Series]) -> Figure:
    """Seconds for each number of solutions."""
    plot = Figure(figsize=(_WIDTH, 4.2), layout="constrained")
    axes = plot.subplots()
    _draw(axes, lines)
    axes.set(
        title="Time to synthesize a stack, from the start of Python to its end",
        xlabel="solutions in the stack",
        ylabel="seconds",
        xlim=(0, None),
        ylim=(0, None),
    )
    axes.grid(axis="y")
    axes.legend(loc="lower right")
    return plot


def _lag(lines: Mapping[str, Series]) -> Figure:
    """The share of deploys that were told within so many seconds."""
    plot = Figure(figsize=(_WIDTH, 4.2), layout="constrained")
    axes = plot.subplots()
    for (name, line), (colour, _, dashes) in zip(lines.items(), _SIDES, strict=False):
        _, lags = _columns(line)
        shown = f"{name}: median {figure(median(lags))} s"
        axes.ecdf(lags, color=colour, linestyle=dashes, label=shown)
    axes.axvline(1, zorder=0, **_EVEN)
    axes.text(1.05, 0.02, "target of the median", fontsize=9.5)
    axes.set(
        title="From ACTIVE to the answer, of solutions ready after 1 to 30 s",
        xlabel="seconds of lag, at most",
        ylabel="share of the deploys",
        xlim=(0, None),
        ylim=(0, 1.02),
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1))
    axes.grid(axis="y")
    axes.legend(loc="lower right")
    return plot


def _scale(seconds: Mapping[str, Series], calls: Mapping[str, Series]) -> Figure:
    """Seconds and calls for each number of solutions, beside the least that there can be."""
    plot = Figure(figsize=(_WIDTH, 4.4), layout="constrained")
    left, right = plot.subplots(1, 2)
    for axes, lines, title, unit, least, words in (
        (left, seconds, "Time at 1 request/s", "seconds", 1, "the least: 1 s each, 2 to update"),
        (right, calls, "Calls at 1 request/s", "calls", 2, "the least: 2 calls each"),
    ):
        _draw(axes, lines)
        numbers, _ = _columns(next(iter(lines.values())))
        axes.plot(numbers, [least * number for number in numbers], label=words, **_EVEN)
        axes.set(title=title, xlabel="solutions in the stack", ylabel=unit, xscale="log", yscale="log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid()
        axes.legend(loc="lower right")
    return plot


def _draw(axes: Axes, lines: Mapping[str, Series]) -> None:
    for (name, line), (colour, marker, dashes) in zip(lines.items(), _SIDES, strict=False):
        axes.plot(*_columns(line), color=colour, marker=marker, linestyle=dashes, label=name, clip_on=False)


def _columns(line: Series) -> tuple[list[float], list[float]]:
    return [x for x, _ in line.points], [y for _, y in line.points]
