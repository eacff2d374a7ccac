"""Does the config mean a mesh that works? One generator a rule; its docstring is the rule's documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from mesh.apps import MESH
from mesh.config import Config
from mesh.findings import Path
from mesh.lint.rule import Hit, config_rule
from mesh.ports import PORTS, STATUS_PORT
from mesh.versions import OLDEST_ISTIO


def _repeated(items: Iterable[tuple[Path, Any]], what: str) -> Iterator[Hit]:
    first: dict[Any, Path] = {}
    for path, value in items:
        if value in first:
            message = f"{what} {value} is there twice; change one of them"
            yield Hit(path, value, message, first=first[value])
        first.setdefault(value, path)


@config_rule()
def names_are_unique(config: Config) -> Iterator[Hit]:
    """Two gateways, namespaces, apps or samples with one name would be one Kubernetes object written twice."""
    for section in ("gateways", "namespaces", "apps"):
        named = (((section, index, "name"), item.name) for index, item in enumerate(getattr(config, section)))
        yield from _repeated(named, section.removesuffix("s"))
    samples = (
        (("samples", index, "name"), f"{item.name} in {item.namespace}") for index, item in enumerate(config.samples)
    )
    yield from _repeated(samples, "sample")


@config_rule(needs=("istio",))
def mtls_of_istios_namespace_is_the_meshs(config: Config) -> Iterator[Hit]:
    """In Istio's own namespace a PeerAuthentication holds for the whole mesh, so it is said once, under istio."""
    for index, namespace in enumerate(config.namespaces):
        if namespace.name == config.istio.namespace and namespace.mtls:
            message = "holds for the whole mesh here; write it as istio.mtls instead"
            yield Hit(("namespaces", index, "mtls"), namespace.mtls, message)


@config_rule()
def versions_are_unique(config: Config) -> Iterator[Hit]:
    """Weights name a version, so an app can have only one of that name."""
    for index, app in enumerate(config.apps):
        named = (
            (("apps", index, "versions", number, "name"), version.name) for number, version in enumerate(app.versions)
        )
        yield from _repeated(named, "version")


@config_rule()
def gateway_ports_are_unique(config: Config) -> Iterator[Hit]:
    """A Service refuses two ports with one number or one name, and the status port is taken by the gateway itself."""
    for index, gateway in enumerate(config.gateways):
        path: Path = ("gateways", index, "ports")
        numbers = (((*path, place, "port"), port.port) for place, port in enumerate(gateway.ports))
        yield from _repeated(numbers, "port")
        names = (((*path, place, "name"), port.label) for place, port in enumerate(gateway.ports))
        yield from _repeated(names, "port name")
        for place, port in enumerate(gateway.ports):
            if port.port == STATUS_PORT or port.label == "status-port":
                message = f"{STATUS_PORT}, status-port, is the gateway's own health check; choose another"
                yield Hit((*path, place), port.label, message)


@config_rule(needs=("gateways",))
def gateways_exist(config: Config) -> Iterator[Hit]:
    """An app can only be reached through a gateway of this stack (or `mesh`, its callers inside)."""
    known = [*(gateway.name for gateway in config.gateways), MESH]
    for index, app in enumerate(config.apps):
        for number, name in enumerate(app.gateways):
            if name not in known:
                path = ("apps", index, "gateways", number)
                yield Hit(path, name, f"no such gateway; this stack has {', '.join(known)}")


@config_rule(needs=("gateways",))
def gateways_serve_http(config: Config) -> Iterator[Hit]:
    """HTTP routes need a port on which the gateway reads HTTP and serves a host."""
    gateways = {gateway.name: gateway for gateway in config.gateways}
    for index, app in enumerate(config.apps):
        for number, name in enumerate(app.gateways):
            gateway = gateways.get(name)
            if gateway and not any(
                gateway.hosts(port) and port.protocol not in ("TCP", "TLS") for port in gateway.ports
            ):
                path = ("apps", index, "gateways", number)
                message = "this gateway serves no host over HTTP; give one of its ports hosts and an HTTP protocol"
                yield Hit(path, name, message)


@config_rule()
def weights_name_versions(config: Config) -> Iterator[Hit]:
    """A weight belongs to a version of the app."""
    for index, app in enumerate(config.apps):
        known = [version.name for version in app.versions]
        for number, route in enumerate(app.routes):
            for name, weight in route.weights.items():
                if name not in known:
                    versions = f"it has {', '.join(known)}" if known else "it has none; list them under versions"
                    path = ("apps", index, "routes", number, "weights", name)
                    yield Hit(path, weight, f"{app.name} has no version {name}; {versions}")


@config_rule()
def weights_add_up(config: Config) -> Iterator[Hit]:
    """Weights are shares of a hundred: a sum below or above says that one of them was forgotten."""
    for index, app in enumerate(config.apps):
        for number, route in enumerate(app.routes):
            total = sum(route.weights.values())
            if route.weights and total != 100:  # noqa: PLR2004 - a percentage
                path = ("apps", index, "routes", number, "weights")
                yield Hit(path, route.weights, f"the weights add up to {total}, not 100")


@config_rule(needs=("cluster",))
def load_balancer_settings_have_a_load_balancer(config: Config) -> Iterator[Hit]:
    """Settings of a load balancer do nothing on a gateway that is exposed in another way."""
    for index, gateway in enumerate(config.gateways):
        balancer = gateway.load_balancer
        path: Path = ("gateways", index, "loadBalancer")
        if balancer.model_fields_set and not gateway.has_load_balancer:
            message = f"expose is {gateway.exposure}, so there is no load balancer; remove this or change expose"
            yield Hit(path, None, message)
        if not config.cluster.eks and gateway.has_load_balancer:
            yield from _settings_of_aws(index, gateway.load_balancer.model_fields_set & {"tls", "cross_zone", "drain"})
            if balancer.allow_from and balancer.allow_from.prefix_lists:
                where = (*path, "allowFrom", "prefixLists")
                message = "prefix lists exist on AWS only; write cidrs"
                yield Hit(where, balancer.allow_from.prefix_lists, message)


def _settings_of_aws(index: int, names: set[str]) -> Iterator[Hit]:
    for name in sorted(names):
        key = {"cross_zone": "crossZone"}.get(name, name)
        message = "is done by the AWS load balancer, and this cluster is not on EKS; remove it"
        path = ("gateways", index, "loadBalancer", key)
        yield Hit(path, None, message)


@config_rule()
def allow_from_admits_somebody(config: Config) -> Iterator[Hit]:
    """An empty `allowFrom` would be a load balancer that nobody reaches."""
    for index, gateway in enumerate(config.gateways):
        allowed = gateway.load_balancer.allow_from
        if allowed and not allowed.cidrs and not allowed.prefix_lists:
            path = ("gateways", index, "loadBalancer", "allowFrom")
            yield Hit(path, {}, "admits nobody; name cidrs or prefixLists, or remove it")


@config_rule()
def tls_ports_exist(config: Config) -> Iterator[Hit]:
    """The load balancer ends TLS on ports of the gateway, by their names."""
    for index, gateway in enumerate(config.gateways):
        known = [port.label for port in gateway.ports]
        tls = gateway.load_balancer.tls
        for number, name in enumerate(tls.ports if tls else []):
            if name not in known:
                path = ("gateways", index, "loadBalancer", "tls", "ports", number)
                yield Hit(path, name, f"no such port; this gateway has {', '.join(known)}")


@config_rule(needs=("addons",))
def addons_have_what_they_show(config: Config) -> Iterator[Hit]:
    """Kiali and Grafana draw what Prometheus holds."""
    for name in ("grafana", "kiali"):
        addon = getattr(config.addons, name)
        if addon and addon.installed and not config.addons.prometheus:
            message = f"{name} needs a Prometheus; add prometheus: {{}} or prometheus: {{url: ...}} beside it"
            yield Hit(("addons", name), None, message)


@config_rule()
def istio_has_the_v1_apis(config: Config) -> Iterator[Hit]:
    """The objects here are written in v1 of Istio's APIs, which older versions refuse."""
    if tuple(int(part) for part in config.istio.version.split("-")[0].split(".")[:2]) < OLDEST_ISTIO:
        oldest = ".".join(str(part) for part in OLDEST_ISTIO)
        message = f"too old: its API server knows no v1 of Istio's objects; write {oldest}.0 or newer"
        yield Hit(("istio", "version"), config.istio.version, message)


@config_rule()
def hosts_do_not_overlap(config: Config) -> Iterator[Hit]:
    """Istio refuses a VirtualService that names a host twice, be it by a wildcard."""
    for index, app in enumerate(config.apps):
        for number, host in enumerate(app.hosts):
            for before, other in enumerate(app.hosts[:number]):
                if _covers(host, other) or _covers(other, host):
                    path: Path = ("apps", index, "hosts")
                    message = f"is covered by {other} already; remove one of them"
                    yield Hit((*path, number), host, message, first=(*path, before))
                    break


def _covers(pattern: str, host: str) -> bool:
    return pattern == host or (pattern.startswith("*") and host.endswith(pattern[1:]))


@config_rule()
def opened_ports_are_unique(config: Config) -> Iterator[Hit]:
    """EC2 refuses a rule that exists, and a rule's name is its resource's."""
    ours = {value for port in PORTS if port.opened_from_control_plane for value in (port.key, port.number)}
    ports = config.security_groups.ports
    path: Path = ("securityGroups", "ports")
    for key in ("name", "port"):
        places = [((*path, index, key), getattr(port, key)) for index, port in enumerate(ports)]
        yield from _repeated(places, key)
        for place, value in places:
            if value in ours:
                message = "is opened for Istio anyway; remove it, or choose another name"
                yield Hit(place, value, message)


@config_rule()
def gateways_have_pods_of_their_own(config: Config) -> Iterator[Hit]:
    """A Gateway object holds for all pods that carry its labels, in every namespace."""
    for index, gateway in enumerate(config.gateways):
        for before, other in enumerate(config.gateways[:index]):
            if gateway.name != other.name and gateway.pod_labels == other.pod_labels:
                labels = ", ".join(f"{key}: {value}" for key, value in gateway.pod_labels.items())
                message = f"its pods carry {labels}, as those of {other.name} do; give one of them a selector"
                path: Path = ("gateways", index, "selector")
                yield Hit(path, None, message, first=("gateways", before))


@config_rule(needs=("gateways",))
def gateways_are_injected(config: Config) -> Iterator[Hit]:
    """A gateway's pods get Envoy from istiod's injector, which stays out of a namespace with injection off."""
    homes = {gateway.home: gateway.name for gateway in config.gateways}
    for index, namespace in enumerate(config.namespaces):
        if namespace.injection is False and namespace.name in homes:
            message = f"the gateway {homes[namespace.name]} gets its proxy by injection; remove injection here"
            yield Hit(("namespaces", index, "injection"), False, message)
