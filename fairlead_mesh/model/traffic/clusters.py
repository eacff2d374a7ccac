"""Who gets the requests of a destination? Its endpoints by DestinationRule and subset, and what is spoken to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from fairlead_mesh.model.destination_rules import Subset, subsets
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps
from fairlead_mesh.model.pods.sidecars import has_sidecar, is_gateway
from fairlead_mesh.model.traffic.hosts import Endpoint, Host, HostPort
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.traffic.server import DISABLE, MTLS, PLAIN, SIMPLE
from fairlead_mesh.model.traffic.undecided import UndecidedError

_MODES = {"DISABLE": PLAIN, "ISTIO_MUTUAL": MTLS, "SIMPLE": SIMPLE, "MUTUAL": SIMPLE}


class Lack(StrEnum):
    """What of a destination is not there."""

    HOST = "host"
    PORT = "port"
    SUBSET = "subset"
    PODS = "pods"


@dataclass(frozen=True, eq=False)
class Cluster:
    """The endpoints of a destination. `missing` says why there is no such cluster; `rules` are its DestinationRules and
    `policy` what they say of it."""

    name: str
    endpoints: tuple[Endpoint, ...] = ()
    missing: str = ""
    rules: tuple[Item, ...] = ()
    policy: Mapping[str, Any] | None = None
    host: Host | None = None
    is_original: bool = False
    """Whether a sidecar sends to the address that was asked for, not to these endpoints (ORIGINAL_DST)."""
    subset: Subset | None = None
    without: Lack | None = None
    key: str = ""
    """Its name as a server name of Istio's mTLS (BuildDNSSrvSubsetKey in pilot/pkg/model/push_context.go)."""
    mode_of_pods: str = ""
    """The TLS mode that rules say at any level: it decides of each pod where the policy of the port says none."""

    @property
    def lack(self) -> Lack | None:
        """What is not there, so that requests get 503."""
        return self.without or (None if self.endpoints or self.is_original else Lack.PODS)

    @property
    def labels(self) -> dict[str, Any]:
        """The labels that its pods must have."""
        asked = self.subset.asked_of_pods if self.subset else {}
        return {**(as_map(self.host.item.get("spec", "selector")) if self.host else {}), **asked}

    @property
    def server_name(self) -> str:
        """The server name that clients ask for by Istio's mTLS."""
        return str(as_map(self.settings.get("tls")).get("sni") or self.key)

    @property
    def settings(self) -> Mapping[str, Any]:
        return self.policy or {}


@dataclass(frozen=True)
class Target:
    """A destination: without a `port` of its own it is the host's only one, or that of the `listener`."""

    host: str
    listener: int
    subset: str = ""
    port: int | None = None


def cluster(mesh: Mesh, proxy: Proxy, target: Target) -> Cluster:
    """What a destination means to a proxy."""
    subset = target.subset
    aliased = mesh.hosts.by_name.get(target.host, [])
    host_name = next((each.alias_of for each in aliased if each.alias_of), target.host)
    name = f"{host_name} {subset}".rstrip()
    known = proxy.known(mesh.hosts.by_name.get(host_name, []))
    if not known:
        return Cluster(name, missing=f"no Service and no ServiceEntry named {host_name} is known to the proxy",
                       without=Lack.HOST)  # fmt: skip
    with_port = ((each, _port(each, target.port, target.listener)) for each in known)
    host, found = next((pair for pair in with_port if pair[1]), (known[0], None))
    if found is None:
        return Cluster(
            name, missing=f"{host_name} has no port {target.port or target.listener}", host=host, without=Lack.PORT
        )
    rules = proxy.destination_rules(host)
    said = (as_map(rule.get("spec", "trafficPolicy")) for rule in rules)
    general = next((each for each in said if each), as_map(None))
    policy, mode = _policy({}, general, found.number), _tls_mode(general, found.number)
    endpoints, meant = mesh.hosts.endpoints(host, found), None
    if subset:
        meant = subsets(rules).get(subset)
        if meant is None:
            return Cluster(name, missing=f"no DestinationRule for {host_name} here defines the subset {subset}",
                           rules=tuple(rules), host=host, without=Lack.SUBSET)  # fmt: skip
        own = as_map(meant.spec.get("trafficPolicy"))
        policy, mode = _policy(policy, own, found.number), _tls_mode(own, found.number) or mode
    by_rule = as_map(policy.get("loadBalancer")).get("simple") == "PASSTHROUGH"
    original = (host.is_passed_on or by_rule) and not proxy.is_gateway
    if proxy.is_gateway:  # who connected to it asked for no other address
        endpoints = [each for each in endpoints if not (by_rule or each.is_original)]
    if meant and not original:
        endpoints = _endpoints(meant, endpoints)
    key = f"outbound_.{found.number}_.{subset}_.{host.name}"
    return Cluster(name, tuple(endpoints), "", tuple(rules), policy, host, original, meant, key=key, mode_of_pods=mode)


def _endpoints(subset: Subset, endpoints: list[Endpoint]) -> list[Endpoint]:
    if not subset.is_open or not any(each.workload for each in endpoints):
        return [each for each in endpoints if subset.labels.items() <= (each.labels or {}).items()]
    found = [each for each in endpoints if subset.takes(each.labels or {})]
    if found:
        raise UndecidedError(f"the nodes of the pods decide which of them are in subset {subset.name}")
    return []


def _port(host: Host, port: int | None, listener: int) -> HostPort | None:
    if port is not None:
        return host.port(port)
    return host.ports[0] if len(host.ports) == 1 else host.port(listener)


def _policy(base: Mapping[str, Any], own: Mapping[str, Any], port: int) -> Mapping[str, Any]:
    """Settings of a rule over those above it; those of a port stand in the place of all that the rule says."""
    levels = [each for each in as_maps(own.get("portLevelSettings")) if as_map(each.get("port")).get("number") == port]
    said = levels[0] if levels else own
    if levels:
        base = {}
    return {**base, **{key: value for key, value in said.items() if key != "portLevelSettings" and value}}


def _tls_mode(policy: Mapping[str, Any], port: int) -> str:
    """Unlike the policy of a port, it is inherited (trafficPolicyTLSModeForPort in mtls_checker.go)."""
    levels = [
        each for each in as_maps(policy.get("portLevelSettings")) if as_map(each.get("port")).get("number") == port
    ]
    modes = [as_map(each.get("tls")).get("mode", "DISABLE") for each in (*levels, policy) if each.get("tls")]
    return str(next(iter(modes), ""))


def speaks(mesh: Mesh, cluster: Cluster, endpoint: Endpoint) -> str:
    """What a proxy speaks to an endpoint: as the DestinationRule says, else mTLS where the other side has a sidecar
    that takes it (auto mTLS)."""
    mode = as_map(cluster.settings.get("tls")).get("mode")
    if mode in _MODES:
        return _MODES[str(mode)]
    host = cluster.host
    if host is None or host.is_external or not _may_be_mtls(mesh, host):
        return PLAIN
    if cluster.mode_of_pods and not cluster.is_original:
        return MTLS if cluster.mode_of_pods == "ISTIO_MUTUAL" else PLAIN
    asked = cluster.endpoints if cluster.is_original else (endpoint,)
    if not asked or not all(_has_sidecar(mesh, each) for each in asked):
        return PLAIN
    if cluster.is_original or endpoint.workload is None:
        return MTLS
    server, _ = mesh.peers.of_port(endpoint.workload, endpoint.port)
    return PLAIN if server == DISABLE else MTLS


def _may_be_mtls(mesh: Mesh, host: Host) -> bool:
    """Whether auto mTLS is on and the namespace's mode is another than DISABLE (BestEffortInferServiceMTLSMode in
    push_context.go): what single pods accept does not count."""
    is_on = (mesh.graph.mesh_config or {}).get("enableAutoMtls") is not False
    return is_on and mesh.peers.of_namespace(host.namespace)[0] != DISABLE


def _has_sidecar(mesh: Mesh, endpoint: Endpoint) -> bool:
    pods = None if endpoint.by_name else endpoint.workload
    if pods is None:
        return endpoint.has_sidecar
    # The template of gateways does not label pods as ones that take mTLS.
    return bool(has_sidecar(mesh.graph, pods)) and not is_gateway(pods)
