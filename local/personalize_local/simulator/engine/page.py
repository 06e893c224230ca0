"""The simulator's state as an HTML page: a table for each kind, with no file from another server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from personalize_local.simulator.engine.kind import Table
from personalize_local.simulator.kinds import KINDS

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.4rem; margin: 0 }
h2 { font-size: 1.1rem; margin: 2rem 0 0 }
h3 { font-size: 1rem; margin: 1rem 0 .3rem }
p { margin: .2rem 0; opacity: .75 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0 }
th, td { border-bottom: 1px solid var(--line); overflow-wrap: break-word; min-width: 5rem }
td:first-child { overflow-wrap: anywhere }
code { white-space: nowrap }
th { font-weight: 600; background: var(--soft) }
.status { font-weight: 600; white-space: nowrap; color: #b7791f }
.moment { white-space: nowrap }
.status.good { color: #2f855a }
.status.bad { color: #c53030 }
"""

_CREATED = "creationDateTime"


def page(state: Mapping[str, Any], controls: Iterable[tuple[str, str]]) -> str:
    """Return the page for a state. Everything that comes from a caller is escaped.

    Args:
        state: The return value of `Personalize.state`.
        controls: The method and the path of each control.
    """
    accounts = "".join(_account(account) for account in state["accounts"])
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Amazon Personalize, simulated</title><style>{_STYLE}</style></head><body>"
        "<h1>Amazon Personalize, simulated</h1>"
        f"<p>It is {escape(_moment(state['now']))}. {_injected(state)}</p>"
        f"<p>Controls: {', '.join(_control(*control) for control in controls)}</p>"
        f"{accounts or '<p>No resources yet.</p>'}</body></html>"
    )


def _control(method: str, path: str) -> str:
    """A control. GET controls are links."""
    text = f"<code>{escape(method)} {escape(path)}</code>"
    return f'<a href="{escape(path)}">{text}</a>' if method == "GET" else text


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _injected(state: Mapping[str, Any]) -> str:
    counts = [
        (len(state["faults"]), "faults still to come"),
        (len(state["outcomes"]), "failures still to come"),
        (len(state["statuses"]), "status overrides in force"),
    ]
    return " ".join(f"{count} {what}." for count, what in counts if count)


def _account(account: Mapping[str, Any]) -> str:
    title = f"Account {account['account']} in {account['region']}"
    tables = "".join(
        _table(kind.table, rows)
        for kind in KINDS.values()
        if kind.table and (rows := _resources(account, kind.table.inside or (kind.plural,)))
    )
    return f"<h2>{escape(title)}</h2>{tables or '<p>No resources.</p>'}"


def _resources(state: Mapping[str, Any], path: Sequence[str]) -> list[Mapping[str, Any]]:
    """The resources on a path of lists, such as the versions of all solutions."""
    found = [state]
    for member in path:
        found = [inner for outer in found for inner in outer[member]]
    return found


def _table(table: Table, rows: Iterable[Mapping[str, Any]]) -> str:
    head = "".join(f"<th>{escape(_title(column))}</th>" for column in table.columns)
    body = "".join(
        f"<tr>{''.join(_cell(table, column, row.get(column)) for column in table.columns)}</tr>"
        for row in rows
    )
    return f"<h3>{escape(table.title)}</h3><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _title(column: str) -> str:
    """`created`, or a member's name in words: `tracking id` for trackingId, `recipe` for recipeArn."""
    words = re.sub(r"(?=[A-Z])", " ", column.removesuffix("Arn")).lower()
    return "created" if column == _CREATED else words


def _cell(table: Table, column: str, value: object) -> str:
    text = "" if value is None else str(value)
    if column in table.times and text:
        return f'<td class="moment">{escape(_moment(text))}</td>'
    if column == "status":
        return f'<td class="status {_mood(text)}">{escape(text)}</td>'
    # The table is that of one account, so the last part of an ARN is enough.
    return f"<td>{escape(text.rpartition(':')[2] if column.endswith('Arn') else text)}</td>"


def _mood(status: str) -> str:
    if status == "ACTIVE":
        return "good"
    return "bad" if status.endswith("FAILED") else ""
