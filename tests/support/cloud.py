"""Stacks on the local AWS through CloudFormation's API: seconds each, where the CDK CLI takes ten."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

from local_aws import ACCOUNT, REGION, LocalAws

Build = Callable[[cdk.Stack], object]

_ASSETS = "assets"


class Cloud:
    """An account with a dataset group `movies`, and the stacks that a test puts into it."""

    dataset_group_arn = f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/movies"

    def __init__(self, aws: LocalAws) -> None:
        self.aws = aws
        self.personalize = aws.client("personalize")
        aws.client("s3").create_bucket(Bucket=_ASSETS)
        aws.control("POST", "durations", {"dataset_group": 0})
        self.personalize.create_dataset_group(name="movies")

    def deploy(self, build: Build, name: str = "Stack") -> str:
        """Create the stack, or update it if it is there; the last status.

        An update without a change answers `NO_CHANGES`.
        """
        template = self._publish(build, name)
        try:
            return self.aws.deploy(name, template, update=name in self._stacks())
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return "NO_CHANGES"
            raise

    def destroy(self, name: str = "Stack") -> str:
        """Delete the stack; the last status."""
        return self.aws.destroy(name)

    def reasons(self, name: str = "Stack") -> str:
        """Why things in the stack failed, a line each."""
        return "\n".join(self.aws.reasons(name))

    def solutions(self) -> dict[str, dict[str, Any]]:
        """The account's solutions as DescribeSolution answers, by name."""
        listed = self.personalize.list_solutions()["solutions"]
        return {solution["name"]: self.describe(solution["solutionArn"]) for solution in listed}

    def only_solution(self) -> dict[str, Any]:
        """The one solution there is."""
        (solution,) = self.solutions().values()
        return solution

    def describe(self, arn: str) -> dict[str, Any]:
        """DescribeSolution."""
        described: dict[str, Any] = self.personalize.describe_solution(solutionArn=arn)["solution"]
        return described

    def tags(self, arn: str) -> dict[str, str]:
        """A resource's tags."""
        tags = self.personalize.list_tags_for_resource(resourceArn=arn)["tags"]
        return {tag["tagKey"]: tag["tagValue"] for tag in tags}

    def calls(self, *operations: str) -> list[str]:
        """The operations that Personalize answered since the last look, of those that are asked for."""
        calls = [call["operation"] for call in self.aws.control("GET", "calls")["calls"]]
        self.aws.control("DELETE", "calls")
        return [call for call in calls if not operations or call in operations]

    def _stacks(self) -> set[str]:
        stacks = self.aws.client("cloudformation").describe_stacks()["Stacks"]
        return {stack["StackName"] for stack in stacks if stack["StackStatus"] != "DELETE_COMPLETE"}

    def _publish(self, build: Build, name: str) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            app = cdk.App(outdir=folder)
            synthesizer = cdk.DefaultStackSynthesizer(
                file_assets_bucket_name=_ASSETS, generate_bootstrap_version_rule=False
            )
            build(cdk.Stack(app, name, synthesizer=synthesizer))
            app.synth()
            manifest = json.loads(Path(folder, f"{name}.assets.json").read_text())
            for key, file in manifest["files"].items():
                path = Path(folder, file["source"]["path"])
                body = _zipped(key, path) if file["source"]["packaging"] == "zip" else path.read_bytes()
                (where,) = file["destinations"].values()
                self.aws.client("s3").put_object(Bucket=_ASSETS, Key=where["objectKey"], Body=body)
            template: dict[str, Any] = json.loads(Path(folder, f"{name}.template.json").read_text())
            return template


_zips: dict[str, bytes] = {}


def _zipped(key: str, folder: Path) -> bytes:
    if key not in _zips:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, path.relative_to(folder))
        _zips[key] = buffer.getvalue()
    return _zips[key]


@pytest.fixture
def cloud(local_aws: LocalAws) -> Cloud:
    """An empty account, but for a dataset group."""
    return Cloud(local_aws)
