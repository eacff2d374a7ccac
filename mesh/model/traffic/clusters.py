"""Who gets the requests of a destination? Its endpoints by DestinationRule and subset, and what is spoken to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mesh.model.destination_rules import Subset, subsets
from mesh.model.item import Item
from mesh.model.sidecars import has_sidecar
from mesh.model.traffic.hosts import Endpoint, Host, HostPort
from mesh.model.traffic.mesh import Mesh
from mesh.model.traffic.proxies import Proxy
from mesh.model.traffic.server import DISABLE, MTLS, PLAIN, SIMPLE
from mesh.model.traffic.undecided import UndecidedError
from mesh.model.yaml_values import as_map, as_maps

_MODES = {"DISABLE": PLAIN, "ISTIO_MUTUAL": MTLS, "SIMPLE": SIMPLE, "MUTUAL": SIMPLE}


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
    host_name, subset = target.host, target.subset
    name = f"{host_name} {subset}".rstrip()
    known = [host for host in mesh.hosts.by_name.get(host_name, []) if proxy.knows(host)]
    if not known:
        return Cluster(name, missing=f"no Service and no ServiceEntry named {host_name} is known to the proxy")
    host = known[0]
    found = _port(host, target.port, target.listener)
    if found is None:
        return Cluster(name, missing=f"{host_name} has no port {target.port or target.listener}", host=host)
    rules = proxy.destination_rules(host)
    said = (as_map(rule.get("spec", "trafficPolicy")) for rule in rules)
    policy = _policy({}, next((each for each in said if each), as_map(None)), found.number)
    endpoints = mesh.hosts.endpoints(host, found)
    if subset:
        meant = subsets(rules).get(subset)
        if meant is None:
            return Cluster(name, missing=f"no DestinationRule for {host_name} here defines the subset {subset}",
                           rules=tuple(rules), host=host)  # fmt: skip
        endpoints = _endpoints(meant, endpoints)
        policy = _policy(policy, as_map(meant.spec.get("trafficPolicy")), found.number)
    return Cluster(name, tuple(endpoints), rules=tuple(rules), policy=policy, host=host)


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


def speaks(mesh: Mesh, cluster: Cluster, endpoint: Endpoint) -> str:
    """What a proxy speaks to an endpoint: as the DestinationRule says, else mTLS where the other side has a sidecar
    that takes it (auto mTLS)."""
    mode = as_map(cluster.settings.get("tls")).get("mode")
    if mode in _MODES:
        return _MODES[str(mode)]
    if endpoint.workload is None or (cluster.host and cluster.host.is_external and not endpoint.workload):
        return PLAIN
    if not has_sidecar(mesh.graph, endpoint.workload):
        return PLAIN
    server, _ = mesh.peers.of_port(endpoint.workload, endpoint.port)
    return PLAIN if server == DISABLE else MTLS
