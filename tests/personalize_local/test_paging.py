from __future__ import annotations

from base64 import urlsafe_b64encode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalize_local.simulator.engine.paging import listing
from support.virtual_time.simulated import Simulated


def names(page: dict[str, object]) -> list[str]:
    solutions = page["solutions"]
    assert isinstance(solutions, list)
    return [solution["name"] for solution in solutions]


@given(st.sets(st.text(min_size=1, max_size=3)), st.integers(1, 100))
def test_listing__page_by_page__has_every_entry_once_in_order(keys: set[str], size: int) -> None:
    seen: list[object] = []
    request: dict[str, object] = {"maxResults": size}
    while True:
        page = listing("things", request, [(key, {"key": key}) for key in keys])
        things = page["things"]
        assert isinstance(things, list)
        assert len(things) <= size
        seen += [thing["key"] for thing in things]
        if "nextToken" not in page:
            break
        request["nextToken"] = page["nextToken"]
    assert seen == sorted(keys)


def test_list__more_than_a_hundred__comes_in_pages_of_a_hundred(roomy: Simulated) -> None:
    for n in range(101):
        roomy.create(name=f"s{n}")
    first = roomy.call("ListSolutions")
    assert len(first["solutions"]) == 100
    second = roomy.call("ListSolutions", nextToken=first["nextToken"])
    assert len(second["solutions"]) == 1
    assert "nextToken" not in second


def test_list__entry_deleted_between_two_pages__loses_no_other(sim: Simulated) -> None:
    arns = [sim.active(name=f"s{n}") for n in range(4)]
    first = sim.call("ListSolutions", maxResults=2)
    for arn in arns[:2]:
        sim.call("DeleteSolution", solutionArn=arn)
    sim.advance(1)
    second = sim.call("ListSolutions", maxResults=2, nextToken=first["nextToken"])
    assert (names(first), names(second)) == (["s0", "s1"], ["s2", "s3"])


def test_list__token_of_another_list__is_refused(sim: Simulated) -> None:
    sim.active(name="a")
    sim.active(name="b")
    token = sim.call("ListSolutions", maxResults=1)["nextToken"]
    assert sim.refusal("ListCampaigns", nextToken=token)[0] == "InvalidNextTokenException"
    narrowed = {"datasetGroupArn": sim.group, "nextToken": token}
    assert sim.refusal("ListSolutions", **narrowed)[0] == "InvalidNextTokenException"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "====",
        *(urlsafe_b64encode(raw).decode() for raw in (b"{}", b"7", b"[1,2]", b"\xff", b"[" * 1000)),
    ],
)
def test_list__token_of_nobody__is_refused(sim: Simulated, token: str) -> None:
    assert sim.refusal("ListSolutions", nextToken=token)[0] == "InvalidNextTokenException"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(codec="ascii"), max_size=30))
def test_list__any_text_as_token__is_refused(sim: Simulated, token: str) -> None:
    assert sim.refusal("ListSolutions", nextToken=token)[0] == "InvalidNextTokenException"


@pytest.mark.parametrize("size", [0, 101])
def test_list__page_size_out_of_bounds__is_refused(sim: Simulated, size: int) -> None:
    assert sim.refusal("ListSolutions", maxResults=size)[0] == "ValidationException"
