"""The Lambda asset: the same everywhere, small, and complete."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

LAMBDA = Path(__file__).resolve().parents[2] / "lambda"
NATIVE = {".so", ".pyd", ".dylib", ".dll"}


def build(into: Path, umask: int) -> Path:
    """Copy the sources to a folder of their own and build there."""
    sources = into / "lambda"
    shutil.copytree(LAMBDA, sources, ignore=shutil.ignore_patterns("__pycache__"))
    built = subprocess.run(
        [sys.executable, sources / "build_asset.py"],
        capture_output=True,
        text=True,
        check=True,
        cwd=into,
        umask=umask,
    )
    return Path(built.stdout.strip())


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def asset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An asset of today's sources, away from the checkout."""
    return build(tmp_path_factory.mktemp("one"), umask=0o022)


def test_asset__another_folder_and_umask__same_bytes(asset: Path, tmp_path: Path) -> None:
    other = build(tmp_path / "deep er", umask=0o077)
    assert other.name == asset.name
    assert tree(other) == tree(asset)


def test_asset__built_already__is_found(asset: Path) -> None:
    sources = asset.parents[2] / "lambda"
    assert sources.is_dir()
    # Without pip on the way it can't be built anew.
    environment = {**os.environ, "PIP_NO_INDEX": "1"}
    found = subprocess.run(
        [sys.executable, sources / "build_asset.py"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert Path(found.stdout.strip()) == asset


def test_asset__files__are_source_and_model_only(asset: Path) -> None:
    files = [Path(name) for name in tree(asset)]
    assert not [path for path in files if "__pycache__" in path.parts or path.suffix == ".pyc"]
    assert not [path for path in files if path.suffix in NATIVE]
    assert not [path for path in files if any(part.endswith(".dist-info") for part in path.parts)]
    assert {path.parts[0] for path in files} == {
        "personalize_provider",
        "aws_lambda_powertools",
        "crhelper",
        "typing_extensions.py",
        "licenses",
        "models",
    }


def test_asset__of_what_others_wrote__has_the_terms(asset: Path) -> None:
    requirements = (LAMBDA / "requirements.txt").read_text().splitlines()
    projects = {line.partition("==")[0].replace("-", "_") for line in requirements if "==" in line}
    texts = {path.parent.name: path.read_text() for path in asset.glob("licenses/*/LICENSE*")}
    assert texts.keys() == projects
    assert all(len(text) > 400 for text in texts.values())


def test_asset__provider__is_the_checkouts(asset: Path) -> None:
    ours = {
        name: content
        for name, content in tree(LAMBDA / "personalize_provider").items()
        if "__pycache__" not in name
    }
    assert tree(asset / "personalize_provider") == ours


def test_asset__zipped__is_smaller_than_a_megabyte(asset: Path) -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in tree(asset).items():
            archive.writestr(name, content)
    assert len(zipped.getvalue()) < 1_000_000


def test_asset__alone_with_the_runtimes_botocore__imports_and_uses_its_own_model(
    asset: Path, tmp_path: Path
) -> None:
    runtime = tmp_path / "runtime"  # what a Lambda runtime brings, and nothing else
    runtime.mkdir()
    for package in ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six"):
        source = Path(__import__(package).__file__ or "")
        source = source.parent if source.name == "__init__.py" else source
        (runtime / source.name).symlink_to(source)
    script = textwrap.dedent(f"""
        import sys
        sys.path[:] = [{str(asset)!r}, *(p for p in sys.path if "site-packages" not in p), {str(runtime)!r}]
        sys.dont_write_bytecode = True
        from personalize_provider import framework, sdk
        assert "crhelper" not in sys.modules and "boto3" not in sys.modules  # two functions need neither
        from personalize_provider import single_function
        assert callable(single_function.handler)
        assert callable(framework.on_event) and callable(framework.is_complete)
        assert "solutionArn" in sdk.input_shape("UpdateSolution").members
        loader = sdk._session().get_component("data_loader")
        _, path = loader.load_data_with_path("personalize/2018-05-22/service-2")
        print(path)
        shipped = ("aws_lambda_powertools", "crhelper", "personalize_provider", "typing_extensions")
        outside = {{m.__file__ for name, m in sys.modules.items() if name.partition(".")[0] in shipped}}
        assert all(f is None or f.startswith({str(asset)!r}) for f in outside), outside
    """)
    # -I keeps the environment and the folder out, -S the machine's own packages.
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == str(asset / "models/personalize/2018-05-22/service-2")
