"""Reads deployed stacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import botocore.session
from botocore.exceptions import BotoCoreError, ClientError

from cdk_personalize.cli.comparing import Change


class NotDeployedError(Exception):
    """CloudFormation can't be reached, or its template can't be compared."""


@dataclass(frozen=True)
class Account:
    """An account and Region, with the credentials of the AWS configuration.

    Attributes:
        profile: A profile of that configuration. Default: - the environment's.
        region: The Region. Default: - the environment's, or the profile's.
        endpoint_url: Where to find the services. Default: - the environment's, or AWS.
    """

    profile: str | None
    region: str | None
    endpoint_url: str | None

    @cached_property
    def _session(self) -> botocore.session.Session:
        return botocore.session.Session(profile=self.profile)

    def _client(self, service: str) -> Any:
        return self._session.create_client(service, region_name=self.region, endpoint_url=self.endpoint_url)

    def template(self, stack: str) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """The template of a stack, and what `AWS::Region` and the like are; both empty if there is no stack.

        Raises:
            NotDeployedError: CloudFormation can't be reached, or the template is not one of the CDK's.
        """
        try:
            client = self._client("cloudformation")
            described = client.describe_stacks(StackName=stack)["Stacks"][0]
            body = client.get_template(StackName=stack, TemplateStage="Original")["TemplateBody"]
        except ClientError as error:
            if _is_missing(error):
                return {}, {}
            raise NotDeployedError(str(error)) from error
        except BotoCoreError as error:
            raise NotDeployedError(f"{error}; --profile and --region say where the stack is") from error
        if isinstance(body, str):
            try:
                body = json.loads(body)
            except ValueError as error:
                hint = "give one in JSON with --template"
                raise NotDeployedError(f"the template of {stack} is not in JSON: {hint}") from error
        _, partition, _, region, account, _ = described["StackId"].split(":", 5)
        pseudo = {"AWS::Partition": partition, "AWS::Region": region, "AWS::AccountId": account}
        return body, {**pseudo, "AWS::StackId": described["StackId"], "AWS::StackName": stack}

    def with_versions(self, change: Change) -> Change:
        """The same with how many versions the old solution has, if it is to go and the account tells."""
        if change.change not in ("replaced", "unknown", "deleted"):
            return change
        try:
            resource = self._client("cloudformation").describe_stack_resource(
                StackName=change.stack, LogicalResourceId=change.logical_id
            )
            arn = resource["StackResourceDetail"]["PhysicalResourceId"]
            pages = self._client("personalize").get_paginator("list_solution_versions")
            found = sum(len(page["solutionVersions"]) for page in pages.paginate(solutionArn=arn))
        except (BotoCoreError, ClientError):
            return change
        return replace(change, versions=found)


def _is_missing(error: ClientError) -> bool:
    said = error.response.get("Error", {})
    return said.get("Code") == "ValidationError" and "does not exist" in said.get("Message", "")
