"""Who may connect to a gateway, and through what? Its Service says, in a chart's values or as an object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.evaluation.snapshot import SECURITY_GROUP, UNKNOWN, Resource
from fairlead.picture.model.model import Balancer
from fairlead.picture.model.sources import Sources
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

_PREFIX = "service.beta.kubernetes.io/aws-load-balancer-"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_IN = "IngressRule"
_SOURCES = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
INTERNET = "Internet"
_OUTSIDE = {"NodePort": "Anyone who can reach a node", "ClusterIP": "Pods of the cluster", "None": "Nobody: no Service"}


def outside(service: Mapping[str, Any]) -> str:
    """Who stands before a Service of this type and annotations."""
    kind = _kind(service)
    if kind != "LoadBalancer":
        return _OUTSIDE.get(kind, kind)
    if not _is_aws(service):
        return "Outside the cluster"
    return INTERNET if _scheme(service) == "internet-facing" else "The VPC"


def is_open(service: Mapping[str, Any]) -> bool:
    """Whether callers from outside of the cluster reach it."""
    return _kind(service) in ("LoadBalancer", "NodePort")


def balancer(service: Mapping[str, Any], sources: Sources, release: Resource | None) -> Balancer:
    """What a Service puts before the pods; `release` is the one that has the Service, if it comes by a chart."""
    kind = _kind(service)
    if kind != "LoadBalancer":
        titles = {"NodePort": "A port of every node", "ClusterIP": "Cluster IP"}
        return Balancer(titles.get(kind, f"Service type {kind}"), (), tuple(_ports(service)))
    title = f"Network load balancer, {_scheme(service)}" if _is_aws(service) else "Load balancer"
    rules, objects = _front_rules(sources, release) if release else ((), ())
    return Balancer(title, rules or tuple(_ranges(service)), tuple(_facts(service)), sources.number(*objects))


def _kind(service: Mapping[str, Any]) -> str:
    return str(service.get("type") or "LoadBalancer")


def _annotations(service: Mapping[str, Any]) -> dict[str, Any]:
    return as_map(service.get("annotations"))


def _is_aws(service: Mapping[str, Any]) -> bool:
    return any(str(key).startswith(_PREFIX) for key in _annotations(service))


def _scheme(service: Mapping[str, Any]) -> str:
    found = _annotations(service).get(f"{_PREFIX}scheme")
    if found:
        return str(found)
    internal = str(_annotations(service).get(f"{_PREFIX}internal", "")).lower() in ("true", "0.0.0.0/0")
    # The controller's own default is internal, the old one in the cloud provider's was internet-facing.
    old = _annotations(service).get(f"{_PREFIX}type") == "nlb" and not internal
    return "internet-facing" if old else "internal"


def _ranges(service: Mapping[str, Any]) -> Iterator[str]:
    annotations = _annotations(service)
    groups = annotations.get(f"{_PREFIX}security-groups")
    if groups:
        yield "its security groups decide" if groups == UNKNOWN else f"as {groups} allows"
        return
    listed = service.get("loadBalancerSourceRanges") or str(annotations.get(_RANGES) or "").split(",")
    found = [str(each).strip() for each in as_list(listed) if each]
    yield from (f"from {each}" for each in found)
    if not found:
        yield "from anywhere in the VPC" if outside(service) == "The VPC" else "from anywhere"


def _facts(service: Mapping[str, Any]) -> Iterator[str]:
    annotations = _annotations(service)
    if annotations.get(f"{_PREFIX}ssl-cert"):
        ports = annotations.get(f"{_PREFIX}ssl-ports")
        yield f"terminates TLS on {ports or 'every port'}"
    if target := annotations.get(f"{_PREFIX}nlb-target-type"):
        yield "sends to the pods" if target == "ip" else f"sends to each {target}"


def _ports(service: Mapping[str, Any]) -> Iterator[str]:
    for port in as_maps(service.get("ports")):
        if port.get("nodePort"):
            yield f"{port.get('port')} at node port {port['nodePort']}"


def _front_rules(sources: Sources, release: Resource) -> tuple[tuple[str, ...], list[Resource]]:
    """What the security groups admit that the release waits for: those before its load balancer."""
    waits = set(release.dependencies)
    groups = [each for each in sources.rules if each.type == SECURITY_GROUP and each.urn in waits]
    known = {each.urn for each in groups}
    rules = [each for each in sources.rules if each not in groups and known.intersection(each.dependencies)]
    return tuple(_by_port(rules)) or (("from nowhere",) if groups else ()), [*groups, *rules]


def _by_port(rules: list[Resource]) -> Iterator[str]:
    found: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        if rule.type.endswith(_IN):
            found[ports_of(rule)].append(source_of(rule))
    for ports, admitted in found.items():
        yield from (f"{ports} from {each}" for each in admitted)


def ports_of(rule: Resource) -> str:
    """The ports of a security rule: `80`, `80-90` or `all ports`."""
    first, last = rule.inputs.get("fromPort"), rule.inputs.get("toPort")
    if str(rule.inputs.get("ipProtocol")) == "-1" or first is None:
        return "all ports"
    return str(first) if last in (None, first) else f"{first}-{last}"


def source_of(rule: Resource) -> str:
    """Who a security rule lets in."""
    return next((str(rule.inputs[key]) for key in _SOURCES if rule.inputs.get(key)), UNKNOWN)


def fronts(sources: Sources) -> frozenset[str]:
    """URNs of the security groups before load balancers, and of their rules."""
    groups = {each.urn for each in sources.rules if each.type == SECURITY_GROUP}
    return frozenset(each.urn for each in sources.rules if each.urn in groups or groups.intersection(each.dependencies))
