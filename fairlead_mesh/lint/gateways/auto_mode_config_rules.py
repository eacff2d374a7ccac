"""Does EKS Auto Mode support what the stack file sets for a load balancer?

Source: EKS user guide, automode/auto-configure-nlb and automode/migrate-auto. What its pages do not name counts
as not supported: it would be ignored silently.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.aws.load_balancer_values import is_dual_stack
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.gateways.load_balancer_annotations import Balancer, balancers
from fairlead_mesh.lint.rule import config_rule

_CONTROLLER = "write cluster.eks.loadBalancer: controller"
_TAKEN = {
    "additional-resource-tags",
    "attributes",
    "ip-address-type",
    "nlb-target-type",
    "scheme",
    "ssl-cert",
    "ssl-ports",
    "subnets",
}
_ATTRIBUTES = "write it into the annotation aws-load-balancer-attributes"
_INSTEAD = {
    "access-log-enabled": _ATTRIBUTES,
    "access-log-s3-bucket-name": _ATTRIBUTES,
    "access-log-s3-bucket-prefix": _ATTRIBUTES,
    "cross-zone-load-balancing-enabled": "write loadBalancer.crossZone",
    "internal": "write expose: internal",
    "manage-backend-security-group-rules": "remove it",
    "proxy-protocol": _ATTRIBUTES,
    "security-groups": f"write loadBalancer.allowFrom.cidrs, or {_CONTROLLER.removeprefix('write ')}",
    "type": "remove it: the load balancer class selects the controller",
}
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"


def _balancers(config: Config) -> Iterator[tuple[Balancer, Path, str]]:
    """The load balancers that Auto Mode makes or may make, their places, and who does not support something."""
    for balancer in balancers(config):
        if balancer.balancing.may_be_auto_mode:
            who = "EKS Auto Mode" if balancer.balancing.maker else "EKS Auto Mode, which auto may select,"
            yield balancer, ("gateways", balancer.index, "loadBalancer"), who


@config_rule(needs=("cluster",), firm=True)
def auto_mode_takes_the_settings(config: Config) -> Iterator[Hit]:
    """EKS Auto Mode supports allowed networks and certificates, but no prefix lists and no TLS policy.

    A load balancer that should be restricted would be open to the internet.
    """
    for balancer, path, who in _balancers(config):
        settings = balancer.gateway.load_balancer
        allowed = settings.allow_from
        if allowed and allowed.prefix_lists:
            where = (*path, "allowFrom", "prefixLists")
            yield Hit(
                where, allowed.prefix_lists, f"{who} supports no prefix lists", f"write cidrs, or {_CONTROLLER[6:]}"
            )
        if settings.tls and settings.tls.policy:
            where = (*path, "tls", "policy")
            yield Hit(where, settings.tls.policy, f"{who} supports no TLS policy", f"remove it, or {_CONTROLLER}")
        ipv6 = [cidr for cidr in (allowed.cidrs if allowed else []) if ":" in cidr]
        if ipv6 and not is_dual_stack(balancer.gateway, balancer.balancing):
            message = f"{who} rejects IPv6 networks for a load balancer without IPv6 addresses"
            remedy = "remove them, or add the annotation aws-load-balancer-ip-address-type: dualstack"
            yield Hit((*path, "allowFrom", "cidrs"), ipv6, message, remedy)


@config_rule(needs=("cluster",))
def auto_mode_takes_the_annotations(config: Config) -> Iterator[Hit]:
    """EKS Auto Mode supports some of the AWS Load Balancer Controller's annotations, and ignores the others silently.

    What the annotation sets does not happen: excluded networks can connect, access logs are not written.
    """
    for balancer, _, who in _balancers(config):
        for name, (place, value) in balancer.written.items():
            if name not in _TAKEN and not name.startswith("healthcheck-"):
                remedy = _INSTEAD.get(name, f"remove it, or {_CONTROLLER}")
                yield Hit(place, value, f"{who} does not support this annotation", remedy)
        for place, value in balancer.source_ranges(_RANGES):
            if place[-1] == _RANGES:
                remedy = "write these networks as loadBalancer.allowFrom.cidrs"
                yield Hit(place, value, f"{who} does not support this annotation", remedy)
