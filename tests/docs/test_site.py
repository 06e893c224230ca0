"""The site that `make docs` builds: whole, with all that is public, and with nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import cdk_personalize
import cdk_personalize.testing
from support.pages.documents import ROOT

PUBLIC = [
    *(f"cdk_personalize.{name}" for name in cdk_personalize.__all__),
    *(f"cdk_personalize.testing.{name}" for name in cdk_personalize.testing.__all__),
    "cdk_personalize.testing.syrupy.TemplateSnapshotExtension",
    "personalize_local.pytest_plugin.personalize_simulator",
    "personalize_local.pytest_plugin.local_aws",
]
_LOADED = re.compile(r"""<(?:script|img|iframe|link)\b[^>]*?\b(?:src|href)=["']?((?:https?:)?//[^"'>\s]+)""")


def build(folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "true", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The HTML of each page, by its path in the site."""
    site = tmp_path_factory.mktemp("site")
    result = build(ROOT, site)
    assert result.returncode == 0, result.stdout + result.stderr
    return {str(path.relative_to(site)): path.read_text() for path in site.rglob("*.html")}


def test_site__of_the_project__shows_each_public_name_once(pages: dict[str, str]) -> None:
    shown = [name for page in pages.values() for name in re.findall(r'<h\d id="([\w.]+)"', page)]
    assert {name: shown.count(name) for name in PUBLIC} == dict.fromkeys(PUBLIC, 1)


def test_site__of_the_project__loads_nothing_from_elsewhere(pages: dict[str, str]) -> None:
    assert {name: loaded for name, page in pages.items() if (loaded := _LOADED.findall(page))} == {}


def test_links__to_files_of_the_repository__lead_to_their_page_or_the_public_source(
    pages: dict[str, str],
) -> None:
    assert 'href="architecture.html#ownership"' in pages["iam.html"]
    assert "/blob/main/app.py" in pages["index.html"]
    assert 'href="examples/campaign_lambda.html"' in pages["testing.html"]


def test_rules__cited_anywhere__are_links_to_the_rule(pages: dict[str, str]) -> None:
    anchors = set(re.findall(r'id="(rule-\d+)"', pages["rules.html"]))
    assert anchors == {f"rule-{number}" for number in range(1, len(anchors) + 1)}
    assert len(anchors) > 100
    cited = {name: re.findall(r'href="(\.\.?/rules\.html)#(rule-\d+)"', page) for name, page in pages.items()}
    assert {link for links in cited.values() for _, link in links} <= anchors
    for name in ("command.html", "solutions.html", "api/solutions.html", "rules.html"):
        assert cited[name], name
        up = "../" if "/" in name else "./"
        assert {link for link, _ in cited[name]} == {f"{up}rules.html"}
    # What is left: in code, headings and links, and in the head of the page.
    text = re.sub(r"<(head|a|code|pre|h[1-6])\b.*?</\1>", "", pages["recipes.html"], flags=re.DOTALL)
    assert re.findall(r"\brule \d+", text) == []


def test_documents__named_in_the_api_reference__are_links_to_their_page(pages: dict[str, str]) -> None:
    found = re.findall(
        r'<a href="\.\./([a-z-]+\.html)">docs/',
        "".join(page for name, page in pages.items() if "api/" in name),
    )
    assert "recipes.html" in found
    assert set(found) <= pages.keys()


def test_search__of_pages_opened_from_disk__says_what_it_needs(pages: dict[str, str]) -> None:
    assert "_site/search.js" in pages["index.html"]
    assert "mkdocs serve" in (ROOT / "docs" / "_site" / "search.js").read_text()


def test_diagrams__of_the_site__can_scroll(pages: dict[str, str]) -> None:
    shown = [page for page in pages.values() if 'class="mermaid"' in page]
    assert shown
    assert all('<div class="diagram"><pre class="mermaid">' in page for page in shown)


def test_build__of_a_page_outside_the_nav_that_leads_nowhere__fails_and_says_so(tmp_path: Path) -> None:
    for path in ROOT.iterdir():
        if path.name not in ("docs", "build"):
            tmp_path.joinpath(path.name).symlink_to(path)
    docs = tmp_path / "docs"
    docs.mkdir()
    for path in (ROOT / "docs").iterdir():
        docs.joinpath(path.name).symlink_to(path)
    docs.joinpath("new.md").write_text("# New\n\n[gone](gone.md) [heading](testing.md#gone)\n")

    result = build(tmp_path, tmp_path / "build")

    assert result.returncode == 1
    assert 'not included in the "nav" configuration: new.md' in " ".join(result.stderr.split()).replace(
        "- ", ""
    )
    assert "contains a link 'gone.md', but the target is not found" in result.stderr
    assert "does not contain an anchor '#gone'" in result.stderr
