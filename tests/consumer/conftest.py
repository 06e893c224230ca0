"""Installations of the files of `make dist`, built and installed once in a test run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from support.processes.distributions import Distributions, once
from support.processes.installation import INSTALLATIONS, Environment, Synthesis


@pytest.fixture(scope="session")
def lowest(distributions: Distributions) -> list[str]:
    """The dependencies at the lower bounds that the wheel names."""
    requirements = map(Requirement, distributions.metadata().get_all("Requires-Dist", []))
    return [
        f"{requirement.name}=={bound.version}"
        for requirement in requirements
        if requirement.marker is None
        for bound in requirement.specifier
        if bound.operator == ">="
    ]


@pytest.fixture(scope="session")
def synthesized(
    distributions: Distributions, lowest: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Synthesis]:
    """The storefront, synthesized where the library was installed in one of the ways of `INSTALLATIONS`."""
    requirements = {
        "wheel": [str(distributions.wheel)],
        "wheel-lowest": [str(distributions.wheel), *lowest],
    }
    cache = once(tmp_path_factory, "cache", lambda _: None)

    def synthesis(installation: str) -> Synthesis:
        def make(folder: Path) -> None:
            environment = Environment.create(folder / "venv", *requirements[installation])
            # CDK's own validation costs seconds and is always the same.
            Synthesis.run(environment, folder, cache, validate=installation == "wheel")

        folder = once(tmp_path_factory, f"installed-{installation}", make)
        return Synthesis.load(Environment(folder / "venv"), folder)

    return synthesis


@pytest.fixture(params=INSTALLATIONS)
def synthesis(request: pytest.FixtureRequest, synthesized: Callable[[str], Synthesis]) -> Synthesis:
    """One after the other, the synthesis with each installation."""
    return synthesized(request.param)


@pytest.fixture(scope="session")
def of_tests(distributions: Distributions, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An installation for tests, with clients of another library, and without the local AWS."""

    def make(folder: Path) -> None:
        Environment.create(folder, f"{distributions.wheel}[testing]", "aiobotocore")

    return Environment(once(tmp_path_factory, "of-tests", make))
