"""The page of a run, in Markdown, so that it can be pasted into an issue.

It names neither the account nor the caller.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from conformance.question import Result
from conformance.run import Run

_ORDER = ("different", "not asked", "same")
_TITLES = {"different": "Different", "not asked": "Not asked", "same": "As expected"}


def page(run: Run, facts: Mapping[str, str], prefix: str) -> str:
    """Return the page.

    Args:
        run: The run.
        facts: What to say of its circumstances, such as the Region.
        prefix: The prefix of the run's names, which the page leaves out.
    """
    lines = ["# Conformance of Amazon Personalize", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += [f"- Result: {summary(run)}", ""]
    for verdict in _ORDER:
        results = [result for result in run.results if result.verdict == verdict]
        if results:
            lines += [f"## {_TITLES[verdict]}", "", *_table(results), ""]
    if run.left:
        lines += ["## Left behind", "", *(f"- {what}" for what in run.left), ""]
    return _anonymous("\n".join(lines), prefix)


def summary(run: Run) -> str:
    """Return the numbers of the run in one line."""
    counts = [f"{run.count(verdict)} {verdict}" for verdict in ("same", "different", "not asked")]
    left = f"{len(run.left)} resources left behind" if run.left else "nothing left behind"
    return f"{', '.join(counts)}; {left}{'; interrupted' if run.interrupted else ''}"


def _table(results: Iterable[Result]) -> Iterable[str]:
    yield "| Rule | Question | Expected | Seen | The service's words |"
    yield "|---|---|---|---|---|"
    for result in results:
        seen = result.seen.answer if result.seen else "not asked"
        words = result.seen.message if result.seen else result.reason
        cells = (", ".join(map(str, result.rules)), result.text, result.expected, seen, words)
        yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").replace("<", "&lt;")


def _anonymous(text: str, prefix: str) -> str:
    """Hide account numbers, and the caller's name in messages of refused permissions."""
    text = re.sub(r"arn:[a-z-]+:(iam|sts)::\d{12}:\S+", "CALLER", text.replace(prefix, ""))
    return re.sub(r"(?<![\d-])\d{12}(?!\d)", "ACCOUNT", text)
