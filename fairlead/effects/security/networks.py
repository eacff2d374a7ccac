"""Who gets in, in networks? What a list of sources lets in that another one does not."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

EVERYBODY = ("0.0.0.0/0", "::/0")
_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def beyond(sources: Iterable[str], others: Iterable[str]) -> list[str]:
    """The sources that no one of the `others` takes in whole, in order."""
    texts = set(others)
    known = [network for network in map(_network, sorted(texts)) if network]
    return [source for source in sorted(set(sources)) if source not in texts and not _within(_network(source), known)]


def in_words(sources: Iterable[str]) -> list[str]:
    """Networks as people call them."""
    return list(dict.fromkeys("the whole internet" if source in EVERYBODY else source for source in sources))


def is_everybody(sources: Iterable[str]) -> bool:
    """Whether anybody at all is let in."""
    return any(source in EVERYBODY for source in sources)


def _within(network: _Network | None, others: Iterable[_Network]) -> bool:
    if network is None:
        return False
    return any(_is_subnet(network, other) for other in others)


def _is_subnet(network: _Network, other: _Network) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return isinstance(other, ipaddress.IPv4Network) and network.subnet_of(other)
    return isinstance(other, ipaddress.IPv6Network) and network.subnet_of(other)


def _network(text: str) -> _Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
