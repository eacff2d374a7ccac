"""Does the load balancer before a gateway do what the stack file says of it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from fairlead_mesh.aws.load_balancer_values import has_front_group
from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.gateways.load_balancer_annotations import Balancer, balancers
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.ports import STATUS_PORT


@config_rule(needs=("cluster",))
def load_balancer_settings_have_a_load_balancer(config: Config) -> Iterator[Hit]:
    """Load balancer settings have no effect on a gateway without a load balancer, or outside AWS.

    Readers of `allowFrom` believe that access to the gateway is restricted, and it is open. `drain` applies to its pods
    anywhere.
    """
    for index, gateway in enumerate(config.gateways):
        balancer = gateway.load_balancer
        path: Path = ("gateways", index, "loadBalancer")
        if gateway.external:
            continue
        if balancer.model_fields_set - {"drain"} and not gateway.has_load_balancer:
            message = f"expose is {gateway.exposure}, so there is no load balancer"
            yield Hit(path, None, message, "remove this or change expose")
        if not config.cluster.eks and gateway.has_load_balancer:
            yield from _settings_of_aws(path, gateway.load_balancer.model_fields_set & {"tls", "cross_zone"})
            if balancer.allow_from and balancer.allow_from.prefix_lists:
                where = (*path, "allowFrom", "prefixLists")
                yield Hit(where, balancer.allow_from.prefix_lists, "prefix lists exist on AWS only", "write cidrs")


def _settings_of_aws(path: Path, names: set[str]) -> Iterator[Hit]:
    for name in sorted(names):
        key = {"cross_zone": "crossZone"}.get(name, name)
        yield Hit((*path, key), None, "needs the AWS load balancer, and this cluster is not on EKS", "remove it")


@config_rule(firm=True)
def allow_from_admits_somebody(config: Config) -> Iterator[Hit]:
    """An empty `allowFrom` allows nobody to connect to the load balancer.

    Connections time out, which looks like a load balancer that is not ready yet; if the Service has the networks,
    as off AWS and on EKS Auto Mode, an empty list allows everyone.
    """
    for index, gateway in enumerate(config.gateways):
        allowed = gateway.load_balancer.allow_from
        if allowed and not allowed.cidrs and not allowed.prefix_lists:
            path = ("gateways", index, "loadBalancer", "allowFrom")
            yield Hit(path, {}, "allows nobody to connect", "add cidrs or prefixLists, or remove it")


@config_rule(needs=("cluster",))
def allow_from_is_enforced(config: Config) -> Iterator[Hit]:
    """Only `allowFrom` decides who may connect: nothing else replaces the security group that enforces it.

    If an annotation names a security group, the stack's own is created and not used. The AWS controller ignores source
    ranges, as a value or an annotation, if a security group is named or client IPs are not preserved, as with pods as
    targets: a load balancer that should be private is open to the internet.
    """
    ranges_key = "service.beta.kubernetes.io/load-balancer-source-ranges"
    for balancer in balancers(config):
        gateway = config.gateways[balancer.index]
        guarded = gateway.load_balancer.allow_from is not None
        if guarded and (place := balancer.free("security-groups")):
            message = "replaces the security group that enforces allowFrom: its networks no longer decide who connects"
            yield Hit(place, balancer.value("security-groups"), message, "remove the annotation, or allowFrom")
        if guarded and balancer.balancing.maker == "autoMode":
            yield from _replaced_ranges(balancer)
        keeps_address = "preserve_client_ip.enabled=true" in balancer.value("target-group-attributes")
        grouped = guarded or bool(balancer.free("security-groups"))
        for place, value in balancer.source_ranges(ranges_key):
            if balancer.balancing.maker != "autoMode" and (grouped or not keeps_address):
                why = "a security group is named" if grouped else "client IPs are not preserved"
                message = f"is ignored by the AWS controller, because {why}: anyone can connect"
                yield Hit(place, value, message, "write these networks as loadBalancer.allowFrom.cidrs")


def _replaced_ranges(balancer: Balancer) -> Iterator[Hit]:
    """Free values replace a list, with an empty one too."""
    service, field = as_map(balancer.gateway.values.get("service")), "loadBalancerSourceRanges"
    if field in service:
        place = ("gateways", balancer.index, "values", "service", field)
        message = "replaces the networks of allowFrom: they no longer decide who connects"
        yield Hit(place, service[field], message, "remove it, or allowFrom")


@config_rule(needs=("cluster",))
def listeners_are_admitted(config: Config) -> Iterator[Hit]:
    """With `allowFrom`, every port of the load balancer is one of the gateway's: only those have rules.

    A listener on a port that only `values.service.ports` has is behind a security group that allows nobody to connect
    to it: connections time out, from allowed networks too.
    """
    for balancer in balancers(config):
        gateway = balancer.gateway
        known = {STATUS_PORT, *(port.port for port in gateway.ports)}
        ports = as_map(gateway.values.get("service")).get("ports")
        guarded = has_front_group(gateway, balancer.balancing)
        listed = cast("list[Any]", ports) if isinstance(ports, list) and guarded else []
        for place, each in enumerate(listed):
            number = as_map(each).get("port")
            if isinstance(number, int) and number not in known:
                path = ("gateways", balancer.index, "values", "service", "ports", place, "port")
                message = f"no security group rule allows port {number}: rules are created for the gateway's own ports"
                yield Hit(path, number, message, f"write {{port: {number}}} under the gateway's ports too")


@config_rule(needs=("cluster",), severity="warning")
def load_balancers_can_be_deleted(config: Config) -> Iterator[Hit]:
    """Deletion protection of a load balancer keeps its Service, and with it the stack, from being deleted.

    `pulumi destroy` waits for the Service's finalizer, times out, and leaves a namespace that is Terminating until
    somebody turns the protection off in AWS.
    """
    for balancer in balancers(config):
        place = balancer.free("attributes")
        if place and "deletion_protection.enabled=true" in balancer.value("attributes").replace(" ", "").lower():
            message = "deletion protection: the stack cannot be destroyed, its namespace stays Terminating"
            remedy = "remove it, or silence this with the reason why the stack is never destroyed"
            yield Hit(place, balancer.value("attributes"), message, remedy)
