"""Does every gateway have pods of its own?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.lint.rule import config_rule


@config_rule("IST0145")
def gateways_have_pods_of_their_own(config: Config) -> Iterator[Hit]:
    """A Gateway object applies to all pods with its labels, in every namespace.

    The pods of one gateway then also serve the hosts of the other: routes of the internal load balancer are reachable
    through the public one, and the two compete for the same ports. That is meant where both
    are external and have the same `pods`.
    """
    first: dict[frozenset[tuple[str, str]], tuple[str, Path]] = {}
    named = {gateway.name: gateway for gateway in config.gateways}
    for index, gateway in enumerate(config.gateways):
        labels = frozenset(gateway.pod_labels.items())
        name, place = first.setdefault(labels, (gateway.name, ("gateways", index)))
        if name != gateway.name and not _have_the_same(gateway, named[name]):
            words = ", ".join(f"{key}: {value}" for key, value in gateway.pod_labels.items())
            message = f"its pods have the labels {words}, like those of {name}, so each serves the hosts of both"
            yield Hit(("gateways", index, "selector"), None, message, "give one of them a selector", first=place)


def _have_the_same(one: Gateway, other: Gateway) -> bool:
    """Whether both are Istio Gateways of others, for the same pods."""
    return one.external and other.external and (one.pods_home, one.service) == (other.pods_home, other.service)
