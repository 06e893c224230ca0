"""The simulator's state as a page to read: a table for each kind of resource, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

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

_KINDS: Mapping[str, tuple[str, Sequence[str]]] = {
    "datasetGroups": ("Dataset groups", ("name", "status", "domain", "failureReason", "creationDateTime")),
    "schemas": ("Schemas", ("name", "domain", "creationDateTime")),
    "datasets": ("Datasets", ("name", "status", "datasetType", "datasetGroupArn", "creationDateTime")),
    "solutions": (
        "Solutions",
        ("name", "status", "recipeArn", "failureReason", "nextTraining", "creationDateTime", "visibleFrom"),
    ),
    "versions": (
        "Solution versions",
        ("solutionVersionArn", "status", "trainingType", "trainingMode", "failureReason", "creationDateTime"),
    ),
    "campaigns": ("Campaigns", ("name", "status", "solutionVersionArn", "failureReason", "creationDateTime")),
    "eventTrackers": (
        "Event trackers",
        ("name", "status", "trackingId", "datasetGroupArn", "failureReason", "creationDateTime"),
    ),
    "filters": (
        "Filters",
        ("name", "status", "filterExpression", "datasetGroupArn", "failureReason", "creationDateTime"),
    ),
}

_TITLES = {
    "creationDateTime": "created",
    "datasetGroupArn": "dataset group",
    "datasetType": "type",
    "failureReason": "failure",
    "filterExpression": "expression",
    "nextTraining": "next training",
    "recipeArn": "recipe",
    "solutionVersionArn": "version",
    "trackingId": "tracking id",
    "trainingMode": "mode",
    "trainingType": "training",
    "visibleFrom": "visible from",
}


_MOMENTS = ("creationDateTime", "nextTraining", "visibleFrom")


def page(state: Mapping[str, Any], controls: Iterable[tuple[str, str]]) -> str:
    """The page of a state. Everything that a caller named is escaped.

    Args:
        state: As `Personalize.state` gives it.
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
    """A control: a link where a browser can follow it."""
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
    versions = [version for solution in account["solutions"] for version in solution["versions"]]
    resources = {**account, "versions": versions}
    title = f"Account {account['account']} in {account['region']}"
    tables = "".join(
        _table(name, columns, resources[kind]) for kind, (name, columns) in _KINDS.items() if resources[kind]
    )
    return f"<h2>{escape(title)}</h2>{tables or '<p>No resources.</p>'}"


def _table(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    head = "".join(f"<th>{escape(_TITLES.get(column, column))}</th>" for column in columns)
    body = "".join(
        f"<tr>{''.join(_cell(column, row.get(column)) for column in columns)}</tr>" for row in rows
    )
    return f"<h3>{escape(name)}</h3><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(column: str, value: object) -> str:
    text = "" if value is None else str(value)
    if column in _MOMENTS and text:
        return f'<td class="moment">{escape(_moment(text))}</td>'
    if column == "status":
        return f'<td class="status {_mood(text)}">{escape(text)}</td>'
    # An ARN's resource says enough in an account's own table.
    return f"<td>{escape(text.rpartition(':')[2] if column.endswith('Arn') else text)}</td>"


def _mood(status: str) -> str:
    if status == "ACTIVE":
        return "good"
    return "bad" if status.endswith("FAILED") else ""
