"""Stacks for Regions that have no Amazon Personalize."""

from __future__ import annotations

import aws_cdk as cdk
import botocore.session
import pytest
from aws_cdk.assertions import Annotations, Match

from cdk_personalize import PersonalizeProvider, Recipe, Solution
from cdk_personalize.provider.regions import REGIONS

ACCOUNT = "123456789012"


def warnings(region: str | None, *, single: bool = False) -> list[str]:
    stack = cdk.Stack(cdk.App(), "Films", env=cdk.Environment(account=ACCOUNT, region=region))
    if single:
        PersonalizeProvider.single_function(stack)
    place = region or "us-east-1"
    partition = botocore.session.Session().get_partition_for_region(place)
    group = f"arn:{partition}:personalize:{place}:{ACCOUNT}:dataset-group/films"
    for name in ("Movies", "Shows"):
        Solution(stack, name, dataset_group=group, recipe=Recipe.SIMS)
    found = Annotations.from_stack(stack).find_warning("*", Match.any_value())
    return [str(entry.entry.data) for entry in found]


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize("region", ["eu-south-2", "us-gov-west-1"])
def test_stack__region_without_personalize__is_warned_of_once(region: str, single: bool) -> None:
    [warning] = warnings(region, single=single)
    assert f"must be one with Amazon Personalize: got '{region}'; botocore lists no endpoint there" in warning
    assert "eu-west-1" in warning
    assert warning.endswith("[ack: cdk-personalize:region]")


@pytest.mark.parametrize("region", [None, "us-east-1", "cn-north-1"])
def test_stack__region_with_personalize_or_not_known__is_not_warned_of(region: str | None) -> None:
    assert warnings(region) == []


def test_regions__are_those_that_botocore_lists() -> None:
    session = botocore.session.Session()
    listed = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("personalize", partition_name=partition)
    }
    assert listed == REGIONS
