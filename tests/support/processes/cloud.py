"""Stacks on the local AWS through CloudFormation's API: seconds each, where the CDK CLI takes ten."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import aws_cdk as cdk
import pytest
from botocore.exceptions import ClientError

from personalize_local.address import ACCOUNT, REGION
from personalize_local.testing import assembly
from personalize_local.testing.server_process import LocalAws, running

Build = Callable[[cdk.Stack], object]


class Cloud:
    """An account with a dataset group `movies`, and the stacks that a test puts into it.

    Args:
        aws: The local AWS.
        provider: Makes the provider of each stack. Default: - the first solution makes it.
    """

    dataset_group_arn = f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/movies"

    def __init__(self, aws: LocalAws, provider: Build | None = None) -> None:
        self.aws = aws
        self._provider = provider
        self.personalize = aws.client("personalize")
        aws.control("POST", "durations", {"dataset_group": 0})
        self.personalize.create_dataset_group(name="movies")

    def deploy(self, build: Build, name: str = "Stack") -> str:
        """Create the stack, or update it if it is there; the last status.

        An update without a change answers `NO_CHANGES`.
        """
        stack = cdk.Stack(cdk.App(), name)
        if self._provider is not None:
            self._provider(stack)
        build(stack)
        (artifact,) = assembly.stacks_for(stack)
        assembly.publish(artifact, self.aws.client("s3"), self.aws.client("ssm"))
        try:
            return self.aws.apply(name, artifact.template, update=name in self.aws.stacks())
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return "NO_CHANGES"
            raise

    def destroy(self, name: str = "Stack") -> str:
        """Delete the stack; the last status."""
        return self.aws.delete(name)

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
        """The operations that Personalize answered since the last look, of those that you name, or all."""
        calls = [call["operation"] for call in self.aws.control("GET", "calls")["calls"]]
        self.aws.control("DELETE", "calls")
        return [call for call in calls if not operations or call in operations]

    def rules(self) -> list[str]:
        """The names of the EventBridge rules that there are."""
        return [rule["Name"] for rule in self.aws.client("events").list_rules()["Rules"]]

    def minute_passes(self) -> None:
        """Let every rule call its targets, as EventBridge does once a minute."""
        events, functions = self.aws.client("events"), self.aws.client("lambda")
        for name in self.rules():
            for target in events.list_targets_by_rule(Rule=name)["Targets"]:
                functions.invoke(FunctionName=target["Arn"], Payload=target["Input"], InvocationType="Event")

    def permissions(self) -> list[str]:
        """Who may invoke the functions that there are by their own policies, and for which ARN."""
        functions = self.aws.client("lambda")
        found = []
        for function in functions.list_functions()["Functions"]:
            with contextlib.suppress(functions.exceptions.ResourceNotFoundException):
                policy = json.loads(functions.get_policy(FunctionName=function["FunctionName"])["Policy"])
                for statement in policy["Statement"]:
                    source = statement["Condition"]["ArnLike"]["AWS:SourceArn"]
                    found.append(f"{statement['Principal']['Service']} {source}")
        return found


@pytest.fixture
def cloud(local_aws: LocalAws) -> Cloud:
    """An empty account, but for a dataset group."""
    return Cloud(local_aws)


@pytest.fixture(scope="session")
def _enforcing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    with running(tmp_path_factory.mktemp("local-aws-iam"), ["--enforce-iam"]) as aws:
        yield aws


@pytest.fixture
def enforcing_aws(_enforcing_server: LocalAws) -> LocalAws:
    """An empty local AWS that enforces policies; the key `test` is the account's root."""
    _enforcing_server.reset()
    return _enforcing_server
