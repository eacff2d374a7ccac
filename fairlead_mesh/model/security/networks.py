"""Is a client in these networks, as far as anybody can say?"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from fairlead_mesh.model.traffic.undecided import UnknownFactError

POD = "a pod"
SERVER = "the pod that is called"
_EXAMPLES = tuple(ip_network(each) for each in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"))
"""Addresses for documentation (RFC 5737, RFC 3849), which nobody has."""


def in_networks(networks: list[str], source: str, address: str, assumed: Mapping[str, bool]) -> bool:
    """Whether an address, or where nobody knows it the pods of a cluster or the internet, is in one of these networks:
    pods have no public addresses, and nobody has those of documents. Raises UnknownFactError."""
    parsed = [ip_network(each, strict=False) for each in networks]
    if any(each.prefixlen == 0 for each in parsed):
        return True
    if address:
        return any(ip_address(address) in each for each in parsed)
    if all(
        (source in (POD, SERVER) and each.is_global) or any(_within(each, other) for other in _EXAMPLES)
        for each in parsed
    ):
        return False
    fact = f"{source} is in {', '.join(networks)}"
    if fact not in assumed:
        whose = "pod's own" if source == SERVER else "client's"
        raise UnknownFactError(fact, f"the {whose} IP address decides: a policy has {', '.join(networks)}")
    return assumed[fact]


def _within(network: Any, other: Any) -> bool:
    return network.version == other.version and network.subnet_of(other)
