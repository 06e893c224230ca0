"""Which hosts are Amazon Personalize: those that botocore's own rules give, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from urllib.parse import urlsplit

import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError
from botocore.loaders import create_loader

from personalize_local.testing.endpoints import is_this_machine, region_of

SERVICES = ("personalize", "personalize-events", "personalize-runtime")


def endpoints() -> Iterator[tuple[str, str]]:
    """Each endpoint of each Region of each partition, with the Region."""
    loader = create_loader()
    partitions = loader.load_data("partitions")
    regions = [name for partition in partitions["partitions"] for name in partition["regions"]]
    for service in SERVICES:
        provider = EndpointProvider(loader.load_service_model(service, "endpoint-rule-set-1"), partitions)
        for region, fips, dual_stack in product(regions, (False, True), (False, True)):
            parameters = {"Region": region, "UseFIPS": fips, "UseDualStack": dual_stack}
            try:
                yield provider.resolve_endpoint(**parameters).url, region
            except EndpointProviderError:
                continue  # a partition without that kind


def test_region_of__every_endpoint_that_botocore_calls__is_its_region() -> None:
    found = [(url, region) for url, region in endpoints() if "-global" not in region]
    wrong = [url for url, region in found if region_of(urlsplit(url).hostname or "") != region]
    assert wrong == []
    assert len(found) > 200


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("PERSONALIZE.us-east-1.amazonaws.com.", "us-east-1"),
        ("vpce-0a1-b2.personalize-events.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("personalize.s3.amazonaws.com", None),
        ("personalize.s3.us-east-1.amazonaws.com", None),
        ("personalize.us-east-1.amazonaws.com.example.org", None),
        ("my-personalize.us-east-1.amazonaws.com", None),
        ("personalize.us-east-1.elb.amazonaws.com", None),
        ("sts.us-east-1.amazonaws.com", None),
        ("", None),
    ],
)
def test_region_of__a_host__is_that_of_personalize_alone(host: str, region: str | None) -> None:
    assert region_of(host) == region


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("aws.localhost", True),
        ("10.0.0.1", False),
        ("localhost.example.org", False),
        ("", False),
    ],
)
def test_is_this_machine__a_host__is_told_by_name_and_address(host: str, is_here: bool) -> None:
    assert is_this_machine(host) is is_here
