"""Are the hosts, ports and sources that routes and policies of traffic name ones that there are?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.backends import Backends, ports
from fairlead_mesh.model.elsewhere import Elsewhere, close, missing_namespace, without_namespace
from fairlead_mesh.model.graph import Graph, full_host, service_key
from fairlead_mesh.model.hostnames import complaint
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import labels_in_words
from fairlead_mesh.model.protocols import TCP, TLS, service_protocol
from fairlead_mesh.model.reach import side_selector
from fairlead_mesh.model.served_hosts import known_gateways, ports_of_gateway
from fairlead_mesh.model.traffic_policy import destination_rules, policies
from fairlead_mesh.model.virtual_service import (
    MESH,
    gateways,
    http_routes,
    is_on_mesh,
    routes,
    strings,
    virtual_services,
)


@object_rule("KIA1101", severity="warning")
def hosts_of_mesh_routes_exist(graph: Graph) -> Iterator[Hit]:
    """Sidecars route by the hosts of Services and ServiceEntries: a VirtualService for another host is not used.

    Requests to the Service that was meant go on without its routes: no canary, no timeout, no fault.
    """
    backends, elsewhere = graph.once(Backends), graph.once(Elsewhere)
    for item in virtual_services(graph):
        # One for gateways too may have their hosts beside the Service's.
        if gateways(item) != [MESH]:
            continue
        for path, host in strings(item, "spec", "hosts"):
            if "*" in host or not backends.knowable(host) or complaint(host) or _is_address(host):
                continue
            if backends.visible(host, item.namespace):
                continue
            whole = full_host(host, item.namespace)
            meant = backends.meant(host, item.namespace)
            outside = "." in host and not whole.endswith(".svc.cluster.local") and not meant
            severity = "info" if outside else elsewhere.missing_service(host, item.namespace)
            if severity:
                message = f"no Service or ServiceEntry {whole} is known, so sidecars do not use these routes"
                remedy = f"write {meant}" if meant else "fix the name, or add a ServiceEntry"
                # A Service may be applied apart from its routes; one that is spelt almost alike is meant.
                near = _spelt_alike(graph, whole, item.namespace)
                remedy = f"write {near}" if near and not meant else remedy
                yield item.hit(path, message, remedy, severity=None if (near or meant) and not outside else "info")


def _spelt_alike(graph: Graph, host: str, namespace: str) -> str:
    """The Service of that namespace that a misspelt host means; one with another ending is another one."""
    key = service_key(host, namespace)
    names = sorted(name for home, name in graph.services if key and home == key[0])
    return close(key[1], [name for name in names if not name.startswith(f"{key[1]}-")]) if key else ""


def _is_address(host: str) -> bool:
    return host.replace(".", "").isdigit() or ":" in host


@object_rule(severity="warning")
def matched_ports_exist(graph: Graph) -> Iterator[Hit]:
    """A match on a port is for a port of the host, or of a server of the Gateway: another one never matches."""
    backends, known = graph.once(Backends), known_gateways(graph)
    for item in virtual_services(graph):
        numbers = _ports_of(item, backends, known)
        for route, _ in routes(item) if numbers else ():
            for place, match in item.maps(*route, "match"):
                port = match.get("port")
                if isinstance(port, int) and port not in numbers and "gateways" not in match:
                    listed = ", ".join(map(str, sorted(numbers)))
                    message = f"no request of this VirtualService comes to port {port}, so this never matches"
                    yield item.hit((*place, "port"), message, f"write one of {listed}, or remove port")


def _ports_of(item: Item, backends: Backends, known: dict[str, Item]) -> set[int]:
    """Every port to which requests come that it routes; none where not all are known."""
    found = set[int]()
    for key in gateways(item):
        if key != MESH:
            mine = ports_of_gateway(known[key]) if key in known else set[int]()
            if not mine:
                return set()
            found |= mine
    for _, host in strings(item, "spec", "hosts") if is_on_mesh(item) else ():
        mine = {number for each in backends.behind(host, item.namespace) for number in ports(each)}
        if not mine or "*" in host:
            return set()
        found |= mine
    return found


@object_rule(severity="warning")
def sources_of_matches_exist(graph: Graph) -> Iterator[Hit]:
    """A match on the client's labels or namespace is for pods that there are: without any it never matches."""
    known = {graph.root_namespace, "default", *graph.namespaces, *(item.namespace for item in graph.items)}
    for item in virtual_services(graph) if graph.closed else ():
        for route, _ in routes(item):
            for place, match in item.maps(*route, "match"):
                namespace, labels = match.get("sourceNamespace"), as_map(match.get("sourceLabels"))
                if isinstance(namespace, str) and namespace and namespace not in known:
                    missing = missing_namespace(graph, namespace, known)
                    message = f"{without_namespace(namespace, missing)} this never matches"
                    at: Path = (*place, "sourceNamespace")
                    severity = "info" if missing == "info" else None
                    yield item.hit(at, message, "write one that exists", severity=severity)
                    continue
                home = namespace if isinstance(namespace, str) and namespace else None
                there = graph.workloads.get(item.namespace) if home is None else graph.workloads.get(home)
                if labels and there and not graph.selected(home, labels):
                    message = f"no pods have the labels {labels_in_words(labels)}, so this never matches"
                    yield item.hit((*place, "sourceLabels"), message, "write the labels of the client pods")


@object_rule(severity="warning")
def ports_of_traffic_policies_exist(graph: Graph) -> Iterator[Hit]:
    """Settings of a port are for a port of the Service, by the Service's number: for another they have no effect."""
    backends = graph.once(Backends)
    for item in destination_rules(graph):
        host = str(item.get("spec", "host") or "")
        numbers = {number for each in backends.behind(host, item.namespace) for number in ports(each)}
        for policy in policies(item) if numbers and "*" not in host else ():
            if policy.port is not None and policy.port not in numbers:
                message = f"{host} has no port {policy.port}, so these settings have no effect"
                remedy = f"write one of {', '.join(map(str, sorted(numbers)))}"
                yield item.hit((*policy.path, "port", "number"), message, remedy)


@object_rule(severity="warning")
def selectors_of_hosts_match_pods(graph: Graph) -> Iterator[Hit]:
    """The workloadSelector of a DestinationRule matches client pods, that of a ServiceEntry its endpoints.

    Without any, the policy is used by nobody, or the host has no endpoint: 503.
    """
    for item in graph.of_kind("DestinationRule", "ServiceEntry") if graph.closed else ():
        at, labels = side_selector(item)
        there = graph.workloads.get(item.namespace) or graph.machines.by_namespace.get(item.namespace)
        if not labels or not there or graph.selected(item.namespace, labels):
            continue
        if item.kind == "DestinationRule" or not graph.machines.selected(item.namespace, labels):
            what = "no client uses this" if item.kind == "DestinationRule" else "this host has no endpoint"
            message = f"nothing in {item.namespace} has the labels {labels_in_words(labels)}, so {what}"
            yield item.hit(at, message, "write the labels of pods in this namespace")


@object_rule(severity="warning")
def http_routes_meet_http_services(graph: Graph) -> Iterator[Hit]:
    """Sidecars use HTTP routes on ports that speak HTTP: where all of a Service's ports say TCP, none is used."""
    backends = graph.once(Backends)
    for item in dict.fromkeys(item for item, _, _ in http_routes(graph)):
        for path, host in strings(item, "spec", "hosts") if is_on_mesh(item) else ():
            services = [each for each in backends.behind(host, item.namespace) if each.kind == "Service"]
            listed = [(each, place, port) for each in services for place, port in each.maps("spec", "ports")]
            if listed and all(service_protocol(port) in (*TCP, *TLS) for _, _, port in listed):
                service, place, port = listed[0]
                message = f"{service} has no HTTP port (port {port.get('port')} is {service_protocol(port)})"
                remedy = "name its port http-..., or write tcp or tls routes"
                yield item.hit(path, f"{message}, so its HTTP routes are not used", remedy, others=[(service, place)])
