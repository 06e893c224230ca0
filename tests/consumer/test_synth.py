"""A user's app with the library from the wheel: what synthesis does, and what it leaves alone."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.version import Version

from support.processes.distributions import ROOT, Distributions
from support.processes.installation import INSTALLATIONS, Environment, Synthesis, guarded

Synthesized = Callable[[str], Synthesis]


def test_synth__installed__makes_the_storefronts_template(synthesis: Synthesis) -> None:
    assert synthesis.status == 0, synthesis.output
    resources = synthesis.template()["Resources"].values()
    assert [r["Type"] for r in resources].count("Custom::PersonalizeSolution") == 2
    (handler,) = (
        r["Properties"]
        for r in resources
        if r["Type"] == "AWS::Lambda::Function" and "is_complete" in r["Properties"]["Handler"]
        if r["Properties"]["Handler"].startswith("personalize_provider.")
    )
    assert handler["Code"]["S3Key"] == f"{synthesis.handler_asset()[0]}.zip"


def test_synth__installed__writes_to_cdk_out_alone(synthesis: Synthesis) -> None:
    assert synthesis.changed == []


def test_synth__installed__starts_node_and_nothing_else(synthesis: Synthesis) -> None:
    assert synthesis.ran == []
    assert {Path(command[0]).name for command in synthesis.commands} == {"node"}


def test_synth__installed__imports_nothing_from_the_repository(synthesis: Synthesis) -> None:
    modules = {name: Path(file) for name, file in synthesis.modules.items() if file}
    assert modules["cdk_personalize"].is_relative_to(synthesis.environment.packages)
    assert "cdk_personalize.solution.construct" in modules
    homes = (
        synthesis.environment.packages,
        synthesis.project,
        Path(sysconfig.get_path("stdlib")),
        Path(sysconfig.get_path("platstdlib")),
    )
    assert {
        name: file for name, file in modules.items() if not any(file.is_relative_to(home) for home in homes)
    } == {}
    assert not any(file.is_relative_to(ROOT) for file in modules.values())


def test_synth__its_asset__is_the_wheels_byte_for_byte(
    synthesis: Synthesis, distributions: Distributions
) -> None:
    (shipped,) = (
        content
        for name, content in distributions.wheel_files().items()
        if name.startswith("cdk_personalize/_lambda/")
    )
    _, asset = synthesis.handler_asset()
    assert asset.read_bytes() == shipped


def test_synth__whatever_is_installed__has_the_same_asset_hash(synthesized: Synthesized) -> None:
    (key,) = {synthesized(installation).handler_asset()[0] for installation in INSTALLATIONS}
    assert len(key) == 64


def test_install__from_the_sdist__is_what_the_wheel_holds(
    distributions: Distributions, tmp_path: Path
) -> None:
    packages = Environment.create(tmp_path / "venv", "--no-deps", str(distributions.sdist)).packages
    wheel = distributions.wheel_files()
    assert {name: (packages / name).read_bytes() for name in wheel if not name.endswith("/RECORD")} == {
        name: content for name, content in wheel.items() if not name.endswith("/RECORD")
    }


def test_install__at_the_lower_bounds__has_exactly_those(synthesized: Synthesized, lowest: list[str]) -> None:
    names = ("aws-cdk-lib", "botocore", "constructs")
    installed = synthesized("wheel-lowest").environment.versions()
    assert sorted(lowest) == [f"{name}=={installed[name]}" for name in names]
    newest = synthesized("wheel").environment.versions()
    assert all(Version(newest[name]) > Version(installed[name]) for name in names)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["python", "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"], "no network here"),
        (["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:9')"], "no network here"),
        (
            ["python", "-c", "import subprocess as s; s.run(['node', '-e', 'fetch(`http://127.0.0.1:9`)'])"],
            "fetch failed",
        ),
        (
            [
                "python",
                "-c",
                "import subprocess as s; s.run(['node', '-e', 'require(`net`).connect(9, `127.0.0.1`)'])",
            ],
            "no network here: connect",
        ),
        (["python", "-m", "pip", "--version"], "No module named pip"),
    ],
)
def test_guard__what_a_synth_must_not_do__is_refused(
    synthesized: Synthesized, tmp_path: Path, command: list[str], words: str
) -> None:
    environment = synthesized("wheel").environment
    assert words in guarded(environment, tmp_path, command).stderr


def test_guard__a_program_that_must_not_run__fails_and_leaves_a_note(
    synthesized: Synthesized, tmp_path: Path
) -> None:
    call = "import subprocess as s, sys; sys.exit(s.call(['docker', 'ps']))"
    process = guarded(synthesized("wheel").environment, tmp_path, ["python", "-c", call])
    assert process.returncode == 1
    assert (tmp_path / "notes" / "docker").exists()
