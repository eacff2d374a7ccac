"""Is this a host that Istio takes, and which patterns hold for it?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from ipaddress import ip_address

CLUSTER_DOMAIN = "svc.cluster.local"

_LABEL = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?")
_FIRST_LABEL = re.compile(rf"\*|(\*-?)?{_LABEL.pattern}")
_LONGEST = 255
_WRONG = (
    (re.compile("://"), "a host has no scheme"),
    (re.compile("/"), "a host has no path and no namespace"),
    (re.compile(r":\d+$"), "a host has no port"),
    (re.compile(r".\*"), "only the first label of a host may be a wildcard"),
)
_OF_OTHER_CLUSTERS = "outbound_"


def is_ip_address(host: str) -> bool:
    """Whether it is an address, which Istio takes as a host too."""
    if ":" not in host and not host[-1:].isdigit():
        return False
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def complaint(host: str, *, address: bool = True) -> str | None:
    """Why Istio rejects a host, which may begin with a wildcard or, in places, be an address; else None."""
    if is_ip_address(host):
        return None if address else "an IP address is not allowed here"
    if host.startswith(_OF_OTHER_CLUSTERS):
        return None
    if reason := next((reason for pattern, reason in _WRONG if pattern.search(host)), None):
        return reason
    first, *rest = host.split(".")
    labels = rest[:-1] if rest[-1:] == [""] else rest
    named = _FIRST_LABEL.fullmatch(first) and all(_LABEL.fullmatch(label) for label in labels)
    is_host = named and len(host) <= _LONGEST and not (rest and rest[-1].isdigit())
    return None if is_host else "this is not a host name"


def is_label(name: str) -> bool:
    """Whether it may be one part of a host, or the name of a subset."""
    return bool(_LABEL.fullmatch(name))


def patterns(host: str) -> Iterator[str]:
    """The host itself and every wildcard that takes it, the nearest first."""
    yield host
    labels = host.removeprefix("*.").split(".")
    for start in range(0 if host.startswith("*.") else 1, len(labels)):
        pattern = "*." + ".".join(labels[start:])
        if pattern != host:
            yield pattern
    if host != "*":
        yield "*"


def covers(pattern: str, host: str) -> bool:
    """Whether a host pattern such as `*` or `*.example.com` takes `host` (which may be a pattern itself)."""
    return pattern == host or (pattern.startswith("*") and host.endswith(pattern[1:]))


def overlaps(hosts: Iterable[str]) -> Iterator[tuple[int, int]]:
    """(later, earlier) of each host that another one of the list takes or that takes another one."""
    listed = list(hosts)
    places: dict[str, list[int]] = {}
    for index, host in enumerate(listed):
        places.setdefault(host, []).append(index)
    reported: set[int] = set()
    for index, host in enumerate(listed):
        others = [place for pattern in patterns(host) for place in places.get(pattern, [])[:2] if place != index]
        later, earlier = max([index, *others[:1]]), min([index, *others[:1]])
        if others and later not in reported:
            reported.add(later)
            yield later, earlier
