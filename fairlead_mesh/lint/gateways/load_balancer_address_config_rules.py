"""Can those who are to reach a load balancer do so, at the addresses that it and they have?"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.gateways.load_balancer_annotations import balancers
from fairlead_mesh.lint.rule import config_rule

_PRIVATE = [ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


@config_rule(needs=("cluster",), severity="warning")
def internal_load_balancers_admit_the_vpc(config: Config) -> Iterator[Hit]:
    """An internal load balancer is reachable from the VPC and connected networks, so its allow list has private ones.

    A list of public addresses is left over from an internet-facing gateway: connections time out.
    """
    for balancer in balancers(config):
        allowed = balancer.gateway.load_balancer.allow_from
        internal = balancer.gateway.exposure == "internal" and allowed and not allowed.prefix_lists
        if internal and allowed and allowed.cidrs and not any(map(_may_be_inside, allowed.cidrs)):
            path = ("gateways", balancer.index, "loadBalancer", "allowFrom", "cidrs")
            message = "the allow list has no private network: nobody in the VPC can connect"
            yield Hit(path, allowed.cidrs, message, "write the networks of the VPC and of what is connected to it")


def _may_be_inside(cidr: str) -> bool:
    """The IPv6 networks of a VPC are public ones."""
    network = ipaddress.ip_network(cidr)
    return isinstance(network, ipaddress.IPv6Network) or any(network.overlaps(private) for private in _PRIVATE)


@config_rule(needs=("cluster",))
def load_balancers_have_the_clusters_addresses(config: Config) -> Iterator[Hit]:
    """On an IPv6 cluster a load balancer is dual-stack, with the pods themselves as targets.

    Pods and Services have IPv6 addresses only there: the controller rejects the Service ("unsupported IPv6
    configuration, lb not dual-stack"), and no load balancer appears.
    """
    for balancer in balancers(config):
        for name in ("ip-address-type", "nlb-target-type"):
            if balancer.balancing.ipv6 and (place := balancer.overrides(name)):
                message = f"on an IPv6 cluster it is {balancer.own[name]}, or no load balancer is created"
                yield Hit(place, balancer.value(name), message, "remove the annotation")
