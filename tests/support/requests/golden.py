"""What a released version promises about its templates, and what a later version breaks.

A golden file has the resources of the stacks below as `template_of` marks them. Later versions of the same
major version must keep, in every stack that was deployed with it:

- each logical id and each leaf of each resource, at the same path with the same value;
- each resource of ours exactly as it was: a new property would be an update of every deployed one;
- each resource's physical identity: no new property that CloudFormation can set at creation only.

A new resource, a new property that CloudFormation sets in place, and a new element at the end of a list are
allowed. The stacks stay as they are while there is a file that was written from them: what is new gets
a solution or a stack of its own.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs

from cdk_personalize import PersonalizeProvider
from cdk_personalize.kinds import KINDS
from cdk_personalize.testing import template_of
from support.requests import stacks
from support.requests.native_schema import pointed_at, resource_schema

_ROOT = Path(__file__).resolve().parents[3]
FOLDER = _ROOT / "tests" / "snapshot" / "golden"

Resources = Mapping[str, Mapping[str, Any]]
"""Resources by logical id."""


def current_version() -> str:
    """The version that the project has now."""
    with (_ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def written() -> dict[str, Resources]:
    """The resources of the fixed stacks, as they are now, by the stack's name."""
    app = App()
    every, tuned = Stack(app, "EveryProperty"), Stack(app, "TunedProvider")
    campaigns = Stack(app, "EveryPropertyOfCampaigns")
    stacks.every_property(every, "arn:aws:personalize:us-east-1:123456789012:dataset-group/movies")
    stacks.every_property_of_campaigns(
        campaigns, "arn:aws:personalize:us-east-1:123456789012:solution/movies"
    )
    vpc = ec2.Vpc.from_vpc_attributes(
        tuned,
        "Vpc",
        vpc_id="vpc-0123",
        availability_zones=["us-east-1a"],
        private_subnet_ids=["subnet-0123"],
    )
    PersonalizeProvider(
        tuned,
        total_timeout=Duration.minutes(45),
        query_interval=Duration.seconds(10),
        log_retention=logs.RetentionDays.ONE_WEEK,
        memory_size=512,
        vpc=vpc,
    )
    return {stack.stack_name: template_of(stack)["Resources"] for stack in (every, tuned, campaigns)}


def stored(file: Path) -> dict[str, Resources]:
    """The resources of a golden file."""
    resources: dict[str, Resources] = json.loads(file.read_text())
    return resources


def store(file: Path, resources: Mapping[str, Resources]) -> None:
    """Write a golden file."""
    file.write_text(json.dumps(resources, indent=1, sort_keys=True) + "\n")


def broken_promises(then: Resources, now: Resources) -> list[str]:
    """The promises that a stack's resources break, as messages."""
    return [
        broken
        for logical_id, resource in then.items()
        for broken in (
            _broken_of(logical_id, resource, now[logical_id])
            if logical_id in now
            else [f"{logical_id} is gone"]
        )
    ]


def _broken_of(logical_id: str, then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    before, after = dict(_leaves(then)), dict(_leaves(now))
    for path, value in before.items():
        if path not in after:
            yield f"{logical_id}{path} is gone: it was {value!r}"
        elif after[path] != value:
            yield f"{logical_id}{path} is {after[path]!r}: it was {value!r}"
    added = now["Properties"].keys() - then["Properties"].keys()
    if then["Type"] in KINDS:
        noun = KINDS[then["Type"]].name
        new = sorted(after.keys() - before.keys())
        yield from (f"{logical_id}{path} is new: every deployed {noun} would be updated" for path in new)
    else:
        create_only = sorted(added & pointed_at(resource_schema(then["Type"]), "createOnlyProperties"))
        yield from (f"{logical_id}/Properties/{name} is new: it means a replacement" for name in create_only)


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _leaves(item, f"{path}/{name}")
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from _leaves(item, f"{path}/{index}")
    else:
        yield path, value
