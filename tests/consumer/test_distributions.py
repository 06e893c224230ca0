"""The sdist and the wheel: the same bytes from one commit, their content, and their page on an index."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from readme_renderer import markdown

from support.processes.distributions import ROOT, Distributions, build, copy_of_the_checkout

REPOSITORY = "https://github.com/cdk-personalize/cdk-personalize"
# A quarter more than today's. Powertools unpruned, or a whole botocore, go beyond it.
MOST_BYTES = 1_500_000


def test_dist__another_folder_and_umask__same_bytes(distributions: Distributions, tmp_path: Path) -> None:
    other = build(copy_of_the_checkout(tmp_path / "a copy"), tmp_path / "dist", umask=0o077)
    assert other.sdist.name == distributions.sdist.name
    assert other.sdist.read_bytes() == distributions.sdist.read_bytes()
    assert other.wheel.name == distributions.wheel.name
    assert other.wheel.read_bytes() == distributions.wheel.read_bytes()


def test_wheel__its_size__is_bounded(distributions: Distributions) -> None:
    assert distributions.wheel.stat().st_size < MOST_BYTES


def test_wheel__its_files__are_the_two_packages_and_the_asset(distributions: Distributions) -> None:
    names = {name for name in distributions.wheel_files() if ".dist-info/" not in name}
    ours = {
        path.relative_to(root).as_posix()
        for root, package in ((ROOT / "constructs", "cdk_personalize"), (ROOT / "local", "personalize_local"))
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    asset = {name for name in names if name.startswith("cdk_personalize/_lambda/")}
    assert names - asset == ours
    assert {"cdk_personalize/py.typed", "personalize_local/py.typed"} < ours
    (zipped,) = asset
    with ZipFile(BytesIO(distributions.wheel_files()[zipped])) as archive:
        assert {
            "personalize_provider/framework.py",
            "personalize_provider/__pycache__/framework.cpython-314.pyc",
        } < set(archive.namelist())
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_distributions__checked_strictly__pass(distributions: Distributions) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", distributions.sdist, distributions.wheel]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert checked.stdout.count("PASSED") == 2


def test_metadata__links__are_of_one_repository(distributions: Distributions) -> None:
    links = dict(link.split(", ", maxsplit=1) for link in distributions.metadata().get_all("Project-URL", []))
    assert links.keys() == {"Homepage", "Documentation", "Changelog", "Issues", "Source"}
    assert all(link.startswith(REPOSITORY) for link in links.values())
    assert (ROOT / links["Documentation"].removeprefix(f"{REPOSITORY}/tree/main/")).is_dir()
    assert (ROOT / links["Changelog"].removeprefix(f"{REPOSITORY}/blob/main/")).is_file()


def test_metadata__classifiers__name_the_framework(distributions: Distributions) -> None:
    assert "Framework :: AWS CDK :: 2" in distributions.metadata().get_all("Classifier", [])


def test_metadata__extras__are_promised_ones_and_only_local_has_ministack(
    distributions: Distributions,
) -> None:
    metadata = distributions.metadata()
    assert set(metadata.get_all("Provides-Extra", [])) == {"cli", "local", "testing"}
    ministack = [text for text in metadata.get_all("Requires-Dist", []) if text.startswith("ministack")]
    # The one that the project's own tests run with.
    pinned = re.search(r"^ministack==(.*)$", (ROOT / "requirements-local.txt").read_text(), re.MULTILINE)
    assert pinned
    assert ministack == [f"ministack=={pinned[1]}; extra == 'local'"]


@pytest.fixture
def page(distributions: Distributions) -> str:
    """The package page's text, as the package index renders it."""
    rendered = markdown.render(distributions.metadata().get_payload())
    assert isinstance(rendered, str)
    return rendered


def test_package_page__its_links__lead_somewhere(page: str, distributions: Distributions) -> None:
    version = distributions.metadata()["Version"]
    files = f"{REPOSITORY}/blob/v{version}/"
    anchors = set(re.findall(r'\bid="([^"]+)"', page))
    links = re.findall(r'href="([^"]+)"', page)
    broken = [
        link
        for link in links
        if not (
            (link.startswith("#") and link[1:] in anchors)
            or (link.startswith(files) and (ROOT / link.removeprefix(files).partition("#")[0]).exists())
            or (link.startswith(("http://", "https://")) and not link.startswith(files))
        )
    ]
    assert broken == []
    assert sum(link.startswith(files) for link in links) > 5


def test_build_system__what_packs_the_files__is_exact() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    inexact = [text for text in project["build-system"]["requires"] if "==" not in text]
    assert inexact == ["pip>=23.2"]
