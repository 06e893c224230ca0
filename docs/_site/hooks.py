"""Add pages that are not in docs/, and make links work both on the site and in the repository.

The documents are written for readers of the repository. A link to a file becomes a link to the page that is
made from it or, if there is none, to the file in the public repository.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
MERMAID = ROOT / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"

_RULES = "rules.md"
# With the default widths, the text of a diagram with many participants is too small to read.
_SEQUENCE = {"width": 126, "actorMargin": 8, "diagramMarginX": 0, "wrap": True, "wrapPadding": 2}
_NARROW_SEQUENCE = f"```mermaid\n%%{{init: {json.dumps({'sequence': _SEQUENCE})}}}%%\nsequenceDiagram"
_MERMAID_SEQUENCE = re.compile(r"^```mermaid\nsequenceDiagram", re.MULTILINE)
_DIAGRAM = re.compile(r'<pre class="mermaid">.*?</pre>', re.DOTALL)
_ITEM = re.compile(r'<ol(?: start="(?P<start>\d+)")?>|<li>')
_TAG = re.compile(r"""(<(?:"[^"]*"|'[^']*'|[^'">])*>)""")
_NO_LINKS = re.compile(r"<(?P<end>/?)(?:a|code|pre|h[1-6])\b")
# "rule 33", "rules 42 and 43", "rules 6 to 14".
_CITATION = re.compile(
    r"(?P<word>\brules?\s+)(?P<numbers>\d+(?:(?:,|\s+and|\s+to|,\s+and)\s+\d+)*)", re.IGNORECASE
)
_DOCUMENT = re.compile(r"\bdocs/(?P<name>[a-z-]+)\.md\b")
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)(?=[)#])")
_INFO_FOR_TESTS = re.compile(r"^```python [a-z]+$", re.MULTILINE)
_ROW = re.compile(r"^\|.*\|$", re.MULTILINE)
_CODE = re.compile(r"`[^`]+`")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/, and the script that draws the diagrams."""
    for path, uri in config.extra["pages"].items():
        files.append(File.generated(config, uri, abs_src_path=str(ROOT / path)))
    for folder in examples():
        files.append(File.generated(config, f"examples/{folder.name}.md", content=example_page(folder)))
    files.append(File.generated(config, "_site/mermaid.tiny.js", abs_src_path=str(MERMAID)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Rewrite the links of a page to other pages or to the public repository."""
    source = source_of(page.file.src_uri, config.extra["pages"])
    pages = pages_by_path(files, config.extra["pages"])

    def led(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[1]))
        if path in pages:
            return posixpath.relpath(pages[path], posixpath.dirname(page.file.src_uri))
        if (ROOT / path).exists():
            kind = "tree" if (ROOT / path).is_dir() else "blob"
            return f"{config.extra['source']}/{kind}/main/{path}"
        return match[1]  # the build reports it as broken

    return _as_python_markdown(_MERMAID_SEQUENCE.sub(_NARROW_SEQUENCE, _LINK.sub(led, markdown)))


def on_page_content(html: str, *, page: Page, **_kwargs: object) -> str:
    """Give each rule an anchor, link citations such as "rule 33" to it, and let diagrams scroll."""
    if page.file.src_uri == _RULES:
        html = with_anchors(html)
    top = posixpath.relpath(".", posixpath.dirname(page.file.src_uri) or ".")
    return _DIAGRAM.sub(r'<div class="diagram">\g<0></div>', with_links(html, top))


def with_anchors(html: str) -> str:
    """Number the items of a page's lists as readers see them: `<li id="rule-33">`."""
    number = 0

    def anchored(match: re.Match[str]) -> str:
        nonlocal number
        if match[0].startswith("<ol"):
            number = int(match["start"] or 1) - 1
            return match[0]
        number += 1
        return f'<li id="rule-{number}">'

    return _ITEM.sub(anchored, html)


def with_links(html: str, top: str) -> str:
    """Link citations of rules and of pages of docs/, except in code, headings and links.

    Args:
        html: A page.
        top: The relative path from its folder to the page of rules.
    """
    depth = 0
    pieces = []
    for piece in _TAG.split(html):
        tag = _NO_LINKS.match(piece)
        if tag:
            depth += -1 if tag["end"] else 1
        is_text = not piece.startswith("<") and depth == 0
        pieces.append(_linked(piece, top) if is_text else piece)
    return "".join(pieces)


def _linked(text: str, top: str) -> str:
    def rules(cited: re.Match[str]) -> str:
        link = rf'<a href="{top}/rules.html#rule-\g<0>">\g<0></a>'
        return cited["word"] + re.sub(r"\d+", link, cited["numbers"])

    return _DOCUMENT.sub(rf'<a href="{top}/\g<name>.html">\g<0></a>', _CITATION.sub(rules, text))


def _as_python_markdown(markdown: str) -> str:
    """Rewrite what Python-Markdown and GitHub interpret differently: bars in a table's code, info strings."""
    plain_bars = _ROW.sub(lambda row: _CODE.sub(lambda code: code[0].replace(r"\|", "|"), row[0]), markdown)
    return _INFO_FOR_TESTS.sub("```python", plain_bars)


def examples() -> list[Path]:
    """The folders of the examples."""
    return sorted(readme.parent for readme in EXAMPLES.glob("*/README.md"))


def example_page(folder: Path) -> str:
    """An example's README, and its modules."""
    modules = (
        f"## {module.name}\n\n```python\n{module.read_text()}```\n" for module in sorted(folder.glob("*.py"))
    )
    return "\n".join([(folder / "README.md").read_text(), *modules])


def source_of(uri: str, pages: dict[str, str]) -> str:
    """The path in the repository of the file that a page is made from."""
    elsewhere = {page: path for path, page in pages.items()}
    if uri in elsewhere:
        return elsewhere[uri]
    if uri.startswith("examples/"):
        return f"{uri.removesuffix('.md')}/README.md"
    return f"docs/{uri}"


def pages_by_path(files: Files, pages: dict[str, str]) -> dict[str, str]:
    """The URI on the site by path in the repository: a page, or the file itself, such as an image."""
    shown = [*files.documentation_pages(), *files.media_files()]
    found = {source_of(file.src_uri, pages): file.src_uri for file in shown}
    for folder in examples():
        page = f"examples/{folder.name}.md"
        found |= {str(path.relative_to(ROOT)): page for path in (folder, *folder.glob("*.py"))}
    return found
