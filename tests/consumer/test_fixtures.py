"""The fixtures in a user's installation: beside aiobotocore, and without the local AWS."""

from __future__ import annotations

import textwrap
from pathlib import Path

from support.processes.installation import Environment

ASYNC = textwrap.dedent("""
    import asyncio

    import pytest
    from aiobotocore.config import AioConfig
    from aiobotocore.session import AioSession, get_session
    from botocore import UNSIGNED

    async def use() -> None:
        async with get_session().create_client("personalize") as client:
            await client.create_dataset_group(name="films")
        async with get_session().create_client(
            "personalize", config=AioConfig(signature_version=UNSIGNED)
        ) as client:
            assert len((await client.list_dataset_groups())["datasetGroups"]) == 1
        async with AioSession(profile="no-such-profile").create_client("personalize-runtime") as client:
            with pytest.raises(client.exceptions.ResourceNotFoundException):
                await client.get_recommendations(
                    campaignArn="arn:aws:personalize:us-east-1:000000000000:campaign/none", userId="ann"
                )

    def test_async_clients(session_personalize_simulator):
        asyncio.run(use())
        assert len(session_personalize_simulator.calls) == 3
""")

DEPLOYED = textwrap.dedent("""
    def test_local_aws(local_aws):
        local_aws.client("personalize").create_dataset_group(name="films")
        assert local_aws.control("GET", "calls")["calls"][0]["outcome"] == "ok"
""")


def test_personalize_simulator__clients_of_aiobotocore__reach_it(
    of_tests: Environment, tmp_path: Path
) -> None:
    (tmp_path / "test_async.py").write_text(ASYNC)
    ran = of_tests.run("pytest", "-q", "-W", "error", "test_async.py", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout


def test_local_aws__installed_elsewhere__is_started_from_there(
    of_tests: Environment, with_extras: Environment, tmp_path: Path
) -> None:
    (tmp_path / "test_deployed.py").write_text(DEPLOYED)
    command = with_extras.folder / "bin" / "personalize-local"

    without = of_tests.run("pytest", "-q", "test_deployed.py", cwd=tmp_path)
    assert without.returncode == 1
    assert "pipx install 'cdk-personalize[local]'" in without.stdout

    configured = of_tests.run(
        "pytest", "-q", "-o", f"personalize_local_command={command}", "test_deployed.py", cwd=tmp_path
    )
    assert configured.returncode == 0, configured.stdout
