"""What does a gateway's Service say of its load balancer, and who may reach it? Annotations, class and front rules.

Sources: AWS Load Balancer Controller, docs/guide/service/annotations.md; EKS user guide, automode/auto-configure-nlb.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.aws.load_balancer import AllowFrom
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.keys.scalars import seconds
from fairlead_mesh.keys.section import given
from fairlead_mesh.load_balancing import CLASSES, Balancing
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.ports import STATUS_PORT

PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
_EVERYBODY = ("0.0.0.0/0", "::/0")
_PUNCTUATION = re.compile("[/:]")
"""Of a network; a URN is divided by `::`, and a rendering's file is named after its rule."""


def has_front_group(gateway: Gateway, balancing: Balancing | None) -> bool:
    """Whether a security group of this stack stands before the load balancer: it admits `allowFrom` and no one else.

    Auto Mode takes no group of others; there the Service names the networks. Where the maker is not known, it may.
    """
    guarded = gateway.has_load_balancer and gateway.load_balancer.allow_from is not None
    return balancing is not None and balancing.may_be_controller and guarded


def aws_annotations(gateway: Gateway, balancing: Balancing, *, undecided: Any = None) -> dict[str, Any]:
    """An NLB with the pods themselves as targets. `undecided` stands for what only one of the makers takes, where it
    is not known which makes it."""
    balancer = gateway.load_balancer
    drain = f"deregistration_delay.timeout_seconds={seconds(gateway.drain(on_eks=True))}"
    # Auto Mode goes by the class alone, and its page names no attribute of target groups.
    annotations = given(
        **{
            "type": _of_controller(balancing, "external", undecided),
            "attributes": f"load_balancing.cross_zone.enabled={str(balancer.cross_zone).lower()}",
            "scheme": gateway.exposure,
            "nlb-target-type": "ip",
            "healthcheck-port": str(STATUS_PORT),
            "healthcheck-path": "/healthz/ready",
            "healthcheck-protocol": "http",
            "target-group-attributes": _of_controller(balancing, drain, undecided),
            "ip-address-type": "dualstack" if balancing.ipv6 else None,
        }
    )
    if balancer.tls:
        annotations["ssl-cert"] = ",".join(balancer.tls.certificates)
        annotations["ssl-ports"] = ",".join(balancer.tls.ports)
        annotations |= given(**{"ssl-negotiation-policy": balancer.tls.policy})
    return {PREFIX + key: value for key, value in annotations.items()}


def _of_controller(balancing: Balancing, value: Any, undecided: Any) -> Any:
    return {"controller": value, "autoMode": None, None: undecided}[balancing.maker]


def front_group_annotations(group: Any, balancing: Balancing, *, undecided: Any = None) -> dict[str, Any]:
    """What makes the controller use a group of ours (`group` is its id) and still open the way to the pods."""
    annotations = {"security-groups": group, "manage-backend-security-group-rules": "true"}
    return given(**{PREFIX + key: _of_controller(balancing, value, undecided) for key, value in annotations.items()})


def load_balancer_class(balancing: Balancing, *, undecided: Any = None) -> Any:
    """Who makes the load balancer. It is always said: both makers and their webhooks may be in one cluster."""
    return CLASSES[balancing.maker] if balancing.maker else undecided


def source_ranges(gateway: Gateway, balancing: Balancing | None, *, undecided: Any = None) -> Any:
    """Networks that the Service itself admits: off EKS, and on Auto Mode."""
    allowed = gateway.load_balancer.allow_from
    if not gateway.has_load_balancer or not allowed:
        return []
    if balancing and balancing.may_be_controller:
        return undecided if balancing.may_be_auto_mode else []
    return _with_ipv6(allowed.cidrs, gateway, balancing)


def is_dual_stack(gateway: Gateway, balancing: Balancing) -> bool:
    """Whether the load balancer has IPv6 addresses as well."""
    free = as_map(as_map(gateway.values.get("service")).get("annotations"))
    own = "dualstack" if balancing.ipv6 else "ipv4"
    key = PREFIX + "ip-address-type"
    return free.get(key, gateway.load_balancer.annotations.get(key, own)) == "dualstack"


def _with_ipv6(cidrs: Iterable[str], gateway: Gateway, balancing: Balancing | None) -> list[str]:
    """On dual-stack everybody is everybody: a client with IPv6 prefers it, and would be left outside."""
    listed = list(dict.fromkeys(cidrs))
    both = balancing is not None and _EVERYBODY[0] in listed and is_dual_stack(gateway, balancing)
    return list(dict.fromkeys([*listed, *_EVERYBODY])) if both else listed


@dataclass(frozen=True)
class FrontRule:
    """One source that the group before a load balancer admits to one port; `key` names it."""

    key: str
    port: int
    cidr: str | None = None
    prefix_list: str | None = None


def front_rules(gateway: Gateway, balancing: Balancing) -> list[FrontRule]:
    """What the group before the load balancer admits: each source of `allowFrom` on each of the gateway's ports."""
    allowed = gateway.load_balancer.allow_from or AllowFrom()
    cidrs, prefix_lists = _with_ipv6(allowed.cidrs, gateway, balancing), dict.fromkeys(allowed.prefix_lists)
    return [
        rule
        for port in gateway.ports
        for rule in (
            *(FrontRule(f"{port.port}-{name_of(cidr)}", port.port, cidr=cidr) for cidr in cidrs),
            *(FrontRule(f"{port.port}-{list_}", port.port, prefix_list=list_) for list_ in prefix_lists),
        )
    ]


def pod_ports(gateway: Gateway) -> list[int]:
    """Where the load balancer reaches the pods: what its listeners lead to, and the health check."""
    listed = as_maps(as_map(gateway.values.get("service")).get("ports"))
    free = {target for port in listed if isinstance(target := port.get("targetPort", port.get("port")), int)}
    return sorted({STATUS_PORT, *(port.port for port in gateway.ports), *free})


def name_of(cidr: str) -> str:
    """A network as a part of a resource's name."""
    return _PUNCTUATION.sub("-", cidr)
