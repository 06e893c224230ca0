"""Recognizes the endpoints of Amazon Personalize by their host names."""

from __future__ import annotations

import re
from functools import cache
from ipaddress import ip_address

from botocore.loaders import create_loader

_SERVICES = "personalize(?:-events|-runtime)?"
# The first label is that of an interface endpoint (PrivateLink). Without the form of a Region, a bucket named
# `personalize` would match too: personalize.s3.amazonaws.com.
_PLACE = r"(?:vpce-[a-z0-9-]+\.)?{services}(?:-fips)?\.(?P<region>[a-z]+(?:-[a-z]+)+-\d+)\.(?:vpce\.)?"


def region_of(host: str) -> str | None:
    """Return the Region of a host of personalize, personalize-runtime or personalize-events.

    That includes FIPS, dual-stack and interface endpoints of all partitions in botocore.

    Args:
        host: The host's name.

    Returns:
        The Region, or None for any other host.
    """
    match = _hosts().fullmatch(host.lower().removesuffix("."))
    return match and match["region"]


def is_this_machine(host: str) -> bool:
    """Whether a host name or an IP address is a loopback one."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@cache
def _hosts() -> re.Pattern[str]:
    outputs = [partition["outputs"] for partition in create_loader().load_data("partitions")["partitions"]]
    suffixes = {output[name] for output in outputs for name in ("dnsSuffix", "dualStackDnsSuffix")}
    return re.compile(f"{_PLACE.format(services=_SERVICES)}(?:{'|'.join(map(re.escape, sorted(suffixes)))})")
