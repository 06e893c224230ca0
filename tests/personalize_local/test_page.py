from __future__ import annotations

import re
from html.parser import HTMLParser

from personalize_local.simulator import Fault, Personalize, StatusOverride
from personalize_local.simulator.engine.control import Control
from personalize_local.simulator.engine.page import page
from support.virtual_time.simulated import Simulated

CONTROLS = [("GET", "/_personalize/limits"), ("POST", "/_personalize/clock")]


class Outline(HTMLParser):
    """The headings and cells of a page, the classes of its statuses, and whether its tags close."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.classes: list[str] = []
        self.links: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "meta":
            self.open.append(tag)
        self.classes += [value or "" for name, value in attrs if name == "class"]
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1], data))

    def of(self, tag: str) -> list[str]:
        return [text for kind, text in self.texts if kind == tag]


def test_page__of_an_empty_service__says_so() -> None:
    outline = Outline(page(Personalize().state(), CONTROLS))
    assert "No resources yet." in outline.of("p")
    assert outline.open == []


def test_page__of_every_kind__has_a_table_each_and_nothing_from_elsewhere(sim: Simulated) -> None:
    solution = sim.active(performAutoTraining=True)
    sim.fail("solution_version", reason="too few users")
    version = sim.trained(solution)
    sim.campaign(sim.trained(solution))
    text = page(sim.service.state(), CONTROLS)
    outline = Outline(text)
    assert outline.of("h2") == ["Account 123456789012 in us-east-1"]
    assert outline.of("h3") == ["Dataset groups", "Solutions", "Solution versions", "Campaigns"]
    assert {"watch-next", "home-page", "too few users", version.rpartition(":")[2]} <= set(outline.of("td"))
    assert {"status good", "status bad", "status "} <= set(outline.classes)
    assert outline.links == ["/_personalize/limits"]
    assert "http" not in text


def test_page__of_what_is_injected__counts_it(sim: Simulated) -> None:
    sim.service.inject(Fault("ListSolutions", "A"))
    sim.fail("solution")
    sim.service.override_status(StatusOverride("solution", "*", "MIGRATING"))
    assert any(
        "1 faults still to come. 1 failures still to come. 1 status overrides in force." in p
        for p in Outline(page(sim.service.state(), CONTROLS)).of("p")
    )


def test_page__of_hostile_texts__escapes_them(sim: Simulated) -> None:
    evil = "<script>alert('x')</script>&\""
    sim.fail("solution", reason=evil)
    sim.active()
    text = page(sim.service.state(), CONTROLS)
    assert "<script" not in text
    assert evil in Outline(text).of("td")


def test_page__its_moments__are_to_the_second(sim: Simulated) -> None:
    sim.service.advance(0.25)
    sim.active(performAutoTraining=True)
    text = page(sim.service.state(), CONTROLS)

    now = f"{sim.service.clock.now():%Y-%m-%d %H:%M:%S} UTC"
    assert any(paragraph.startswith(f"It is {now}.") for paragraph in Outline(text).of("p"))
    assert re.search(r"\d{2}:\d{2}:\d{2}[.+]", text) is None


def test_page__its_controls__are_links_where_a_browser_can_follow_them(sim: Simulated) -> None:
    answer = Control(sim.service).respond("GET", "/_personalize/", "text/html", b"")
    outline = Outline(answer.body.decode())

    assert "POST /_personalize/clock" in outline.of("code")
    assert set(outline.links) == {
        "/_personalize/",
        "/_personalize/calls",
        "/_personalize/durations",
        "/_personalize/limits",
    }
    for link in outline.links:
        assert Control(sim.service).respond("GET", link, "text/html", b"").status == 200
