"""The HTTP controls of a running simulator, under `/_personalize/`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields
from types import NoneType
from typing import Any, TypeVar

from personalize_local.simulator.engine import snapshot
from personalize_local.simulator.engine.faults import Fault
from personalize_local.simulator.engine.page import page
from personalize_local.simulator.engine.planned_failures import Failure
from personalize_local.simulator.engine.service import Personalize
from personalize_local.simulator.engine.status_overrides import StatusOverride
from personalize_local.simulator.engine.wire import Response

PREFIX = "/_personalize"
"""The path of the controls."""

_Record = TypeVar("_Record", Fault, Failure, StatusOverride)
_Body = Mapping[str, Any]

_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int | None": (int, NoneType),
}


class Control:
    """Answers control requests.

    Args:
        service: The service to control.
    """

    def __init__(self, service: Personalize) -> None:
        self._service = service
        self._routes: Mapping[tuple[str, str], Callable[[_Body], object]] = {
            ("GET", ""): lambda _: service.state(),
            ("POST", "clock"): self._set_clock,
            ("GET", "durations"): lambda _: asdict(service.durations),
            ("POST", "durations"): lambda body: asdict(service.set_durations(**body)),
            ("GET", "limits"): lambda _: asdict(service.limits),
            ("POST", "limits"): lambda body: asdict(service.set_limits(**body)),
            ("POST", "faults"): self._inject,
            ("DELETE", "faults"): self._clear_faults,
            ("POST", "outcomes"): self._fail_next,
            ("POST", "statuses"): self._override_status,
            ("DELETE", "statuses"): self._clear_statuses,
            ("POST", "items"): self._recommend,
            ("POST", "reset"): self._reset,
            ("GET", "calls"): lambda _: {"calls": [snapshot.call(call) for call in service.calls()]},
            ("DELETE", "calls"): self._clear_calls,
        }

    def respond(self, method: str, path: str, accept: str, body: bytes) -> Response:
        """Answer one request in JSON. A browser that requests the root gets an HTML page.

        Args:
            method: The HTTP method.
            path: The path, beginning with `/_personalize`.
            accept: The header of that name.
            body: The request's body.
        """
        name = path.removeprefix(PREFIX).strip("/")
        route = self._routes.get((method, name))
        if route is None:
            known = [f"{verb} {PREFIX}/{route}" for verb, route in self._routes]
            return _json(404, {"error": f"no control at {method} {path}", "known": known})
        if (method, name) == ("GET", "") and _prefers_html(accept):
            headers = {"content-type": "text/html; charset=utf-8"}
            controls = [(verb, f"{PREFIX}/{route}") for verb, route in self._routes]
            return Response(200, headers, page(self._service.state(), controls).encode())
        try:
            return _json(200, route(_object(body)))
        except ValueError as error:
            return _json(400, {"error": str(error)})

    def _set_clock(self, body: _Body) -> object:
        match body:
            case {"advance": int() | float() as seconds} if len(body) == 1 and not isinstance(seconds, bool):
                return {"now": self._service.advance(seconds).isoformat()}
            case {"scale": int() | float() as scale} if len(body) == 1:
                self._service.clock.set_scale(scale)
                return {"scale": scale}
        msg = f'expected {{"advance": seconds}} or {{"scale": factor}}: got {json.dumps(body)}'
        raise ValueError(msg)

    def _inject(self, body: _Body) -> object:
        fault = _record(Fault, body)
        self._service.inject(fault)
        return asdict(fault)

    def _clear_faults(self, _: _Body) -> object:
        self._service.clear_faults()
        return {"faults": []}

    def _fail_next(self, body: _Body) -> object:
        if body.get("outcome") != "fail":
            msg = f'outcome must be "fail": got {json.dumps(body.get("outcome"))}'
            raise ValueError(msg)
        failure = _record(Failure, {name: value for name, value in body.items() if name != "outcome"})
        self._service.fail_next(failure)
        return {"outcome": "fail", **asdict(failure)}

    def _override_status(self, body: _Body) -> object:
        override = _record(StatusOverride, body)
        self._service.override_status(override)
        return asdict(override)

    def _clear_statuses(self, _: _Body) -> object:
        self._service.clear_status_overrides()
        return {"statuses": []}

    def _recommend(self, body: _Body) -> object:
        items = body.get("items")
        if set(body) != {"items"} or not isinstance(items, list) or not all(type(i) is str for i in items):
            msg = f'expected {{"items": [item ids]}}: got {json.dumps(body)}'
            raise ValueError(msg)
        return {"items": self._service.recommend(items)}

    def _reset(self, _: _Body) -> object:
        self._service.reset()
        return self._service.state()

    def _clear_calls(self, _: _Body) -> object:
        self._service.clear_calls()
        return {"calls": []}


def _record(kind: type[_Record], body: _Body) -> _Record:
    """Build a record from a JSON object. If the members do not match, the error lists the expected ones."""
    known = {field.name: field for field in fields(kind)}
    missing = {name for name, field in known.items() if field.default is MISSING} - set(body)
    if missing or set(body) - set(known):
        msg = f"expected the members {', '.join(known)}: got {', '.join(body) or 'none'}"
        raise ValueError(msg)
    for name, value in body.items():
        expected = str(known[name].type)
        # Not isinstance: to Python a bool is an int.
        if type(value) not in _TYPES[expected]:
            msg = f"{name} must be of type {expected}: got {json.dumps(value)}"
            raise ValueError(msg)
    return kind(**body)


def _object(body: bytes) -> _Body:
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        msg = f"the body is not JSON: {error}"
        raise ValueError(msg) from error
    if not isinstance(parsed, dict):
        msg = "the body must be a JSON object"
        raise ValueError(msg)  # noqa: TRY004 - every bad control request is a ValueError
    return parsed


def _prefers_html(accept: str) -> bool:
    kinds = [kind.split(";")[0].strip() for kind in accept.split(",")]
    return "text/html" in kinds and ("application/json" not in kinds or _before(kinds))


def _before(kinds: list[str]) -> bool:
    return kinds.index("text/html") < kinds.index("application/json")


def _json(status: int, value: object) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(value, indent=1).encode())
