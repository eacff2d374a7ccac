"""Do the servers of Gateways have hosts and protocols that somebody routes and that go together?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.conflict import Part, conflict
from fairlead_mesh.lint.gateways.gateway_rules import each_server
from fairlead_mesh.lint.gateways.gateway_tls_rules import tls_servers
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.elsewhere import close, missing_namespace, without_namespace
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.protocols import HTTP, TLS, parsed
from fairlead_mesh.model.reach import gateway_pods
from fairlead_mesh.model.virtual_service import gateways, strings

_ALWAYS = ("*", ".")
_VERSIONS = ("TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3")
# Those that Istio passes on to Envoy: pkg/config/security/security.go in istio/istio.
_CIPHERS = (
    *("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-AES128-GCM-SHA256"),
    *("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-SHA", "ECDHE-RSA-AES256-SHA", "ECDHE-ECDSA-AES128-SHA"),
    *("ECDHE-RSA-AES128-SHA", "AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-SHA", "AES128-SHA", "DES-CBC3-SHA"),
    *("ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305", "ECDHE-PSK-CHACHA20-POLY1305"),
    *("ECDHE-PSK-AES128-CBC-SHA", "ECDHE-PSK-AES256-CBC-SHA", "PSK-AES128-CBC-SHA", "PSK-AES256-CBC-SHA"),
    *("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"),
)


@object_rule(severity="warning")
def gateway_hosts_name_namespaces(graph: Graph) -> Iterator[Hit]:
    """A host with a namespace is for the VirtualServices of that namespace: of one that does not exist, for none."""
    known = {graph.root_namespace, *graph.namespaces, *(item.namespace for item in graph.items)}
    for item, path, _ in each_server(graph):
        for place, host in strings(item, *path, "hosts"):
            name, slash, _ = host.partition("/")
            if slash and name and name not in (*_ALWAYS, *known):
                near = close(name, sorted(known))
                missing = missing_namespace(graph, name, known)
                message = f"{without_namespace(name, missing)} no VirtualService may use this host: clients get 404"
                severity = "info" if missing == "info" else None
                remedy = f"write {near}/..." if near else "write one that exists"
                yield item.hit(place, message, remedy, severity=severity)


@object_rule(severity="warning")
def gateway_hosts_are_routed(graph: Graph) -> Iterator[Hit]:
    """A host of a Gateway has a VirtualService that routes it: without one its clients get 404.

    Where another host of the Gateway is routed that is spelt almost alike, one of the two is misspelt.
    """
    routed: dict[str, set[str]] = defaultdict(set)
    for item in graph.all_of_kind("VirtualService"):
        for key in gateways(item):
            routed[key].update(host for _, host in strings(item, "spec", "hosts"))
    told = set[Item]()
    for item, path, server in each_server(graph) if graph.closed else ():
        there = routed.get(f"{item.namespace}/{item.name}", set())
        redirects = as_map(server.get("tls")).get("httpsRedirect") is True
        passed = str(as_map(server.get("tls")).get("mode")) == "AUTO_PASSTHROUGH"
        for place, host in strings(item, *path, "hosts") if not redirects and not passed else ():
            name = host.rpartition("/")[2]
            if (name == "*" and there) or any(_share(name, other) for other in there):
                continue
            if not there:
                if item not in told:
                    told.add(item)
                    message = "no VirtualService is for this Gateway: its clients get 404"
                    yield item.hit(place, message, "write it under gateways of a VirtualService", severity="info")
                continue
            near = close(name, sorted(there))
            message = f"no VirtualService of this Gateway has the host {name}: its clients get 404"
            remedy = f"write {near}, or fix it there" if near else "add a VirtualService for it, or remove it"
            yield item.hit(place, message, remedy, severity=None if near else "info")


def _share(one: str, other: str) -> bool:
    """Whether two hosts, each perhaps with a wildcard, have names in common."""
    if one == other or "*" in (one, other):
        return True
    ends = [host.removeprefix("*") for host in (one, other)]
    return (one.startswith("*") and other.endswith(ends[0])) or (other.startswith("*") and one.endswith(ends[1]))


@object_rule(severity="warning")
def gateways_of_a_port_share_a_protocol(graph: Graph) -> Iterator[Hit]:
    """Of two Gateways with a port of the same pods, one HTTP and one TLS or TCP, istiod drops the servers of one."""
    taken: dict[tuple[Workload, str], dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for item, path, server in each_server(graph):
        port = as_map(server.get("port"))
        protocol = parsed(port.get("protocol"))
        family = "HTTP" if protocol in HTTP else "TLS" if protocol in TLS else str(protocol or "")
        for pod in gateway_pods(graph, item) if family and not server.get("bind") else ():
            taken[pod, str(port.get("number"))][family].append((item, (*path, "port", "protocol")))
    told = set[Item]()
    for (_, number), families in taken.items():
        parts = [part for found in families.values() for part in found]
        if len(families) > 1 and len({item for item, _ in parts}) > 1 and told.isdisjoint(item for item, _ in parts):
            told.update(item for item, _ in parts)
            words = " and ".join(families)
            message = f"port {number} of these pods has {words}, so istiod drops the servers of one of them"
            yield from conflict(parts, lambda _, message=message: message, "use another port for one of them")


@object_rule("webhook", severity="warning")
def tls_versions_and_ciphers_exist(graph: Graph) -> Iterator[Hit]:
    """The lowest TLS version is not above the highest, and cipher suites are ones that Envoy knows.

    With another version Envoy rejects the listener; other suites are left out, and the defaults are used.
    """
    for item, path, tls, _ in tls_servers(graph):
        bounds = [str(tls.get(key) or "TLS_AUTO") for key in ("minProtocolVersion", "maxProtocolVersion")]
        known = "TLS_AUTO" not in bounds and all(each in _VERSIONS for each in bounds)
        if known and _VERSIONS.index(bounds[0]) > _VERSIONS.index(bounds[1]):
            message = f"{bounds[0]} is above maxProtocolVersion, so Envoy rejects the listener"
            at: Path = (*path, "minProtocolVersion")
            yield item.hit(at, message, "raise maxProtocolVersion, or remove it", severity="error")
        for place, suite in strings(item, *path, "cipherSuites"):
            if suite not in _CIPHERS:
                near = close(suite, _CIPHERS)
                message = f"{suite} is no cipher suite that Envoy knows, so it is left out"
                yield item.hit(place, message, f"write {near}" if near else f"write one such as {_CIPHERS[0]}")
