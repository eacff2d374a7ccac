"""What does a sidecar make of a request of its pods? Listener, virtual host, routes, or passed on as it is.

Sources: pilot/pkg/networking/core/httproute.go and listener.go in istio/istio.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches

from fairlead_mesh.model.gateways.gateway_traffic import at_gateway
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN, is_ip_address, patterns
from fairlead_mesh.model.objects.item import by_age
from fairlead_mesh.model.objects.yaml_values import as_list
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.protocols import TCP
from fairlead_mesh.model.requests.http_match import At
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.security.networks import in_networks
from fairlead_mesh.model.traffic.clusters import Target, cluster
from fairlead_mesh.model.traffic.forwarding import Hop, forwarded
from fairlead_mesh.model.traffic.hosts import Endpoint, Host, HostPort
from fairlead_mesh.model.traffic.mesh import Mesh
from fairlead_mesh.model.traffic.outcome import CLOSED, NO_NAME, Outcome, Step, after, shared
from fairlead_mesh.model.traffic.proxies import Proxy
from fairlead_mesh.model.traffic.refusals import unread
from fairlead_mesh.model.traffic.route_choice import Place
from fairlead_mesh.model.traffic.routing import routed
from fairlead_mesh.model.traffic.server import PLAIN, Arrival, arrives
from fairlead_mesh.model.traffic.tcp_routes import tcp_sent
from fairlead_mesh.model.traffic.virtual_hosts import VirtualHost, seen_hosts, virtual_host
from fairlead_mesh.model.virtual_service import MESH


def sent_by_pod(mesh: Mesh, workload: Workload, request: Request) -> list[Outcome]:
    """What becomes of a request that pods with a sidecar send."""
    proxy = mesh.proxy(workload)
    target = mesh.service(request.to, workload.namespace) if request.resolved else None
    if request.resolved and target is None and (nowhere := unresolved(mesh, workload.namespace, request.to)):
        return [nowhere]
    own = target.port(request.port) if target else None
    if target and own and proxy.sees(target, request.port):
        port = proxy.reads(own)
        if port.protocol is None and request.scheme == "http":
            return _sniffed(mesh, proxy, target, request)
        if not port.is_http:
            return tcp_sent(mesh, proxy, target, port, request) or _unknown(mesh, proxy, target, request)
    if request.scheme == "http" and _listens(proxy, request.port):
        return _http(mesh, proxy, target, request)
    found = _by_sni(proxy, request) if request.scheme == "https" else None
    if found := found or _by_address(mesh, proxy, request):
        host, port = found
        return tcp_sent(mesh, proxy, host, port, request) or _unknown(mesh, proxy, target, request)
    return _unknown(mesh, proxy, target, request)


def unresolved(mesh: Mesh, namespace: str, name: str) -> Outcome | None:
    """The end of a request to a name that nobody has; None where somebody may have it."""
    labels = name.removesuffix(f".{CLUSTER_DOMAIN}").removesuffix(".svc").split(".")
    inside = len(labels) == 1 or (len(labels) == len(("name", "namespace")) and labels[1] in mesh.graph.namespaces)
    if mesh.outside and name in (*mesh.outside.names, mesh.outside.address):
        return None
    if not inside and (mesh.outside is None or mesh.outside.is_everywhere):
        return None
    home = labels[1] if len(labels) > 1 else namespace
    known = [f"{service}.{space}" for space, service in mesh.graph.services if space == home]
    near = get_close_matches(".".join([*labels, home][:2]), known, n=3, cutoff=0.4)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return Outcome(error=NO_NAME, steps=(Step(f"the name {name} does not resolve{hint}"),))


def _listens(proxy: Proxy, number: int) -> bool:
    """Whether its sidecar reads HTTP on a port: some host that it sees speaks it there."""
    return any(port.is_http for _, port in seen_hosts(proxy, number))


def _by_sni(proxy: Proxy, request: Request) -> tuple[Host, HostPort] | None:
    """The host of a TLS port that the server name of a connection means."""
    named = {host.name: (host, port) for host, port in seen_hosts(proxy, request.port) if port.is_tls}
    return next((named[each] for each in patterns(request.sni) if each in named), None)


def _by_address(mesh: Mesh, proxy: Proxy, request: Request) -> tuple[Host, HostPort] | None:
    """The ServiceEntry that takes connections to an address as bytes: of its addresses or, without any, the only one
    for the port; the oldest first (buildSidecarOutboundListener in listener.go)."""
    named = mesh.outside and not mesh.outside.is_everywhere and request.to in mesh.outside.names
    to = mesh.outside.address if mesh.outside and named else request.to
    entries = [(host, port) for host, port in seen_hosts(proxy, request.port) if host.is_entry and port.protocol in TCP]
    ages = {item: age for age, item in enumerate(by_age(host.item for host, _ in entries))}
    entries.sort(key=lambda each: (not as_list(each[0].item.get("spec", "addresses")), ages[each[0].item]))
    for host, port in entries:
        addresses = [str(each) for each in as_list(host.item.get("spec", "addresses"))]
        if not addresses or host.name == to or (is_ip_address(to) and in_networks(addresses, "", to, {})):
            return host, port
    return None


def _http(mesh: Mesh, proxy: Proxy, target: Host | None, request: Request) -> list[Outcome]:
    if ended := unread(mesh, request):
        return [ended]
    request = mesh.read(request)
    found = virtual_host(mesh, proxy, request.host, request.port)
    if found is None:
        if not proxy.allows_any:
            step = Step(f"{request.host} is unknown on port {request.port}, and REGISTRY_ONLY blocks it", proxy.sidecar)
            return [Outcome(status=502, steps=(step,))]
        return _passed_on(mesh, target, request, is_http=True)
    return _routed_by(mesh, proxy, found, request)


def _routed_by(mesh: Mesh, proxy: Proxy, found: VirtualHost, request: Request) -> list[Outcome]:
    if found.item is None:
        step = Step(f"the sidecar knows {found.domain}, and no VirtualService is for it")
        to = cluster(mesh, proxy, Target(found.domain, request.port, port=request.port))
        return after(forwarded(Hop(mesh, proxy, request, {}, request.port), to), step)
    step = Step(f"VirtualService {found.item.namespace}/{found.item.name} is for {found.domain}", found.item)
    at = At(MESH, request.port, proxy.namespace, proxy.labels)
    return after(routed(Place(mesh, proxy, request, at), mesh.routes(found.item)), step)


def _sniffed(mesh: Mesh, proxy: Proxy, target: Host, request: Request) -> list[Outcome]:
    """On a port whose protocol Envoy guesses, the Service that was asked for answers for every Host header
    (getVirtualHostsForSniffedServicePort in httproute.go)."""
    number = request.port
    step = Step(
        f"port {number} of {target.name} has no declared protocol: the sidecar sees that it is HTTP", target.item
    )
    if ended := unread(mesh, request):
        return [ended.after(step)]
    found = virtual_host(mesh, proxy, target.name, number) or VirtualHost(target.name, host=target)
    return after(_routed_by(mesh, proxy, found, mesh.read(request)), step)


def _unknown(mesh: Mesh, proxy: Proxy, target: Host | None, request: Request) -> list[Outcome]:
    if proxy.allows_any:
        return _passed_on(mesh, target, request, is_http=False)
    step = Step(
        f"the sidecar has no listener for {request.to}:{request.port}, and REGISTRY_ONLY blocks it",
        proxy.sidecar,
    )
    return [Outcome(error=CLOSED, steps=(step,))]


def _passed_on(mesh: Mesh, target: Host | None, request: Request, *, is_http: bool) -> list[Outcome]:
    """To the address that the pods asked for, in plain text; a sidecar that reads HTTP there answers 503 for it."""
    step = Step(f"passed on to {request.to}:{request.port} as it is (ALLOW_ANY)")
    outcomes = direct(mesh, target, request)
    return after([replace(each, status=503, error="") if is_http and each.error else each for each in outcomes], step)


def direct(mesh: Mesh, target: Host | None, request: Request) -> list[Outcome]:
    """What becomes of a connection to an address in plain text: Kubernetes spreads it over the Service's pods."""
    port, is_http = target.port(request.port) if target else None, request.scheme == "http"
    if target is None:
        return [arrives(mesh, Arrival(Endpoint(request.port, address=request.to), request, PLAIN, is_http=is_http))]
    endpoints: Sequence[Endpoint]
    if target.is_passed_on:  # its name resolves to its pods, which are then connected to at whatever port
        endpoints = [Endpoint(request.port, pod, labels=pod.labels) for pod in mesh.graph.pods_of(target.item)]
    elif port is None:
        return [Outcome(error=CLOSED, steps=(Step(f"{target.name} has no port {request.port}", target.item),))]
    else:
        endpoints = mesh.hosts.of_service(target, port)
    if not endpoints:
        return [Outcome(error=CLOSED, steps=(Step(f"{target.name} has no pods", target.item),))]
    found: list[Outcome] = []
    for endpoint in endpoints:
        pods = endpoint.workload
        ends = (
            at_gateway(mesh, pods, endpoint.port, request)
            if pods and is_gateway(pods)
            else [arrives(mesh, Arrival(endpoint, request, PLAIN, is_http=is_http))]
        )
        found += shared(ends, 1 / len(endpoints))
    if len(endpoints) > 1:
        return [replace(each, pools=(target.name, *each.pools)) for each in found]
    return found
