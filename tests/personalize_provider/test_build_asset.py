"""The Lambda asset: the same everywhere, small, and complete."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path, PurePosixPath

import botocore
import pytest
from aws_cdk import aws_lambda as lambda_

ROOT = Path(__file__).resolve().parents[2]
LAMBDA = ROOT / "lambda"
NATIVE = {".so", ".pyd", ".dylib", ".dll"}
# What the Lambda runtime for Python brings.
RUNTIME = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")

pytestmark = pytest.mark.process


def build(into: Path, umask: int = 0o022, *, compiler: bool = True) -> subprocess.CompletedProcess[str]:
    """Copy the sources to a folder of their own and build there; it prints the asset's path.

    Args:
        into: The folder.
        umask: The permission bits that the build removes from new files.
        compiler: Whether the Python that compiles is at hand there.
    """
    sources = into / "lambda"
    shutil.copytree(LAMBDA, sources, ignore=shutil.ignore_patterns("__pycache__"))
    if compiler:
        (into / "node_modules").symlink_to(ROOT / "node_modules")
    command = [sys.executable, sources / "build_asset.py"]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=into, umask=umask)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file by its path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def installed(package: str) -> Path:
    """Where a package of the tests' own Python is: a folder, or a file."""
    source = Path(importlib.import_module(package).__file__ or "")
    return source.parent if source.name == "__init__.py" else source


@pytest.fixture(scope="module")
def archive() -> Path:
    """The asset of the checkout, which `make test` has built."""
    built = subprocess.run(
        [sys.executable, LAMBDA / "build_asset.py"], capture_output=True, text=True, check=True
    )
    assert built.stderr == ""
    return Path(built.stdout.strip())


@pytest.fixture(scope="module")
def asset(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is in it, as Lambda unpacks it."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


def test_asset__another_folder_and_umask__same_bytes(archive: Path, tmp_path: Path) -> None:
    other = Path(build(tmp_path / "deep er", umask=0o077).stdout.strip())
    assert other.name == archive.name
    assert other.read_bytes() == archive.read_bytes()


def test_asset__without_what_compiles__is_another_one_of_source_and_says_so(
    archive: Path, asset: Path, tmp_path: Path
) -> None:
    built = build(tmp_path, compiler=False)
    other = Path(built.stdout.strip())
    assert "has no byte code" in built.stderr
    assert "npm ci" in built.stderr
    assert other.name != archive.name
    with zipfile.ZipFile(other) as packed:
        content = {name: packed.read(name) for name in packed.namelist()}
    assert content == {name: data for name, data in tree(asset).items() if not name.endswith(".pyc")}


def test_asset__built_already__is_found(archive: Path) -> None:
    # Without pip on the way it can't be built anew.
    environment = {**os.environ, "PIP_NO_INDEX": "1"}
    found = subprocess.run(
        [sys.executable, LAMBDA / "build_asset.py"],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    )
    assert Path(found.stdout.strip()) == archive


def test_asset__files__are_source_its_byte_code_and_data_only(asset: Path) -> None:
    files = [Path(name) for name in tree(asset)]
    assert not [path for path in files if path.suffix in NATIVE]
    assert not [path for path in files if any(part.endswith(".dist-info") for part in path.parts)]
    assert {path.parts[0] for path in files if path.parts[0] != "__pycache__"} == {
        "personalize_provider",
        "aws_lambda_powertools",
        "crhelper",
        "typing_extensions.py",
        "licenses",
        "models",
    }


def test_asset__byte_code__is_of_the_functions_python_and_holds_whatever_its_date(asset: Path) -> None:
    names = tree(asset).keys()
    # CPython 3.14, which `provider.py` names as the runtime; and its magic number.
    version, magic = lambda_.Runtime.PYTHON_3_14.name.removeprefix("python"), 3627
    tag = f"cpython-{version.replace('.', '')}"
    compiled = {name for name in names if name.endswith(".pyc")}
    sources = [PurePosixPath(name) for name in names if name.endswith(".py")]
    assert compiled == {
        f"{path.parent}/__pycache__/{path.stem}.{tag}.pyc".removeprefix("./") for path in sources
    }
    for name in compiled:
        head = (asset / name).read_bytes()[:8]
        assert head[:4] == magic.to_bytes(2, "little") + b"\r\n"
        assert head[4:] == b"\1\0\0\0"  # checked by hash, and that never


def test_asset__in_the_functions_python__runs_from_its_byte_code(asset: Path, tmp_path: Path) -> None:
    task = tmp_path / "task"
    shutil.copytree(asset, task)
    # Were it not for the byte code, this would be run.
    (task / "personalize_provider" / "clock.py").write_text("raise RuntimeError('source')")
    packages = {name: str(path) for name in RUNTIME if (path := installed(name)).is_dir()}
    script = tmp_path / "run.mjs"
    script.write_text(f"""
        import {{ loadPyodide }} from "{(ROOT / "node_modules/pyodide/pyodide.mjs").as_uri()}";
        const python = await loadPyodide({{ env: {{ AWS_DEFAULT_REGION: "us-east-1" }} }});
        python.mountNodeFS("/var/task", {json.dumps(str(task))});
        for (const [name, path] of Object.entries({json.dumps(packages)}))
            python.mountNodeFS("/var/runtime/" + name, path);
        python.FS.writeFile("/var/runtime/six.py", {json.dumps(installed("six").read_text())});
        console.log(python.runPython(`
            import sys
            sys.dont_write_bytecode = True
            sys.path[:0] = ["/var/task", "/var/runtime"]
            from personalize_provider import framework, single_function
            from personalize_provider.aws import sdk
            sdk.personalize().meta.endpoint_url
        `));
    """)
    ran = subprocess.run(["node", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "https://personalize.us-east-1.amazonaws.com"


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
    shipped = tree(asset / "personalize_provider")
    assert {name: content for name, content in shipped.items() if "__pycache__" not in name} == ours


def test_asset__its_size__is_below_a_megabyte(archive: Path) -> None:
    assert archive.stat().st_size < 1_000_000


def test_asset__endpoints__are_those_that_botocore_has_of_our_services(asset: Path) -> None:
    shipped = json.loads((asset / "models" / "endpoints.json").read_text())
    (wheel,) = Path(botocore.__file__).parent.glob("data/endpoints.json")
    whole = json.loads(wheel.read_text())
    assert [p["partition"] for p in shipped["partitions"]] == [p["partition"] for p in whole["partitions"]]
    services = {name for partition in shipped["partitions"] for name in partition["services"]}
    assert services == {"cloudformation", "events", "personalize"}
    for ours, theirs in zip(shipped["partitions"], whole["partitions"], strict=True):
        assert ours["regions"] == theirs["regions"]
        assert all(theirs["services"][name] == ours["services"][name] for name in ours["services"])


def test_asset__alone_with_the_runtimes_botocore__imports_and_uses_its_own_model(
    asset: Path, tmp_path: Path
) -> None:
    runtime = tmp_path / "runtime"  # what a Lambda runtime brings, and nothing else
    runtime.mkdir()
    for package in RUNTIME:
        (runtime / installed(package).name).symlink_to(installed(package))
    script = textwrap.dedent(f"""
        import os, sys
        os.environ["AWS_DEFAULT_REGION"] = "eu-central-1"
        sys.path[:] = [{str(asset)!r}, *(p for p in sys.path if "site-packages" not in p), {str(runtime)!r}]
        sys.dont_write_bytecode = True
        from personalize_provider import framework
        from personalize_provider.aws import sdk
        assert "crhelper" not in sys.modules and "boto3" not in sys.modules  # two functions need neither
        from personalize_provider import single_function
        assert callable(single_function.handler)
        assert callable(framework.on_event) and callable(framework.is_complete)
        assert "solutionArn" in sdk.input_shape("UpdateSolution").members
        loader = sdk._session().get_component("data_loader")
        for name in ("personalize/2018-05-22/service-2", "endpoints"):
            print(loader.load_data_with_path(name)[1])
        print(sdk.personalize().meta.endpoint_url)
        shipped = ("aws_lambda_powertools", "crhelper", "personalize_provider", "typing_extensions")
        outside = {{m.__file__ for name, m in sys.modules.items() if name.partition(".")[0] in shipped}}
        assert all(f is None or f.startswith({str(asset)!r}) for f in outside), outside
    """)
    # -I keeps the environment and the folder out, -S the machine's own packages.
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert ran.returncode == 0, ran.stderr
    models = asset / "models"
    assert ran.stdout.splitlines() == [
        str(models / "personalize/2018-05-22/service-2"),
        str(models / "endpoints"),
        "https://personalize.eu-central-1.amazonaws.com",
    ]
