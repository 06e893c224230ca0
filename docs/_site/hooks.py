"""What the site needs beyond docs/: pages kept elsewhere, and links that work in both places.

The documents are written for readers of the repository. A link to a file is led to the page that is made of
it or, where there is none, to the file in the public repository.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
MERMAID = ROOT / "node_modules" / "@mermaid-js" / "tiny" / "dist" / "mermaid.tiny.js"

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
    """Lead the links of a page to other pages or to the public repository."""
    source = source_of(page.file.src_uri, config.extra["pages"])
    pages = pages_by_path(files, config.extra["pages"])

    def led(match: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[1]))
        if path in pages:
            return posixpath.relpath(pages[path], posixpath.dirname(page.file.src_uri))
        if (ROOT / path).exists():
            kind = "tree" if (ROOT / path).is_dir() else "blob"
            return f"{config.extra['source']}/{kind}/main/{path}"
        return match[1]  # the build says that it leads nowhere

    return _as_python_markdown(_LINK.sub(led, markdown))


def _as_python_markdown(markdown: str) -> str:
    """Rewrite what Python-Markdown and GitHub read differently: a bar in a table's code, an info string."""
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
    """The path in the repository of what a page is made of."""
    elsewhere = {page: path for path, page in pages.items()}
    if uri in elsewhere:
        return elsewhere[uri]
    if uri.startswith("examples/"):
        return f"{uri.removesuffix('.md')}/README.md"
    return f"docs/{uri}"


def pages_by_path(files: Files, pages: dict[str, str]) -> dict[str, str]:
    """What the site has of each file of the repository: a page, or the file itself, as of pictures."""
    shown = [*files.documentation_pages(), *files.media_files()]
    found = {source_of(file.src_uri, pages): file.src_uri for file in shown}
    for folder in examples():
        page = f"examples/{folder.name}.md"
        found |= {str(path.relative_to(ROOT)): page for path in (folder, *folder.glob("*.py"))}
    return found
