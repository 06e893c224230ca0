from __future__ import annotations

import json
from typing import Any

import pytest

from personalize_local.simulator.engine.control import Control
from support.virtual_time.simulated import Simulated


@pytest.fixture
def control(sim: Simulated) -> Control:
    return Control(sim.service)


def ask(control: Control, method: str, name: str, body: object = None) -> tuple[int, Any]:
    raw = b"" if body is None else json.dumps(body).encode()
    response = control.respond(method, f"/_personalize/{name}", "*/*", raw)
    assert response.headers == {"content-type": "application/json"}
    return response.status, json.loads(response.body)


def test_state__asked_for__is_the_services(control: Control, sim: Simulated) -> None:
    assert ask(control, "GET", "") == (200, sim.service.state())


def test_clock__pushed__answers_the_new_moment(control: Control) -> None:
    assert ask(control, "POST", "clock", {"advance": 59}) == (200, {"now": "2026-01-01T00:01:00+00:00"})


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance": "1"},
        {"advance": True},
        {"advance": -1},
        {"advance": 1, "more": 1},
        {"seconds": 1},
        {"scale": 0},
        {"scale": "2"},
        {"scale": True},
        {"scale": 2, "advance": 1},
    ],
)
def test_clock__pushed_wrongly__says_how(control: Control, sim: Simulated, body: object) -> None:
    before = sim.service.clock.now()
    status, answer = ask(control, "POST", "clock", body)
    assert (status, set(answer)) == (400, {"error"})
    assert sim.service.clock.now() == before


def test_clock__scaled__answers_the_scale(control: Control, sim: Simulated) -> None:
    assert ask(control, "POST", "clock", {"scale": 1200}) == (200, {"scale": 1200})
    assert sim.service.clock.scale == 1200


def test_durations__changed__answers_all_of_them(control: Control, sim: Simulated) -> None:
    status, answer = ask(control, "POST", "durations", {"solution_create": 30})
    assert (status, answer["solution_create"], answer["solution_version"]) == (200, 30, 1200)
    assert ask(control, "GET", "durations") == (200, answer)
    assert sim.service.durations.solution_create == 30


def test_limits__changed__answers_all_of_them(control: Control) -> None:
    status, answer = ask(control, "POST", "limits", {"requests_per_second": 1})
    assert (status, answer["requests_per_second"]) == (200, 1)
    assert ask(control, "GET", "limits") == (200, answer)


@pytest.mark.parametrize("name", ["durations", "limits"])
@pytest.mark.parametrize("body", [{"nope": 1}, {"self": 1}, {"dataset_group": "x", "dataset_groups": "x"}])
def test_settings__changed_wrongly__say_how(control: Control, name: str, body: object) -> None:
    status, answer = ask(control, "POST", name, body)
    assert (status, set(answer)) == (400, {"error"})


def test_faults__given_and_cleared__strike_and_strike_no_more(control: Control, sim: Simulated) -> None:
    fault = {"operation": "ListSolutions", "code": "LimitExceededException", "times": 2}
    assert ask(control, "POST", "faults", fault) == (
        200,
        fault | {"message": "injected by a test", "after": False},
    )
    assert sim.refusal("ListSolutions")[0] == "LimitExceededException"
    assert ask(control, "DELETE", "faults") == (200, {"faults": []})
    sim.call("ListSolutions")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"operation": None}, "operation must be of type str"),
        ({"operation": "CreateMagic"}, "unknown operation"),
        ({"times": "2"}, 'times must be of type int | None: got "2"'),
        ({"times": True}, "times must be of type int | None: got true"),
        ({"times": 1.0}, "times must be of type int | None: got 1.0"),
        ({"times": 0}, "times must be 1 or more: got 0"),
        ({"after": 1}, "after must be of type bool"),
        ({"nope": 1}, "expected the members operation, code, message, times, after"),
    ],
)
def test_faults__given_wrongly__say_how(control: Control, change: dict[str, object], words: str) -> None:
    status, answer = ask(control, "POST", "faults", {"operation": "ListSolutions", "code": "A"} | change)
    assert (status, words in answer["error"]) == (400, True), answer


def test_faults__without_a_code__say_what_is_expected(control: Control) -> None:
    status, answer = ask(control, "POST", "faults", {"operation": "ListSolutions"})
    assert (status, "got operation" in answer["error"]) == (400, True)


def test_faults__for_ever__are_given_as_null(control: Control, sim: Simulated) -> None:
    fault = {"operation": "ListSolutions", "code": "A", "times": None}
    status, answer = ask(control, "POST", "faults", fault)
    assert (status, answer["times"]) == (200, None)
    assert [sim.refusal("ListSolutions")[0] for _ in range(3)] == ["A", "A", "A"]


def test_statuses__told_and_cleared__are_told_and_then_true_again(control: Control, sim: Simulated) -> None:
    arn = sim.active()
    override = {"resource": "solution", "name": "watch-next", "status": "MIGRATING"}
    assert ask(control, "POST", "statuses", override) == (200, override | {"instead_of": "*"})
    assert sim.status(arn) == "MIGRATING"
    assert ask(control, "GET", "")[1]["statuses"] == [override | {"instead_of": "*"}]
    assert ask(control, "DELETE", "statuses") == (200, {"statuses": []})
    assert sim.status(arn) == "ACTIVE"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resource": "campaign"}, "unknown resource 'campaign'"),
        ({"status": None}, "status must be of type str: got null"),
        ({"instead": "ACTIVE"}, "expected the members resource, name, status, instead_of"),
    ],
)
def test_statuses__told_wrongly__say_how(
    control: Control, sim: Simulated, change: dict[str, object], words: str
) -> None:
    override = {"resource": "solution", "name": "*", "status": "MIGRATING"} | change
    status, answer = ask(control, "POST", "statuses", override)
    assert (status, words in answer["error"]) == (400, True), answer
    assert sim.status(sim.active()) == "ACTIVE"


def test_outcomes__told__let_the_next_creation_fail(control: Control, sim: Simulated) -> None:
    told = {"resource": "solution", "name": "watch*", "outcome": "fail", "reason": "no data"}
    assert ask(control, "POST", "outcomes", told) == (200, told)
    assert sim.status(sim.active()) == "CREATE FAILED"


@pytest.mark.parametrize("change", [{"outcome": "succeed"}, {"resource": "recipe"}, {"name": 7}, {"more": 1}])
def test_outcomes__told_wrongly__say_how(control: Control, sim: Simulated, change: dict[str, object]) -> None:
    told = {"resource": "solution", "name": "*", "outcome": "fail", "reason": "no data"} | change
    status, answer = ask(control, "POST", "outcomes", told)
    assert (status, set(answer)) == (400, {"error"})
    assert sim.status(sim.active()) == "ACTIVE"


def test_calls__listed_and_cleared__are_the_log(control: Control, sim: Simulated) -> None:
    ask(control, "DELETE", "calls")
    sim.refusal("DescribeSolution")
    assert ask(control, "GET", "calls") == (
        200,
        {
            "calls": [
                {
                    "operation": "DescribeSolution",
                    "scope": {"partition": "aws", "region": "us-east-1", "account": "123456789012"},
                    "time": "2026-01-01T00:00:01+00:00",
                    "outcome": "ValidationException",
                    "request": {},
                }
            ]
        },
    )
    assert ask(control, "DELETE", "calls") == (200, {"calls": []})
    assert ask(control, "GET", "calls") == (200, {"calls": []})


def test_reset__of_everything__leaves_nothing(control: Control, sim: Simulated) -> None:
    status, state = ask(control, "POST", "reset")
    assert (status, state["accounts"]) == (200, [])
    assert sim.service.calls() == []


def test_items__of_any_kind_but_texts__are_refused(control: Control) -> None:
    assert ask(control, "POST", "items", {"items": ["a", "b"]}) == (200, {"items": ["a", "b"]})
    for body in ({"items": [1]}, {"items": "a"}, {}, {"items": [], "more": 1}):
        status, answer = ask(control, "POST", "items", body)
        assert status == 400
        assert "expected" in answer["error"]


@pytest.mark.parametrize(
    ("method", "name"), [("GET", "nope"), ("PUT", "clock"), ("DELETE", ""), ("GET", "clock")]
)
def test_path__of_nobody__lists_what_there_is(control: Control, method: str, name: str) -> None:
    status, answer = ask(control, method, name)
    assert status == 404
    assert "POST /_personalize/clock" in answer["known"]
    assert len(answer["known"]) == 15


@pytest.mark.parametrize("raw", [b"{", b"[]", b'"x"', b"\xff"])
def test_body__that_is_no_json_object__is_refused(control: Control, raw: bytes) -> None:
    response = control.respond("POST", "/_personalize/durations", "*/*", raw)
    assert response.status == 400
    assert "body" in json.loads(response.body)["error"]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json, text/html", "application/json"),
        ("text/html, application/json", "text/html; charset=utf-8"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("", "application/json"),
    ],
)
def test_state__by_what_is_preferred__is_a_page_or_json(control: Control, accept: str, kind: str) -> None:
    assert control.respond("GET", "/_personalize/", accept, b"").headers["content-type"] == kind
