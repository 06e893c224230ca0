"""A custom resource of one small function, which logs its events and responds as its properties say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from personalize_local.address import ACCOUNT
from personalize_local.testing.server_process import LocalAws

# `answer` is SUCCESS, FAILED or nothing at all. A Delete succeeds, unless there is a file beside the log.
_CODE = """
import json, os, urllib.request

def handler(event, context):
    properties = event["ResourceProperties"]
    with open(properties["log"], "a") as log:
        log.write(json.dumps(event) + "\\n")
    delete = event["RequestType"] == "Delete"
    status = properties["answer"]
    if delete:
        status = "FAILED" if os.path.exists(properties["log"] + ".keep") else "SUCCESS"
    if status == "NONE":
        return
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer["PhysicalResourceId"] = event["PhysicalResourceId"] if delete else properties["id"]
    answer |= {"Status": status, "Reason": "asked to fail"}
    request = urllib.request.Request(event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request).close()
"""


@dataclass(frozen=True)
class Probe:
    """The custom resource `Probe` in the stack `Stack`.

    Attributes:
        aws: Where the stack is.
        log: A file for what the function is sent.
        nested: Whether the resource is in a stack nested in `Stack`.
        service_timeout: Seconds that an answer is waited for.
    """

    aws: LocalAws
    log: Path
    nested: bool = False
    service_timeout: int = 2

    def deploy(self, answer: str, physical_id: str, *, update: bool = False) -> str:
        """Create or update the stack; its last status."""
        template = self._template(answer, physical_id)
        return self.aws.apply("Stack", self._parent(template) if self.nested else template, update=update)

    def begin(self, answer: str, physical_id: str, *, update: bool = False) -> str:
        """Create or update the stack without waiting for the end; its id."""
        cloudformation = self.aws.client("cloudformation")
        operation = cloudformation.update_stack if update else cloudformation.create_stack
        body = json.dumps(self._template(answer, physical_id))
        begun = operation(StackName="Stack", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
        return str(begun["StackId"])

    def refuse_deletes(self, refuse: bool) -> None:
        """Let every Delete fail from now on, or no longer."""
        keep = self.log.with_name(self.log.name + ".keep")
        keep.touch() if refuse else keep.unlink()

    def requests(self) -> list[tuple[str, str | None]]:
        """The requests so far: their type and the physical id that they name."""
        return [(event["RequestType"], event.get("PhysicalResourceId")) for event in self.events()]

    def events(self) -> list[dict[str, Any]]:
        """The events so far."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def _template(self, answer: str, physical_id: str) -> Mapping[str, object]:
        role = {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}]}
        function = {
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"ZipFile": _CODE},
        }
        probe = {
            "ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]},
            "ServiceTimeout": self.service_timeout,
            "log": str(self.log),
            "answer": answer,
            "id": physical_id,
        }
        return {
            "Outputs": {"Role": {"Value": {"Fn::GetAtt": ["Role", "Arn"]}}},
            "Resources": {
                "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": role}},
                "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
                "Probe": {"Type": "Custom::Probe", "Properties": probe},
            },
        }

    def _parent(self, template: Mapping[str, object]) -> Mapping[str, object]:
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket="templates")
        body = json.dumps(template)
        key = f"{hash(body)}.json"
        s3.put_object(Bucket="templates", Key=key, Body=body)
        child = {"TemplateURL": f"https://s3.us-east-1.amazonaws.com/templates/{key}"}
        return {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": child}}}
